"""Where the words' programs run: interpreters, the C library that some of them call, a clean environment."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tested_interpreters import tested_interpreters  # noqa: E402

LIMIT = 240  # seconds: only a program that hangs needs more


@dataclasses.dataclass
class Ended:
    status: int
    stdout: str
    stderr: str
    samples: int = 0
    notes: str = ""


def without_addresses(data):
    """Addresses differ from run to run."""
    return re.sub(r"0x[0-9a-f]+", "0x...", data.decode(errors="replace"))


class Surroundings:
    def __init__(self, pyrometer, interpreters, folder, here):
        self.pyrometer, self.interpreters, self.folder, self.here = pyrometer, interpreters, folder, here
        self.versions = sorted((name for name, _ in tested_interpreters(interpreters)),
                               key=lambda name: (int(name[2:].rstrip("t")), name))
        self.library = self.compile("calls.c", "-shared", "-fPIC", "-pthread", "-O2", name="libcalls.so")
        self.sanitized = self.compile("interpreter.c", "-fsanitize=address", name="python-sanitized")

    def compile(self, source, *options, name):
        made = self.folder / name
        subprocess.run(["gcc", "-Wall", "-Werror", "-o", made, self.here / "native" / source, *options], check=True)
        made.chmod(0o755)
        return made

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def python(self, version):
        return self.interpreters / f"python{version}"

    def bare_environment(self):
        return {name: value for name, value in os.environ.items()
                if not name.startswith(("PYROMETER", "PYTHON")) and name != "VIRTUAL_ENV"}

    def says(self, *words, environment=None):
        """What Pyrometer itself says to a command."""
        return subprocess.run([self.pyrometer, *words], capture_output=True, text=True, timeout=LIMIT, check=False,
                              cwd=self.folder, env=self.bare_environment() | (environment or {}))

    def environment(self, word, folder):
        env = self.bare_environment()
        env.update(HOME=str(folder), XDG_STATE_HOME=str(folder / "state"), LC_ALL="C.UTF-8",
                   PYTHONDONTWRITEBYTECODE="1", HARMLESS_LIBRARY=str(self.library), **word.environment)
        if word.needs:
            # Only that package: the interpreter's own folder of them may hold anything.
            place = folder / "packages"
            place.mkdir()
            (place / word.needs).symlink_to(pathlib.Path("/usr/lib/python3/dist-packages") / word.needs)
            env["PYTHONPATH"] = str(place)
        return env

    def run(self, word, command, folder):
        folder.mkdir()
        work = folder / "work"
        work.mkdir()
        if word.limits:
            command = ["bash", "-c", f"ulimit {word.limits}; exec \"$@\"", "bash", *command]
        # Until nobody holds its output any more: a daemon that a program leaves behind is compared too.
        try:
            done = subprocess.run([str(part) for part in command], cwd=work, env=self.environment(word, folder),
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired as late:
            return Ended(f"did not end within {LIMIT} s", without_addresses(late.stdout or b""),
                         without_addresses(late.stderr or b""))
        return Ended(done.returncode, without_addresses(done.stdout), without_addresses(done.stderr))

    def plain(self, word, version, folder):
        return self.run(word, [self.python(version), *word.options, word.path], folder)

    def sampled(self, word, version, way, folder):
        """With --quiet, but what we say of what could not be sampled is not the program's."""
        output = self.folder / f"{word.name}-{version}-{way}.pyrometer"
        options = ["--quiet", "--rate", str(word.rate), "--python", self.python(version), "-o", output]
        if way == "outside":
            options.append("--outside")
        ended = self.run(word, [self.pyrometer, "run", *options, "--", *word.options, word.path], folder)
        ended.stderr = "".join(line for line in ended.stderr.splitlines(True) if not line.startswith("pyrometer: "))
        shown = subprocess.run([self.pyrometer, "info", "--json", output], capture_output=True,
                               env=os.environ | {"XDG_STATE_HOME": str(folder / "state")}, timeout=LIMIT)
        if shown.returncode == 0:
            told = json.loads(shown.stdout)
            ended.samples, ended.notes = told["run"]["samples"], "\n".join(told.get("notes", []))
        output.unlink(missing_ok=True)
        return ended
