"""Profiles from files, which one is shown, and the tables and pictures of it."""

import json
import subprocess

from harness import PROGRAMS, PYROMETER, Case, ErrorAnswer, path_of, uri

GOLDEN = PROGRAMS.parent / "golden" / "vmprof"

PROGRAM = """\
import threading, time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass


def child(): burn(0.4)


def parent():
    child()
    burn(0.2)


def beside(): burn(0.3)


thread = threading.Thread(target=beside, name="beside")
thread.start()
parent()
thread.join()
"""


class Files(Case):
    def test_a_file_of_another_profiler(self):
        client = self.connected()
        file = GOLDEN / "cpython311-lines.prof"
        profile = client.request("pyrometer/open", {"uri": uri(file)})
        self.assertEqual((profile["state"], profile["selected"], profile["file"]), ("file", True, uri(file)))
        self.assertIn(file.name, profile["title"])
        self.assertGreater(profile["samples"], 0)
        rows = client.request("pyrometer/functions", {})["rows"]
        told = json.loads(subprocess.run([PYROMETER, "show", file, "--all", "--json"], capture_output=True, check=True,
                                         env=self.env).stdout)["functions"]
        self.assertEqual({row["name"]: row["self"] for row in rows}, {row["name"]: row["self"] for row in told})

    def test_our_own_file(self):
        """What `pyrometer run` has kept is shown in the editor, with the text that the program had then."""
        path = self.write("program.py", PROGRAM)
        bundle = self.folder / "kept with space.pyrometer"
        subprocess.run([PYROMETER, "run", "--quiet", "-o", bundle, path], check=True, env=self.env, cwd=self.work)
        path.write_text("# younger\n" + PROGRAM)
        client = self.connected()
        profile = client.request("pyrometer/open", {"uri": uri(bundle)})
        self.assertEqual(profile["exitStatus"], 0)
        self.assertIn("program.py", profile["command"])
        self.assertEqual(max(self.heat(client, path).values(), key=lambda row: row["share"])["line"], 6)

    def test_which_one_is_shown(self):
        client = self.connected()
        path = self.write("program.py", PROGRAM)
        self.open_document(client, path)
        run = self.profile(client, path)["profile"]
        other = client.request("pyrometer/open", {"uri": uri(GOLDEN / "cpython311-lines.prof")})["id"]
        self.assertNotEqual(run, other)
        self.assertEqual(self.heat(client, path), {})
        self.assertNotEqual(self.heat(client, path, profile=run), {})
        listed = client.request("pyrometer/select", {"profile": run})["profiles"]
        self.assertEqual([(p["id"], p["selected"]) for p in listed], [(other, False), (run, True)])
        self.assertNotEqual(self.heat(client, path), {})
        # Nothing is shown, everything is held.
        client.request("pyrometer/select", {})
        self.assertEqual(client.request("pyrometer/lineHeat", {"uri": uri(path)})["lines"], [])
        self.assertEqual(len(client.request("pyrometer/profiles", {})["profiles"]), 2)
        client.request("pyrometer/select", {"profile": run})
        # The command that clears what is shown.
        client.request("workspace/executeCommand", {"command": "pyrometer.server.clear", "arguments": [uri(path)]})
        self.assertEqual(self.heat(client, path), {})
        client.request("pyrometer/close", {"profile": run})
        self.assertEqual([p["id"] for p in client.request("pyrometer/profiles", {})["profiles"]], [other])
        with self.assertRaisesRegex(ErrorAnswer, str(run)):
            client.request("pyrometer/functions", {"profile": run})

    def test_a_running_one_is_not_closed(self):
        client = self.connected()
        run = client.request("pyrometer/run", {"program": uri(PROGRAMS / "interrupted.py")})["run"]
        with self.assertRaisesRegex(ErrorAnswer, "(?i)run"):
            client.request("pyrometer/close", {"profile": run})


