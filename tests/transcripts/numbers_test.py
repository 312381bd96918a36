"""Heat in every shape that editors ask for, against what programs measured of themselves."""

import json
import re

from harness import PROGRAMS, Case, marked_line, uri

NESTED = """\
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:  # hot
        pass


def much():
    burn(0.6)


def little():
    burn(0.2)


def main():
    much()
    little()


main()
"""


def whole(text):
    return {"start": {"line": 0, "character": 0}, "end": {"line": len(text.splitlines()), "character": 0}}


PARTS = """\
import time

NUMBERS = list(range(20_000))
end = time.thread_time() + 0.4
while time.thread_time() < end:
    "ä𝄞"; total = len(NUMBERS) + sum(NUMBERS)  # hot
"""


class Expressions(Case):
    def test_the_hottest_part_of_a_line(self):
        client = self.connected()
        path = self.write("parts.py", PARTS)
        self.open_document(client, path)
        self.profile(client, path)
        hot = marked_line(PARTS)
        line = self.heat(client, path)[hot]
        text = PARTS.splitlines()[hot]
        part = line["expressions"][0]
        # Columns count as the encoding that was agreed on does: UTF-16 has two units for the clef.
        units = text.encode("utf-16-le")
        self.assertEqual(units[2 * part["start"]:2 * part["end"]].decode("utf-16-le"), "sum(NUMBERS)")
        self.assertTrue(part["hot"])
        self.assertGreater(part["share"], 0.5 * line["share"])
        self.assertEqual([other["hot"] for other in line["expressions"][1:]], [False] * (len(line["expressions"]) - 1))
        self.assertLessEqual(sum(other["selfTime"] for other in line["expressions"]), line["selfTime"])
        hover = client.request("textDocument/hover", {"textDocument": {"uri": uri(path)},
                                                      "position": {"line": hot, "character": 6}})
        self.assertIn("Hottest part: `sum(NUMBERS)`", hover["contents"]["value"])
        # An edited line's columns are of another text.
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": uri(path), "version": 2},
            "contentChanges": [{"range": {"start": {"line": hot, "character": 4}, "end": {"line": hot, "character": 4}},
                                "text": "1; "}]})
        self.assertNotIn("expressions", self.heat(client, path)[hot])


