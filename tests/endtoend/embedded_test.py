"""An interpreter inside another program, as a shared library that is loaded late."""

import pathlib
import subprocess
import unittest

from harness import INTERPRETERS, PROGRAMS, Case

TEXT = """
import time
def work():
    end = time.process_time() + 3
    while time.process_time() < end:
        pass
work()
print("over")
"""


class Embedded(Case):
    def run_it(self, *options):
        # The oldest one runs on the C library of whatever machine this is.
        home = pathlib.Path(INTERPRETERS / "python3.9").resolve().parent.parent
        library = next(home.glob("lib/*/libpython3.9.so.1.0"))
        program = self.folder / "embeds_late"
        subprocess.run(["cc", "-o", program, PROGRAMS / "embeds_late.c", "-ldl"], check=True)
        self.output = self.work / "out.pyrometer"
        done = self.pyrometer("run", "--quiet", "-o", self.output, *options, "--", program, library, TEXT,
                              env={"PYTHONHOME": str(home)})
        self.assertEqual((done.status, done.text), (0, "over\n"), done)
        recorded = self.recorded()
        self.assertEqual(recorded.hottest_function(), "work")
        return recorded.info["notes"]

    def test_loaded_late(self):
        self.assertIn("is read from outside", " ".join(self.run_it()))

    def test_loaded_late_outside(self):
        self.run_it("--outside")


if __name__ == "__main__":
    unittest.main()