class Views(Case):
    def setUp(self):
        super().setUp()
        self.client = self.connected()
        self.path = self.write("program.py", PROGRAM)
        self.open_document(self.client, self.path)
        self.run_id = self.profile(self.client, self.path, rate=500)["profile"]

    def functions(self, **params):
        return self.client.request("pyrometer/functions", params)

    def row(self, name):
        return next(row for row in self.functions(limit=1000)["rows"] if row["name"] == name)

    def test_functions(self):
        whole = self.functions(limit=1000)
        self.assertEqual(whole["profile"], self.run_id)
        self.assertEqual(whole["count"], len(whole["rows"]))
        burn = whole["rows"][0]
        self.assertEqual((burn["name"], burn["uri"], burn["line"], burn["user"]), ("burn", uri(self.path), 3, True))
        self.assertGreater(burn["totalTime"] / whole["time"], 0.5)
        times = [row["selfTime"] for row in whole["rows"]]
        self.assertEqual(times, sorted(times, reverse=True))
        # Pages make up the whole, without gaps.
        pages = [self.functions(offset=start, limit=2)["rows"] for start in range(0, whole["count"], 2)]
        self.assertEqual([row for page in pages for row in page], whole["rows"])
        self.assertEqual(self.functions(offset=10 ** 9)["rows"], [])
        totals = [row["totalTime"] for row in self.functions(order="total")["rows"]]
        self.assertEqual(totals, sorted(totals, reverse=True))
        self.assertEqual({row["name"] for row in self.functions(search="BURN")["rows"]}, {"burn"})
        with self.assertRaisesRegex(ErrorAnswer, "1000"):
            self.functions(limit=1001)

    def test_filters(self):
        profile = self.client.request("pyrometer/profiles", {})["profiles"][0]
        thread = next(thread["number"] for thread in profile["threads"] if "beside" in
                      {row["name"] for row in self.functions(filter={"threads": [thread["number"]]})["rows"]})
        only = self.functions(filter={"threads": [thread]})
        self.assertNotIn("parent", {row["name"] for row in only["rows"]})
        self.assertIn("beside", {row["name"] for row in only["rows"]})
        rest = self.functions(filter={"threads": [t["number"] for t in profile["threads"] if t["number"] != thread]})
        self.assertEqual(only["samples"] + rest["samples"], self.functions()["samples"])
        self.assertEqual(self.functions(filter={"from": 10 ** 15})["rows"], [])
        with self.assertRaisesRegex(ErrorAnswer, "(?i)dreaming"):
            self.functions(filter={"vmStates": ["dreaming"]})

    def test_call_tree(self):
        def children(path=(), **more):
            return self.client.request("pyrometer/callTree", {"path": list(path)} | more)

        def down(*names, **more):
            path = []
            for name in names:
                node = next(node for node in children(path, **more)["nodes"] if node["name"] == name)
                path.append(node["function"])
            return node, path

        parent, path = down("<module>", "parent")
        self.assertEqual([node["name"] for node in children(path)["nodes"]][:2], ["child", "burn"])
        child, _ = down("<module>", "parent", "child")
        share = child["totalTime"] / parent["totalTime"]
        samples = self.effective(self.client, self.run_id, parent["total"])
        self.agree(2 / 3, share * samples, samples, "child of parent")
        self.assertEqual(parent["total"], parent["self"] + sum(node["total"] for node in children(path)["nodes"]))
        self.assertEqual(parent["children"], children(path)["count"])
        callers = {node["name"] for node in children(down("burn", inverted=True)[1], inverted=True)["nodes"]}
        self.assertEqual(callers, {"child", "parent", "beside"})
        self.assertEqual(len(children(path, limit=1)["nodes"]), 1)
        with self.assertRaises(ErrorAnswer):
            children([4_000_000_000])

    def test_flame(self):
        flame = self.client.request("pyrometer/flame", {"width": 1000})
        boxes = list(zip(flame["function"], flame["level"], flame["begin"], flame["width"], flame["self"], strict=True))
        names = [function["name"] for function in flame["functions"]]
        self.assertIn("child", [names[box[0]] for box in boxes])
        self.assertEqual([box[1] for box in boxes], sorted(box[1] for box in boxes))
        for level in range(max(box[1] for box in boxes) + 1):
            row = [box for box in boxes if box[1] == level]
            for left, right in zip(row, row[1:]):
                self.assertLessEqual(left[2] + left[3], right[2])
            for _, _, begin, width, self_time in row:
                self.assertLessEqual(self_time, width)
                self.assertGreaterEqual(width, flame["time"] / 2000)
                if level:
                    self.assertTrue(any(box[1] == level - 1 and box[2] <= begin and begin + width <= box[2] + box[3]
                                        for box in boxes))
        narrow = self.client.request("pyrometer/flame", {"width": 1000, "depth": 1})
        self.assertEqual(set(narrow["level"]), {0})
        self.assertGreater(narrow["omitted"], 0)

    def test_timeline(self):
        timeline = self.client.request("pyrometer/timeline", {"slots": 50})
        whole = self.functions()
        self.assertEqual(sum(sum(track["samples"]) for track in timeline["threads"]), whole["samples"])
        self.assertEqual(sum(sum(track["time"]) for track in timeline["threads"]), whole["time"])
        self.assertEqual({len(track["time"]) for track in timeline["threads"]}, {50})
        for track in timeline["memory"]:
            for low, high, last in zip(track["low"], track["high"], track["last"], strict=True):
                self.assertTrue(low <= last <= high)
        with self.assertRaisesRegex(ErrorAnswer, "10000|10 000"):
            self.client.request("pyrometer/timeline", {"slots": 10001})
        middle = (timeline["from"] + timeline["to"]) // 2
        half = self.client.request("pyrometer/timeline", {"from": middle, "slots": 10})
        self.assertEqual((half["from"], half["to"]), (middle, timeline["to"]))

    def test_export(self):
        for format_name, name in (("speedscope", "out.json"), ("vmprof", "out.prof"), ("collapsed", "out ä.txt")):
            written = self.client.request("pyrometer/export", {"format": format_name, "uri": uri(self.folder / name)})
            self.assertEqual(path_of(written["uri"]), self.folder / name)
            self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
        exported = json.loads((self.folder / "out.json").read_text())
        self.assertIn("burn", {frame["name"] for frame in exported["shared"]["frames"]})
        self.assertIn("burn", (self.folder / "out ä.txt").read_text())
        share = self.row("burn")["selfTime"] / self.functions()["time"]
        self.client.request("pyrometer/open", {"uri": uri(self.folder / "out.prof")})
        self.assertAlmostEqual(self.row("burn")["selfTime"] / self.functions()["time"], share, delta=0.01)
        for wrong in ({"format": "poem", "uri": uri(self.folder / "x")},
                      {"format": "speedscope", "uri": uri(self.folder / "no" / "folder" / "x")},
                      {"format": "speedscope", "uri": "http://example.org/x"}):
            with self.assertRaises(ErrorAnswer) as raised:
                self.client.request("pyrometer/export", wrong)
            self.assertNotIn("internal", raised.exception.message.lower())
