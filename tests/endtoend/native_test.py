"""Native frames: between Python frames, below them, by name, and in their true order."""

import re
import runpy

from harness import PROGRAMS, Case, on_each_interpreter

MIXED = PROGRAMS / "mixed.py"
CALLERS = runpy.run_path(str(MIXED))["CALLERS"]
SECONDS = "0.8"
LOST = "(native callers not known)"


@on_each_interpreter
class Native(Case):
    def stacks(self):
        """[(names with their places, root first; weight)]."""
        out = self.work / "out.txt"
        done = self.pyrometer("export", self.output, "--to", "collapsed", "-o", out)
        self.assertEqual(done.status, 0, done)
        rows = []
        for line in out.read_text(encoding="utf-8").splitlines():
            stack, weight = line.rsplit(" ", 1)
            rows.append(([tuple((frame.rsplit(" (", 1) + [""])[:2]) for frame in stack.split(";")], int(weight)))
        return rows

    def check_order_and_names(self, python):
        done = self.profile(python, MIXED, SECONDS, options=("--native", "--rate", "1999"))
        self.assertEqual(done.status, 0, done)
        total = lost = callback = 0
        wrong = []
        for frames, weight in self.stacks():
            mine = [(i, name.rsplit(".", 1)[-1]) for i, (name, place) in enumerate(frames) if "mixed.py" in place]
            if not any(name in CALLERS for _, name in mine):
                continue
            total += weight
            lost += weight if any(name == LOST for name, _ in frames) else 0
            for (_, caller), (_, callee) in zip(mine, mine[1:]):
                if callee in CALLERS and caller not in CALLERS[callee]:
                    wrong.append((caller, callee))
            for (i, caller), (k, callee) in zip(mine, mine[1:]):
                if (caller, callee) == ("callback", "compare") and \
                        any(name.startswith("qsort") for name, _ in frames[i + 1:k]):
                    callback += weight
            # No address is bare, and the interpreter's machinery stays away.
            for name, _ in frames:
                self.assertFalse(name.startswith("0x"), frames)
                self.assertNotIn(name, ("_PyEval_EvalFrameDefault", "_PyFunction_Vectorcall", "Py_BytesMain"))
        self.assertEqual(wrong, [])
        self.assertGreater(total, 0)
        # While the libraries are loaded some are not known yet.
        self.assertLess(lost / total, 0.2)
        self.assertGreater(callback / total, 0.1)

        # A line's own time holds that of the native code below it.
        text = MIXED.read_text(encoding="utf-8").splitlines()
        lines = {row["line"]: row for row in self.ask("lines", self.output, MIXED)["lines"]}
        for mark in ("sorted",) if python.endswith("t") else ("sorted", "findall", "dumps"):
            number = next(i for i, line in enumerate(text, 1) if line.endswith("# " + mark))
            row = lines[number]
            self.assertGreater(row["total"], 10, mark)
            if mark == "sorted":
                # All that it does is native; of the others a part is Python's own.
                self.assertEqual(row["self"], row["total"])
                self.assertGreater(row["native"] / row["self"], 0.8)

    def check_without(self, python):
        for options in ((), ("--no-native",)):
            self.profile(python, MIXED, "0.2", options=options)
            places = {(name, place) for frames, _ in self.stacks() for name, place in frames}
            native = {one for one in places if re.search(r"\.so\b|\+0x", " ".join(one)) or one[0].startswith("qsort")}
            self.assertEqual(native, set())