class TrueNumbers(Case):
    def test_four_lines(self):
        """lineHeat, inlay hints and hover agree with the program's own clock, on the lines that it names."""
        client = self.connected()
        path = PROGRAMS / "true_lines.py"
        self.open_document(client, path)
        run = client.request("pyrometer/run", {"program": uri(path), "rate": 500})["run"]
        truly = {int(line) - 1: seconds for line, seconds in json.loads(self.output(client, run, "}")).items()}
        self.assertEqual(self.finished(client, run)["exitStatus"], 0)
        lines = self.heat(client, path)
        taken, samples = sum(truly.values()), sum(lines[line]["self"] for line in truly)
        time = sum(lines[line]["selfTime"] for line in truly)
        samples = self.effective(client, run, samples)
        self.assertGreater(samples, 30)
        for line, seconds in truly.items():
            self.agree(seconds / taken, samples * lines[line]["selfTime"] / time, samples, f"line {line + 1}")
            self.assertFalse(lines[line]["stale"])
            self.assertTrue(lines[line]["interval"]["low"] <= lines[line]["share"] <= lines[line]["interval"]["high"])
        hottest = max(lines, key=lambda line: lines[line]["share"])
        self.assertEqual(hottest, max(truly, key=truly.get))
        self.assertEqual(lines[hottest]["heat"], 3)

        text = path.read_text()
        hints = client.request("textDocument/inlayHint", {"textDocument": {"uri": uri(path)}, "range": whole(text)})
        by_line = {hint["position"]["line"]: hint for hint in hints}
        for line in truly:
            label = by_line[line]["label"]
            shown = float(re.search(r"(\d+(?:\.\d+)?) %", label).group(1))
            self.assertAlmostEqual(shown, 100 * lines[line]["share"], delta=0.6, msg=label)
            self.assertEqual(by_line[line]["position"]["character"], len(text.splitlines()[line]))

        hover = client.request("textDocument/hover", {"textDocument": {"uri": uri(path)},
                                                      "position": {"line": hottest, "character": 6}})
        said = hover["contents"]["value"]
        self.assertEqual(hover["contents"]["kind"], "markdown")
        self.assertIn(f"{100 * lines[hottest]['share']:.1f} %", said)
        for word in ("self", "total", "samples"):
            self.assertIn(word, said)

    def test_calls(self):
        """Code lenses at functions; callers and callees weighted by samples."""
        client = self.connected()
        path = self.write("nested.py", NESTED)
        self.open_document(client, path)
        run = self.profile(client, path, rate=500)["profile"]
        document = {"uri": uri(path)}

        def line_of(text):
            return NESTED.splitlines().index(text)

        lenses = client.request("textDocument/codeLens", {"textDocument": document})
        by_line = {lens["range"]["start"]["line"]: lens["command"]["title"] for lens in lenses}
        for start in ("def burn(seconds):", "def much():", "def little():", "def main():"):
            self.assertRegex(by_line[line_of(start)], r"\d %", start)
        self.assertLess(self.first_number(by_line[line_of("def little():")]),
                        self.first_number(by_line[line_of("def much():")]))

        def item_at(line, column):
            items = client.request("textDocument/prepareCallHierarchy", {
                "textDocument": document, "position": {"line": line, "character": column}})
            self.assertEqual(len(items), 1)
            return items[0]

        burn = item_at(line_of("def burn(seconds):"), 5)
        self.assertEqual((burn["name"], burn["uri"]), ("burn", uri(path)))
        self.assertEqual(burn["selectionRange"]["start"]["line"], line_of("def burn(seconds):"))
        incoming = client.request("callHierarchy/incomingCalls", {"item": burn})
        # The one that spends more time comes first, and the places of the calls are told.
        self.assertEqual([call["from"]["name"] for call in incoming], ["much", "little"])
        self.assertEqual([span["start"]["line"] for call in incoming for span in call["fromRanges"]],
                         [line_of("    burn(0.6)"), line_of("    burn(0.2)")])
        weights = [self.first_number(call["from"]["detail"]) for call in incoming]
        samples = self.effective(client, run)
        self.agree(0.75, weights[0] / 100 * samples, samples, "much")
        self.assertAlmostEqual(sum(weights), 100, delta=1)
        self.assertRegex(incoming[0]["from"]["detail"], r"\d samples")

        outgoing = client.request("callHierarchy/outgoingCalls", {"item": item_at(line_of("def main():"), 5)})
        self.assertEqual([call["to"]["name"] for call in outgoing], ["much", "little"])
        self.assertEqual([span["start"]["line"] for call in outgoing for span in call["fromRanges"]],
                         [line_of("    much()"), line_of("    little()")])
        # Down again from an answer: what came back can be asked about.
        further = client.request("callHierarchy/outgoingCalls", {"item": outgoing[0]["to"]})
        self.assertEqual([call["to"]["name"] for call in further], ["burn"])

    def first_number(self, text):
        return float(re.search(r"\d+(?:\.\d+)?", text).group(0))

    def test_while_it_runs(self):
        """Heat is there while the program runs, and grows; profileChanged comes at once, then ten times a second at
        most."""
        client = self.connected()
        path = PROGRAMS / "interrupted.py"
        self.open_document(client, path)
        run = client.request("pyrometer/run", {"program": uri(path)})["run"]
        hot = marked_line(path.read_text())
        first = client.expect("pyrometer/profileChanged", lambda said: said["samples"] > 0)
        self.assertEqual((first["profile"], first["state"], first["selected"]), (run, "running", True))
        told = client.expect("pyrometer/profileChanged", lambda said: said.get("hotLine", {}).get("line") == hot)
        self.assertEqual(told["hotLine"]["uri"], uri(path))
        self.assertEqual(told["hotLine"]["text"], "total += 1  # hot")
        early = self.heat(client, path)[hot]["self"]
        self.assertGreater(early, 0)
        client.expect("pyrometer/profileChanged", lambda said: said["samples"] > told["samples"])
        self.wait_until(lambda: self.heat(client, path)[hot]["self"] > early, "more heat")
        profile = client.request("pyrometer/profiles", {})["profiles"][0]
        self.assertEqual((profile["id"], profile["state"], profile["selected"]), (run, "running", True))
        self.assertIn("interrupted.py", profile["title"])
        client.request("pyrometer/stop", {"run": run})
        last = self.finished(client, run)
        self.assertEqual(last["exitStatus"], 7)
        self.assertIn("samples", last["message"])
        news = client.heard_so_far("pyrometer/profileChanged")
        seconds = client.request("pyrometer/profiles", {})["profiles"][0]["duration"] / 1e9
        self.assertLessEqual(len(news), 10 * seconds + 4)
        # Stopping what is over is no error.
        client.request("pyrometer/stop", {"run": run})

    def test_library_time_is_charged_to_the_line_that_calls(self):
        client = self.connected()
        path = self.write("charged.py", "import json\nvalue = {str(i): [i] * 9 for i in range(3000)}\n"
                                        "for _ in range(60):\n    json.dumps(value, indent=1)  # hot\n")
        self.open_document(client, path)
        self.profile(client, path, rate=500)
        row = self.heat(client, path)[3]
        self.assertGreater(row["charged"], row["self"])
        self.assertGreater(row["share"], 0.5)
        # With library code for itself the same line is cold.
        client.notify("workspace/didChangeConfiguration", {"settings": {"pyrometer": {"myCode": False}}})
        self.assertLess(self.heat(client, path)[3]["share"], 0.2)
