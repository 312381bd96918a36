"""generate.py: what it made is up to date, it notices when it is not, and it refuses a schema with a hole in it.

    python3 tests/protocol/generate_test.py
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
MADE = ("protocol/messages.h", "protocol/messages.cpp", "protocol/lsp_messages.cpp", "vscode-extension/src/protocol.ts")


def generate(top, *arguments):
    return subprocess.run([sys.executable, top / "protocol" / "generate.py", *arguments], capture_output=True, text=True)


class Generate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in ("protocol/generate.py", "protocol/schema.json", "protocol/lsp.json", *MADE):
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, self.top / name)

    def change(self, change):
        path = self.top / "protocol" / "schema.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        change(schema)
        path.write_text(json.dumps(schema), encoding="utf-8")

    def test_what_is_kept_is_up_to_date(self):
        done = generate(TOP, "--check")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_changed_file_is_named_and_made_anew(self):
        (self.top / "protocol" / "messages.cpp").write_text("")
        (self.top / "vscode-extension" / "src" / "protocol.ts").unlink()
        done = generate(self.top, "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("protocol/messages.cpp is out of date", done.stdout)
        self.assertIn("vscode-extension/src/protocol.ts is out of date", done.stdout)
        self.assertNotIn("messages.h", done.stdout)
        self.assertEqual((self.top / "protocol" / "messages.cpp").read_text(), "")

        self.assertEqual(generate(self.top).returncode, 0)
        for name in MADE:
            self.assertEqual((self.top / name).read_text(), (TOP / name).read_text())

    def test_a_new_field_is_in_every_language(self):
        def add(schema):
            schema["structs"]["HotLine"]["fields"]["colour"] = {"type": "string", "optional": True, "about": "A colour."}
        self.change(add)
        self.assertEqual(generate(self.top).returncode, 0)
        expected = {"protocol/messages.h": "  /// A colour.\n  std::optional<std::string> colour{};",
                    "protocol/messages.cpp": 'fields("colour", value.colour);',
                    "vscode-extension/src/protocol.ts": "  /** A colour. */\n  colour?: string;"}
        for name, text in expected.items():
            self.assertIn(text, (self.top / name).read_text())

    def test_a_schema_with_a_hole_is_refused(self):
        holes = [
            (lambda s: s["structs"]["HotLine"]["fields"]["line"].update(type="Lines"), "HotLine.line: no type Lines"),
            (lambda s: s["structs"]["HotLine"]["fields"]["line"].update(about=""), "HotLine.line: no sentence about it"),
            (lambda s: s["requests"]["pyrometer/run"].update(result="Nothing"), "pyrometer/run: no type Nothing"),
            (lambda s: s["structs"].update(Range=s["structs"]["Empty"]), "Range is there twice"),
            (lambda s: s["structs"]["HotLine"]["fields"]["line"].update(type="ProfileChangedParams"),
             "is part of itself"),
        ]
        before = (TOP / "protocol" / "schema.json").read_text(encoding="utf-8")
        for change, said in holes:
            with self.subTest(said=said):
                (self.top / "protocol" / "schema.json").write_text(before, encoding="utf-8")
                self.change(change)
                done = generate(self.top)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
