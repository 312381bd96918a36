"""What every test that runs `pyrometer` needs: a folder of its own, and an environment without what is set here."""

import os
import pathlib
import shutil
import tempfile
import unittest


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
