"""What every test that runs `pyrometer` needs: a folder of its own, and an environment without what is set here."""

import os
import pathlib
import shutil
import tempfile
import time
import unittest

from intervals import SURE, wilson


class OwnFolder(unittest.TestCase):
    """`folder` with `work` in it, gone with the test; `state`, where runs are kept; `env` to start programs with."""

    longMessage = True
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pyrometer-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.state = self.folder / "state"
        self.work = self.folder / "work"
        self.work.mkdir()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PYROMETER")}
        self.env.update(XDG_STATE_HOME=str(self.state), HOME=str(self.folder), PYTHONDONTWRITEBYTECODE="1",
                        LC_ALL="C.UTF-8")
        self.env.pop("VIRTUAL_ENV", None)

    def agree(self, share, hits, samples, what):
        """The true share may be what was sampled. `hits` need not be whole: a share of the time, of so many samples."""
        low, high = wilson(hits, samples, SURE)
        self.assertTrue(low <= share <= high, f"{what}: truly {share:.4f}, sampled {hits:.0f} of {samples:.0f}, "
                                              f"so {low:.4f} to {high:.4f}")

    def wait_until(self, condition, what, seconds=90):
        end = time.monotonic() + seconds
        while not (value := condition()):
            self.assertLess(time.monotonic(), end, f"waited {seconds} s for {what}")
            time.sleep(0.01)
        return value

    @staticmethod
    def alive(pid):
        """A zombie is not: whoever is its parent may take its time, or never look."""
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rpartition(")")[2].split()[0] not in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return False
