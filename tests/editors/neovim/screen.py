"""A terminal with a program in it (tmux), as somebody sees it who sits before it."""

import os
import pathlib
import shlex
import subprocess
import time


class Screen:
    COLUMNS, ROWS = 170, 44

    def __init__(self, command, env, cwd):
        self.socket = pathlib.Path(cwd, "tmux")
        self.log = []
        self.env = env | {"TERM": "xterm-256color"}
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(self.COLUMNS), "-y", str(self.ROWS),
                  " ".join(shlex.quote(str(word)) for word in command), cwd=cwd)

    def tmux(self, *words, cwd=None):
        done = subprocess.run(["tmux", "-S", self.socket, *words], env=self.env, cwd=cwd, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def press(self, *keys):
        """Keys by tmux's names (F5, Enter, Escape), everything else letter by letter."""
        self.log.append(" ".join(keys))
        for key in keys:
            named = key in ("Enter", "Escape") or (key[0] == "F" and key[1:].isdigit())
            self.tmux("send-keys", *([] if named else ["-l"]), key)

    def text(self, colours=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def line_with(self, part):
        return next((line for line in self.text().splitlines() if part in line), "")

    def wait_until(self, condition, what, seconds=120, meanwhile=None, every=1):
        """`condition` of the screen; `meanwhile` is done every so many seconds until then."""
        end = time.monotonic() + seconds
        again = time.monotonic() + every
        while not (value := condition()):
            assert time.monotonic() < end, f"waited {seconds} s for {what}; pressed: {self.log}\n{self.text()}"
            if meanwhile and time.monotonic() > again:
                meanwhile()
                again = time.monotonic() + every
            time.sleep(0.05)
        return value

    def wait_for(self, part, **more):
        self.wait_until(lambda: part in self.text(), repr(part), **more)

    def save(self, path):
        os.makedirs(path.parent, exist_ok=True)
        pathlib.Path(f"{path}.txt").write_text(self.text())
        pathlib.Path(f"{path}.ansi").write_text(self.text(colours=True))

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], env=self.env, capture_output=True)
