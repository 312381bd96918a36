"""What tests of bad input share: what a refusal looks like, and a user to whom permissions matter."""

import os
import pathlib
import shutil
import tempfile

from harness import PYROMETER, Case

NOBODY = 65534


class Bad(Case):
    def refused(self, done, *words, started=False):
        """It ended by itself, with a status that is no success, and says all of `words` in a message of ours."""
        self.assertGreater(done.status, 0, done)
        self.assertRegex(done.errors, r"(?m)^pyrometer", done)
        for word in words:
            self.assertIn(word, done.errors)
        for crash in ("terminate called", "Segmentation", "Assertion", "core dumped", "Sanitizer", "Traceback"):
            self.assertNotIn(crash, done.errors)
        if not started:
            self.assertEqual(done.stdout, b"", done)

    def own(self, folder):
        """Makes a test's folder usable by an unprivileged user."""
        for place in (folder, *folder.parents):
            if place == pathlib.Path(tempfile.gettempdir()):
                break
            place.chmod(0o755)

    def unprivileged(self, *command, **more):
        """As a user to whom file modes matter: ourselves, or nobody if we are root."""
        if os.geteuid() == 0:
            self.own(self.work)
            home = self.folder / "home"
            home.mkdir(mode=0o700, exist_ok=True)
            os.chown(home, NOBODY, NOBODY)
            # The build may lie where only root may look: a copy that anybody may run.
            place = self.folder / "installed"
            if not place.exists():
                shutil.copytree(PYROMETER.parent.parent, place)
            command = [place / "bin" / "pyrometer" if word == PYROMETER else word for word in command]
            more["env"] = more.get("env", {}) | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        return self.execute(command, **more)
