"""Neovim with nothing but the configuration that README.md gives: somebody opens a file, profiles it, and sees the heat.
What the screens show at last is kept in build/screenshots."""

import os
import pathlib
import re
import shutil
import tempfile
import unittest

from screen import Screen

TOP = pathlib.Path(__file__).resolve().parent.parent.parent.parent
PYROMETER = pathlib.Path(os.environ["PYROMETER"])
NEWER = pathlib.Path(os.environ["PYROMETER_TEST_NEWER_NEOVIM"])
PERCENT = re.compile(r"(\d+(?:\.\d+)?) %")


def configuration(begin):
    """The block of Lua in README.md whose first line begins like that."""
    blocks = re.findall(r"^```lua\n(.*?)^```", (TOP / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if block.startswith(begin)]
    assert len(found) == 1, f"README.md has {len(found)} blocks of Lua that begin with {begin!r}"
    assert len(found[0].splitlines()) <= 11, "ten lines, and one that says what it is"
    return found[0]


class Neovim(unittest.TestCase):
    moved = 0  # lines put above the program's

    def start(self, program, config, env=None):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="pyrometer-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "config" / "nvim").mkdir(parents=True)
        (folder / "config" / "nvim" / "init.lua").write_text(config)
        # What the user has on the path: pyrometer and the interpreter.
        (folder / "bin").mkdir()
        (folder / "bin" / "pyrometer").symlink_to(PYROMETER)
        (folder / "bin" / "python3").symlink_to(os.environ["PYROMETER_TEST_PYTHON"])
        shutil.copy(TOP / "tests" / "programs" / "example.py", folder / "example.py")
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("PYROMETER", "TMUX", "VIRTUAL_ENV", "NVIM", "VIM"))}
        self.screen = Screen([program, "example.py"], kept | {
            "PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8", "SHELL": "/bin/sh",
            "XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data")} | (env or {}), folder)
        self.addCleanup(self.screen.close)
        self.screen.wait_for("What ./try profiles")

    def profile(self):
        """By the menu of code actions, as README.md says."""
        screen = self.screen

        def ask():
            screen.press("Escape", "F5")

        ask()
        # Asked again where the daemon was not there yet. Seldom: what is typed meets the menu of the last question, and the
        # first may just be on its way.
        screen.wait_until(lambda: re.search(r"1: .*[Pp]rofile", screen.text()), "the menu", meanwhile=ask, every=8)
        screen.press("1", "Enter")
        # The summary at the end may want to be confirmed.
        self.screen.wait_until(lambda: "samples" in screen.text(), "the summary", seconds=120)
        screen.wait_until(lambda: "Press ENTER" not in screen.text(), "the text again",
                          meanwhile=lambda: screen.press("Enter"))

    def go_to(self, pattern):
        self.screen.press("Escape", "gg0", f"/{pattern}", "Enter", "zz")

    def check_lens_hover_and_calls(self):
        screen = self.screen
        self.go_to("def edit_distance")
        screen.wait_until(lambda: PERCENT.search(screen.line_with("def edit_distance(")), "the lens of a function")
        total, own = map(float, PERCENT.findall(screen.line_with("def edit_distance("))[:2])
        self.assertGreater(total, 60)
        self.assertGreaterEqual(total, own)

        self.go_to("current.append(min")
        screen.press("K")
        screen.wait_for("is spent here")
        screen.wait_for("samples")
        self.save("hover")
        screen.press("Escape", "j", "k")
        screen.wait_until(lambda: "is spent here" not in screen.text(), "the hover's end")

        # Who calls the function under the cursor: a list below the text.
        self.go_to("edit_distance(one")
        screen.press("F6")
        screen.wait_until(lambda: re.search(r"example\.py\|\d+", screen.text()), "the list of callers")
        source = (TOP / "tests" / "programs" / "example.py").read_text().splitlines()
        line = self.moved + next(i for i, text in enumerate(source, 1) if ": edit_distance(" in text)
        self.assertRegex(screen.text(), rf"example\.py\|{line} col \d+\| correct")
        self.save("callers")
        screen.press(":cclose", "Enter")

    def save(self, name):
        self.screen.save(TOP / "build" / "screenshots" / f"neovim-{self.version}-{name}")

    def test_bookworms(self):
        self.version = "0.7"
        self.start("/usr/bin/nvim", configuration("-- Neovim 0.7"))
        self.profile()
        self.check_lens_hover_and_calls()

    def test_trixies(self):
        self.version = "0.10"
        self.start(NEWER / "usr/bin/nvim", configuration("-- Neovim 0.10"),
                   {"VIMRUNTIME": str(NEWER / "usr/share/nvim/runtime")})
        self.profile()
        screen = self.screen
        self.go_to("# hot")
        screen.wait_until(lambda: PERCENT.search(screen.line_with("# hot")), "heat at the end of the hot line")
        self.assertGreater(float(PERCENT.search(screen.line_with("# hot")).group(1)), 40)
        self.save("hints")
        # Heat moves with its line, and a line that is touched says so.
        screen.press("Escape", "gg", "O", "import sys", "Escape")
        self.moved = 1
        self.go_to("# hot")
        screen.wait_until(lambda: PERCENT.search(screen.line_with("# hot")), "heat where the line is now")
        before = screen.line_with("# hot").split("# hot")[1]
        screen.press("A", " touched", "Escape")
        screen.wait_until(lambda: PERCENT.search(screen.line_with("# hot touched"))
                          and screen.line_with("# hot touched").split("touched", 1)[1] != before, "a stale line")
        screen.press("u")
        screen.wait_until(lambda: screen.line_with("# hot").split("# hot")[1] == before, "heat as before")
        self.check_lens_hover_and_calls()
