"""Where answers lead: files that were changed since the run and are not open, other codecs, functions that never ran."""

from harness import Case, marked_line, uri

PROGRAM = """\
import functools
import time


def burn():
    end = time.thread_time() + 0.4
    while time.thread_time() < end: pass  # hot


class Shop:
    size = 3

    @functools.cache
    def open(self):
        burn()

    def close(self):
        return 1


def never():
    return 2  # cold


def once(): return 3


Shop().open()
print("done")
"""

LATIN = """\
# -*- coding: latin-1 -*-
import time
end = time.thread_time() + 0.3
while time.thread_time() < end: "grün"  # hot
"""


def at(path, line, character=0):
    return {"textDocument": {"uri": uri(path)}, "position": {"line": line, "character": character}}


class Moved(Case):
    def setUp(self):
        super().setUp()
        self.path = self.write("shop.py", PROGRAM)
        self.client = self.connected()

    def places(self):
        """(line of each function, line of the call to burn, the hottest line): as every answer has them."""
        request = self.client.request
        listed = request("pyrometer/functions", {"limit": 1000})["rows"]
        rows = {row["name"]: row for row in listed if row.get("uri") == uri(self.path)}
        lines = {row["function"]: row.get("line") for row in listed}
        tree = request("pyrometer/callTree", {})["nodes"]
        flame = request("pyrometer/flame", {})["functions"]
        for row in tree + flame:
            self.assertEqual(row.get("line"), lines[row["function"]], row["name"])
        profile = request("pyrometer/profiles", {})["profiles"][0]["id"]
        item = {"name": "burn", "kind": 12, "uri": uri(self.path), "data": f"{profile}:{rows['burn']['function']}",
                "range": whole(0), "selectionRange": whole(0)}
        caller = request("callHierarchy/incomingCalls", {"item": item})[0]
        self.assertEqual(caller["from"]["name"], "Shop.open")
        self.assertEqual(caller["from"]["selectionRange"]["start"]["line"], rows["Shop.open"]["line"])
        hot = max(self.heat(self.client, self.path).values(), key=lambda row: row["share"])["line"]
        return rows["burn"]["line"], rows["Shop.open"]["line"], caller["fromRanges"][0]["start"]["line"], hot

    def test_changed_on_disk(self):
        self.profile(self.client, self.path)
        lines = PROGRAM.splitlines()
        as_it_ran = (lines.index("def burn():"), lines.index("    @functools.cache"), lines.index("        burn()"),
                     marked_line(PROGRAM))
        self.assertEqual(self.places(), as_it_ran)
        self.path.write_text("# one\n# two\n" + PROGRAM)
        self.assertEqual(self.places(), tuple(line + 2 for line in as_it_ran))
        # What the editor has open counts more than what is on disk.
        self.open_document(self.client, self.path, "# one\n" + PROGRAM)
        self.assertEqual(self.places(), tuple(line + 1 for line in as_it_ran))
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri(self.path)}})
        self.path.unlink()
        self.client.request("pyrometer/functions", {})

    def test_functions_without_samples(self):
        """Nothing is said of them: not what is around them."""
        self.open_document(self.client, self.path)
        self.profile(self.client, self.path)
        lines = PROGRAM.splitlines()

        def named(line, character=0):
            items = self.client.request("textDocument/prepareCallHierarchy", at(self.path, line, character))
            return [item["name"] for item in items or []]

        for line, name in (("def burn():", ["burn"]), ("    @functools.cache", ["Shop.open"]),
                           ("    def open(self):", ["Shop.open"]), ("        burn()", ["Shop.open"]),
                           ("    def close(self):", []), ("        return 1", []), ("def never():", []),
                           ("    return 2  # cold", []), ("def once(): return 3", []), ('print("done")', ["<module>"])):
            with self.subTest(line=line):
                self.assertEqual(named(lines.index(line)), name)
        hover = self.client.request("textDocument/hover", at(self.path, marked_line(PROGRAM, "cold"), 6))
        self.assertIsNone(hover)
        self.assertIsNone(self.client.request("textDocument/hover", at(self.path, lines.index("def never():"), 5)))


class Codecs(Case):
    def test_latin_1(self):
        """An editor shows text; the file has bytes. Its lines are no edits."""
        path = self.work / "latin.py"
        path.write_bytes(LATIN.encode("latin-1"))
        client = self.connected()
        shown = self.profile(client, path)["hotLine"]["text"]
        self.assertIn('"grün"', shown)
        hot = marked_line(LATIN)
        self.assertFalse(self.heat(client, path)[hot]["stale"])
        # As an editor shows it that was told of the codec, and as one that takes everything for UTF-8.
        for version, text in enumerate((LATIN, LATIN.replace("ü", "\ufffd")), 1):
            self.open_document(client, path, text, version)
            self.assertFalse(self.heat(client, path)[hot]["stale"], text)
        self.open_document(client, path, LATIN.replace("grün", "blau"), 3)
        self.assertTrue(self.heat(client, path)[hot]["stale"])


class Workspace(Case):
    def test_folders_say_whose_code_it_is(self):
        library = self.folder / "shared" / "tool.py"
        library.parent.mkdir()
        library.write_text("import time\n\n\ndef burn():\n    end = time.thread_time() + 0.2\n"
                           "    while time.thread_time() < end: pass  # hot\n")
        path = self.write("app.py", f"import sys\nsys.path.append({str(library.parent)!r})\nimport tool\ntool.burn()\n")
        client = self.connected(workspaceFolders=[{"uri": uri(self.work), "name": "work"}])

        def user():
            self.profile(client, path)
            rows = client.request("pyrometer/functions", {"search": "tool.py"})["rows"]
            return next(row["user"] for row in rows if row["name"] == "burn")

        self.assertFalse(user())
        folder = {"uri": uri(library.parent), "name": "shared"}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        self.assertTrue(user())
        hot = self.heat(client, library)[marked_line(library.read_text())]
        self.assertGreater(hot["share"], 0.5)
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        self.assertFalse(user())


def whole(line):
    return {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
