"""What the end-to-end tests share: where things are, running a program with and without Pyrometer, asking a profile.

Everything goes through the command line, as a user's own script would.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests"))

from own_folder import OwnFolder  # noqa: E402
from tested_interpreters import tested_interpreters  # noqa: E402

PROGRAMS = TOP / "tests" / "programs"
PYROMETER = pathlib.Path(os.environ["PYROMETER"])
INTERPRETERS = pathlib.Path(os.environ["PYROMETER_TEST_INTERPRETERS"])
# The one that everybody has, for tests that are not about the interpreter.
PYTHON = str(INTERPRETERS / "python3.11")


def interpreters():
    """[("3_11", path), ...]: those that are tested."""
    return [(name.replace(".", "_"), str(path)) for name, path in tested_interpreters(INTERPRETERS)]


def on_interpreters(cls, chosen):
    for name in [name for name in dir(cls) if name.startswith("check_")]:
        for suffix, python in chosen:
            def test(self, check=getattr(cls, name), python=python):
                check(self, python)

            test.__doc__ = getattr(cls, name).__doc__
            setattr(cls, f"test_{name.removeprefix('check_')}_{suffix}", test)
    return cls


def on_each_interpreter(cls):
    """Class decorator: `def check_x(self, python)` becomes test_x_3_11, test_x_3_13 and so on."""
    return on_interpreters(cls, interpreters())


def on_two_interpreters(cls):
    """The same on the oldest and the newest, for what takes long or hardly depends on the interpreter; on all of them
    where all are asked for."""
    every = bool(os.environ.get("PYROMETER_ALL_INTERPRETERS"))
    return on_interpreters(cls, [one for one in interpreters() if every or one[0] in ("3_9", "3_15")])


class Finished:
    """What a program left: `status` as of subprocess (negative: the signal that ended it)."""

    def __init__(self, status, stdout, stderr):
        self.status, self.stdout, self.stderr = status, stdout, stderr

    @property
    def text(self):
        return self.stdout.decode(errors="replace")

    @property
    def errors(self):
        return self.stderr.decode(errors="replace")

    def __repr__(self):
        return f"status {self.status}\nstdout: {self.text[-2000:]}\nstderr: {self.errors[-4000:]}"


def minor(python):
    """11 of python3.11."""
    return int(python.rsplit(".", 1)[1].rstrip("t"))


def marked_line(path, mark="hot"):
    """The number of the line that ends in "# mark"."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if line.endswith("# " + mark)]
    assert len(found) == 1, f"{path}: {len(found)} lines are marked {mark!r}"
    return found[0]


class Case(OwnFolder):
    """A test with a folder, and a user's state folder, of its own."""

    def execute(self, command, stdin=b"", cwd=None, env=None, timeout=180, **more):
        done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True,
                              cwd=cwd or self.work, env=self.env | (env or {}), timeout=timeout, **more)
        return Finished(done.returncode, done.stdout, done.stderr)

    def plain(self, python, *arguments, **more):
        return self.execute([python, *arguments], **more)

    def profile(self, python, *arguments, options=(), output=None, **more):
        """`pyrometer run` with `-o`; the profile is in self.output."""
        self.output = output or self.work / "out.pyrometer"
        return self.execute([PYROMETER, "run", "--quiet", "--python", python, "-o", self.output, *options, "--",
                             *arguments], **more)

    def pyrometer(self, *arguments, **more):
        return self.execute([PYROMETER, *arguments], **more)

    def ask(self, *arguments):
        """A subcommand's --json."""
        done = self.pyrometer(*arguments, "--json")
        self.assertEqual(done.status, 0, done)
        return json.loads(done.stdout)

    def recorded(self):
        """The profile of the last `profile`, as the command line tells it."""
        return Recorded(self, self.output)

    def start(self, *command, **more):
        """A program that goes on while the test looks at it; ended, with its children, when the test ends."""
        process = subprocess.Popen([str(word) for word in command], cwd=self.work, env=self.env,
                                   start_new_session=True, **more)

        def end():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()

        self.addCleanup(end)
        return process


class Recorded:
    """A profile's functions and lines, as `show --json --all` and `lines --json` tell them."""

    def __init__(self, case, path):
        self.case, self.path = case, path
        self.info = case.ask("info", path)
        shown = case.ask("show", path, "flat", "--all")
        self.functions, self.lines = shown["functions"], shown["lines"]
        self.run = self.info["run"]
        self.samples = self.run["samples"]

    def function(self, name):
        """The rows of all functions of that name (with or without the class), summed."""
        rows = [row for row in self.functions if row["name"] == name or row["name"].endswith("." + name)]
        keys = ("self", "total", "selfTime", "totalTime")
        return {key: sum(row[key] for row in rows) for key in keys} | {"rows": len(rows)}

    def hottest_function(self):
        return max(self.functions, key=lambda row: row["selfTime"])["name"]

    def hottest_line(self):
        row = max(self.lines, key=lambda row: row["selfTime"])
        return pathlib.PurePath(row["file"]).name, row["line"]

    def heat(self, source):
        """{line: row} of one file."""
        return {row["line"]: row for row in self.case.ask("lines", self.path, source)["lines"]}

    def thread_times(self):
        """Time of each thread that has samples, most first, as another format has them."""
        done = self.case.pyrometer("export", self.path, "--to", "speedscope", "-o", "-")
        self.case.assertEqual(done.status, 0, done)
        return sorted((sum(profile["weights"]) for profile in json.loads(done.stdout)["profiles"]), reverse=True)
