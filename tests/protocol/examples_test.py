"""Every example of our own methods has the type that generate.py made of the schema for TypeScript: the compiler says so
in its strict mode, fields that nobody knows included. That it can say no is tested too.

    python3 tests/protocol/examples_test.py
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TYPES = TOP / "vscode-extension" / "src" / "protocol.ts"


def fetched():
    """The folder with the compiler."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "pyrometer" / "protocol"
    subprocess.run([HERE / "fetch.sh", folder], check=True)
    return folder


def statements():
    """One line of TypeScript for each params, result and notification in the examples."""
    for path in sorted((TOP / "protocol" / "examples").glob("pyrometer.*.json")):
        example = json.loads(path.read_text(encoding="utf-8"))
        method = json.dumps(example["method"])
        for case in example["cases"]:
            if "result" in case:
                params = json.dumps(case.get("params", {}))
                yield f"({params}) satisfies Requests[{method}][\"params\"];"
                yield f"({json.dumps(case['result'])}) satisfies Requests[{method}][\"result\"];"
            else:
                yield f"({json.dumps(case['params'])}) satisfies Notifications[{method}];"


def compiled(lines):
    """What the compiler says of the lines, by number of the line; empty if it is content."""
    compiler = fetched() / "node_modules" / "typescript" / "bin" / "tsc"
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "protocol.ts").write_text(TYPES.read_text(encoding="utf-8"), encoding="utf-8")
        text = 'import type { Requests, Notifications } from "./protocol";\n' + "\n".join(lines) + "\n"
        (pathlib.Path(folder) / "examples.ts").write_text(text, encoding="utf-8")
        options = {"strict": True, "exactOptionalPropertyTypes": True, "noEmit": True, "target": "es2022", "types": []}
        project = {"compilerOptions": options, "files": ["examples.ts"]}
        (pathlib.Path(folder) / "tsconfig.json").write_text(json.dumps(project), encoding="utf-8")
        done = subprocess.run(["node", compiler, "-p", folder], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0 or done.stdout, done.stderr
        return done.stdout.strip()


class Examples(unittest.TestCase):
    def test_each_has_its_type(self):
        lines = list(statements())
        self.assertGreater(len(lines), 30)
        self.assertEqual(compiled(lines), "")

    def test_wrong_ones_do_not(self):
        wrong = ['({"run": "1", "text": ""}) satisfies Notifications["pyrometer/output"];',
                 '({"run": 1}) satisfies Notifications["pyrometer/output"];',
                 '({"run": 1, "text": "", "colour": 1}) satisfies Notifications["pyrometer/output"];',
                 '({"mode": "fast"}) satisfies Requests["pyrometer/run"]["params"];']
        said = compiled(wrong)
        for number in range(len(wrong)):
            self.assertIn(f"examples.ts({number + 2},", said)


if __name__ == "__main__":
    unittest.main()
