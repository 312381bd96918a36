"""An interpreter inside another program, as a shared library: linked with it, or loaded late. (The interpreters of their own
that are tested have it inside their executable, but for those of a pyenv.)"""

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
    def build(self, name, *libraries):
        program = self.folder / name
        subprocess.run(["cc", "-o", program, PROGRAMS / f"{name}.c", *libraries], check=True)
        return program

    def run_it(self, name, *options):
        # The oldest one runs on the C library of whatever machine this is.
        home = pathlib.Path(INTERPRETERS / "python3.9").resolve().parent.parent
        library = next(home.glob("lib/*/libpython3.9.so.1.0"))
        if name == "embeds_late":
            command = [self.build(name, "-ldl"), library]
        else:
            # What the library itself needs lies where its package has put it.
            command = [self.build(name, library, f"-Wl,-rpath,{library.parent}", "-Wl,--allow-shlib-undefined")]
        self.output = self.work / "out.pyrometer"
        done = self.pyrometer("run", "--quiet", "-o", self.output, *options, "--", *command, TEXT,
                              env={"PYTHONHOME": str(home)})
        self.assertEqual((done.status, done.text), (0, "over\n"), done)
        recorded = self.recorded()
        self.assertEqual(recorded.hottest_function(), "work")
        return recorded.info["notes"]

    def test_linked(self):
        self.assertNotIn("outside", " ".join(self.run_it("embeds_linked")))

    def test_linked_outside(self):
        self.run_it("embeds_linked", "--outside")

    def test_loaded_late(self):
        self.assertIn("is read from outside", " ".join(self.run_it("embeds_late")))

    def test_loaded_late_outside(self):
        self.run_it("embeds_late", "--outside")


if __name__ == "__main__":
    unittest.main()
