"""Heat follows the text: edits, undo, files that were changed since the run, positions in three encodings."""

from harness import PROGRAMS, Case, marked_line, uri

PROGRAM = """\
import time

GREETING = "ä𝄞"; OTHER = 1


def burn():
    end = time.thread_time() + 0.5
    while time.thread_time() < end: pass  # hot


burn()
print("done")
"""
HOT = marked_line(PROGRAM)


class Edits(Case):
    def setUp(self):
        super().setUp()
        self.path = self.write("edited.py", PROGRAM)

    def profiled(self, **more):
        client = self.connected(**more)
        self.open_document(client, self.path)
        self.profile(client, self.path)
        self.version = 1
        return client

    def change(self, client, *changes, version=None):
        self.version = version or self.version + 1
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": uri(self.path), "version": self.version},
            "contentChanges": [
                {"text": change} if isinstance(change, str) else
                {"range": {"start": {"line": change[0], "character": change[1]},
                           "end": {"line": change[2], "character": change[3]}}, "text": change[4]}
                for change in changes]})

    def hot(self, client):
        """(line, stale) of the hottest line."""
        rows = self.heat(client, self.path)
        if not rows:
            return None
        row = max(rows.values(), key=lambda row: row["share"])
        return row["line"], row["stale"]

    def test_lines_move(self):
        client = self.profiled()
        self.assertEqual(self.hot(client), (HOT, False))
        self.change(client, (0, 0, 0, 0, "# one\n# two\n"))
        self.assertEqual(self.hot(client), (HOT + 2, False))
        # Several changes in one message apply one after the other.
        self.change(client, (0, 0, 1, 0, ""), (0, 0, 1, 0, ""), (3, 0, 3, 0, "\n\n\n"))
        self.assertEqual(self.hot(client), (HOT + 3, False))
        answer = client.request("pyrometer/lineHeat", {"uri": uri(self.path)})
        self.assertEqual(answer["version"], self.version)

    def test_touched_lines_are_stale_until_undone(self):
        client = self.profiled()
        before = self.heat(client, self.path)[HOT]
        line = PROGRAM.splitlines()[HOT]
        self.change(client, (HOT, len(line), HOT, len(line), "  # touched"))
        row = self.heat(client, self.path)[HOT]
        self.assertTrue(row["stale"])
        self.assertEqual(row["self"], before["self"])
        self.assertNotEqual(row["text"], before["text"])
        hover = client.request("textDocument/hover", {"textDocument": {"uri": uri(self.path)},
                                                      "position": {"line": HOT, "character": 6}})
        self.assertRegex(hover["contents"]["value"], "(?i)edited|stale|changed")
        self.change(client, (HOT, len(line), HOT, len(line + "  # touched"), ""))
        self.assertEqual(self.heat(client, self.path)[HOT], before)

    def test_deleted_lines_are_lost_until_undone(self):
        client = self.profiled()
        line = PROGRAM.splitlines(keepends=True)[HOT]
        self.change(client, (HOT, 0, HOT + 1, 0, ""))
        answer = client.request("pyrometer/lineHeat", {"uri": uri(self.path)})
        self.assertNotIn(True, [row["share"] > 0.5 for row in answer["lines"]])
        self.assertGreater(answer["lost"], 0.5)
        self.change(client, (HOT, 0, HOT, 0, line))
        answer = client.request("pyrometer/lineHeat", {"uri": uri(self.path)})
        self.assertEqual(self.hot(client), (HOT, False))
        self.assertEqual(answer["lost"], 0)

    def test_whole_text_at_once(self):
        client = self.profiled()
        self.change(client, "# new first line\n" + PROGRAM)
        self.assertEqual(self.hot(client), (HOT + 1, False))

    def test_changed_since_the_run(self):
        """The text on disk is another one when the file is opened: lines are matched."""
        client = self.connected()
        self.profile(client, self.path)
        text = PROGRAM.replace("import time\n", "import time\nimport sys\n\n").replace('print("done")', "")
        self.path.write_text(text)
        self.open_document(client, self.path)
        self.assertEqual(self.hot(client), (marked_line(text), False))

    def test_closed_and_opened_again(self):
        client = self.profiled()
        self.change(client, (0, 0, 0, 0, "\n"))
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri(self.path)}})
        # Closed without saving: what is on disk counts.
        self.assertEqual(self.hot(client), (HOT, False))
        self.open_document(client, self.path, text="\n\n" + PROGRAM)
        self.assertEqual(self.hot(client), (HOT + 2, False))

    def test_edited_while_it_runs(self):
        program = (PROGRAMS / "interrupted.py").read_text()
        self.path.write_text(program)
        client = self.connected()
        self.open_document(client, self.path)
        self.version = 1
        run = client.request("pyrometer/run", {"program": uri(self.path)})["run"]
        self.change(client, (0, 0, 0, 0, "#\n#\n"))
        hot = marked_line(program) + 2
        client.expect("pyrometer/profileChanged", lambda said: said.get("hotLine", {}).get("line") == hot)
        self.assertEqual(self.hot(client), (hot, False))
        client.request("pyrometer/stop", {"run": run})
        self.finished(client, run)
        self.assertEqual(self.hot(client), (hot, False))

    def test_unsaved_text_while_the_program_starts(self):
        """The editor holds more than the disk: the program ran what is on disk, heat is shown where that text is now."""
        client = self.connected()
        self.open_document(client, self.path, text="# not saved\n" + PROGRAM)
        self.profile(client, self.path)
        self.assertEqual(self.hot(client), (HOT + 1, False))

    def test_positions(self):
        """The same change, told in three encodings."""
        for encoding, column in (("utf-8", 18), ("utf-16", 15), ("utf-32", 14)):
            with self.subTest(encoding):
                client = self.profiled(capabilities={"general": {"positionEncodings": [encoding, "utf-16"]}})
                chosen = client.initialized["capabilities"]["positionEncoding"]
                self.assertEqual(chosen, encoding)
                # A line break behind the semicolon, which stands behind characters of several units.
                self.change(client, (2, column, 2, column, "\n"))
                self.assertEqual(self.hot(client), (HOT + 1, False))
                # Hints stand at the end of the line in that encoding too.
                self.change(client, (HOT + 1, 0, HOT + 2, 0, "    while time.thread_time() < end: pass  # ä𝄞\n"))
                hints = client.request("textDocument/inlayHint", {
                    "textDocument": {"uri": uri(self.path)},
                    "range": {"start": {"line": HOT + 1, "character": 0}, "end": {"line": HOT + 2, "character": 0}}})
                at = [hint["position"]["character"] for hint in hints if hint["position"]["line"] == HOT + 1]
                self.assertEqual(at, [44 + {"utf-8": 6, "utf-16": 3, "utf-32": 2}[encoding]])

    def test_out_of_order_and_out_of_range(self):
        """An older version and places that are not there: the daemon stays, and the next whole text puts all right."""
        client = self.profiled()
        self.change(client, (0, 0, 0, 0, "\n"), version=5)
        self.change(client, (0, 0, 0, 0, "\n"), version=3)
        self.change(client, (1000, 7, 2000, 9, "# far behind the end\n"), version=6)
        self.change(client, (5, 3, 2, 0, "backwards"), version=7)
        self.change(client, (0, 0, 0, 1000000, "# long\n"), version=8)
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": "file:///never/opened.py", "version": 1}, "contentChanges": [{"text": "x"}]})
        client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///never/opened.py"}})
        client.request("pyrometer/lineHeat", {"uri": uri(self.path)})
        self.change(client, "# again\n" + PROGRAM, version=9)
        self.assertEqual(self.hot(client), (HOT + 1, False))
        # Opened a second time without being closed: the newer text counts.
        self.open_document(client, self.path, text="\n\n\n" + PROGRAM, version=10)
        self.assertEqual(self.hot(client), (HOT + 3, False))
        self.assertEqual(client.shut_down(), 0)


