"""What the tests of conversations share: a folder and a daemon of their own, programs to run, statistics."""

import functools
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = TOP / "tests" / "programs"
PYROMETER = pathlib.Path(os.environ["PYROMETER"])
PYTHON = os.environ["PYROMETER_TEST_PYTHON"]

sys.path[:0] = [str(TOP / "tests"), str(TOP / "tests" / "protocol")]

from client import Broken, Client, ErrorAnswer  # noqa: E402,F401
from metamodel import MetaModel  # noqa: E402
from own_folder import OwnFolder  # noqa: E402


def uri(path):
    return "file://" + urllib.parse.quote(str(path))


def path_of(place):
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(place).path))


def marked_line(text, mark="hot"):
    """The number, from 0, of the line that ends in "# mark"."""
    found = [number for number, line in enumerate(text.splitlines()) if line.endswith("# " + mark)]
    assert len(found) == 1, f"{len(found)} lines are marked {mark!r}"
    return found[0]


class Case(OwnFolder):
    def start(self, reads=True):
        """A daemon, ended when the test ends, and the client that talks to it."""
        client = Client([PYROMETER, "serve"], self.env, self.folder, validate, reads)
        self.addCleanup(client.kill)
        return client

    def connected(self, capabilities=None, options=None, **more):
        """A daemon that has been initialized; `client.initialized` is what it answered."""
        client = self.start()
        options = {"settings": {"python": PYTHON}} | (options or {})
        client.initialized = client.request("initialize", {
            "processId": os.getpid(), "rootUri": uri(self.work),
            "capabilities": ALL_CAPABILITIES if capabilities is None else capabilities,
            "initializationOptions": {key: value for key, value in options.items() if value is not None}, **more})
        client.notify("initialized", {})
        return client

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def open_document(self, client, path, text=None, version=1):
        client.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri(path), "languageId": "python", "version": version,
            "text": path.read_text(encoding="utf-8") if text is None else text}})

    def profile(self, client, path, **params):
        """Runs a program to its end; what profileChanged said at the end."""
        run = client.request("pyrometer/run", {"program": uri(path), **params})["run"]
        return self.finished(client, run)

    def finished(self, client, run, seconds=90):
        return client.expect("pyrometer/profileChanged",
                             lambda said: said["profile"] == run and said["state"] == "finished", "finished", seconds)

    def heat(self, client, path, **params):
        """{line: LineHeat} of a file."""
        return {row["line"]: row for row in client.request("pyrometer/lineHeat", {"uri": uri(path), **params})["lines"]}

    def effective(self, client, profile, samples=None):
        """For how many the samples of a run that is over count, or these of them: some stand for more time than others."""
        kept = next(held["file"] for held in client.request("pyrometer/profiles", {})["profiles"] if held["id"] == profile)
        told = subprocess.run([PYROMETER, "info", path_of(kept), "--json"], capture_output=True, env=self.env, check=True)
        run = json.loads(told.stdout)["run"]
        return run["effectiveSamples"] * (1 if samples is None else samples / run["samples"])

    def output(self, client, run, text, seconds=90):
        """Waits until the run's program has written the text; all that it wrote so far."""
        written = []

        def more(said):
            if said["run"] == run:
                written.append(said["text"])
            return text in "".join(written)

        client.expect("pyrometer/output", more, f"with {text!r}", seconds)
        return "".join(written)

    def endless(self, client, **more):
        """A program that goes on until it is interrupted, in its loop; what the start was answered with."""
        path = PROGRAMS / "interrupted.py"
        started = client.request("pyrometer/run", {"program": uri(path)} | more)
        self.looping(client, started["run"])
        return started

    def looping(self, client, run):
        """An interrupt before the loop would end it in another way."""
        hot = marked_line((PROGRAMS / "interrupted.py").read_text())
        client.expect("pyrometer/profileChanged",
                      lambda said: said["profile"] == run and said.get("hotLine", {}).get("line") == hot)


# What an editor that can do everything announces.
ALL_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"inlayHint": {"refreshSupport": True}, "codeLens": {"refreshSupport": True}, "configuration": False},
    "textDocument": {"synchronization": {}, "hover": {"contentFormat": ["markdown", "plaintext"]}, "codeLens": {},
                     "inlayHint": {}, "callHierarchy": {},
                     "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["source"]}}}},
}



@functools.cache
def meta_model():
    return MetaModel()


def validate(message, direction, answered):
    """Holds a message against the protocol's description of itself; `answered` is the method that an answer is for."""
    problems = meta_model().check_message(message, lambda _: answered, direction)
    if problems:
        raise Broken("not as the protocol has it: " + "; ".join(problems))