class Places(Case):
    """Documents with unusual names, or without a file."""

    def test_names(self):
        for name in ("with space.py", "100% sure.py", "50%25.py", "straße_été_𝄞.py", "a#b?c.py", "semi;colon&.py"):
            with self.subTest(name):
                path = self.write(name, PROGRAM)
                client = self.connected()
                self.open_document(client, path)
                said = self.profile(client, path)
                self.assertEqual(said["exitStatus"], 0)
                self.assertEqual(said["hotLine"]["line"], HOT)
                rows = self.heat(client, path)
                self.assertGreater(rows[HOT]["share"], 0.5)
                # Editors differ in what they escape, and in the letters of the escapes.
                place = "file://" + "".join(
                    f"%{byte:02x}" if chr(byte) not in "/." and not chr(byte).isalnum() or byte > 127 else chr(byte)
                    for byte in str(path).encode())
                self.assertEqual(client.request("pyrometer/lineHeat", {"uri": place})["lines"], list(rows.values()))

    def test_untitled(self):
        client = self.connected()
        place = "untitled:Untitled-1"
        client.notify("textDocument/didOpen", {"textDocument": {"uri": place, "languageId": "python", "version": 1,
                                                                "text": PROGRAM}})
        self.profile(client, self.write("other.py", PROGRAM))
        self.assertEqual(client.request("pyrometer/lineHeat", {"uri": place})["lines"], [])
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        self.assertEqual(client.request("textDocument/inlayHint", {"textDocument": {"uri": place}, "range": span}), [])
        for action in client.request("textDocument/codeAction", {
                "textDocument": {"uri": place}, "range": span, "context": {"diagnostics": []}}) or []:
            self.assertNotIn("profileFile", str(action))
