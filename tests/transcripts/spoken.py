"""Plays a transcript: what is said to the daemon and what must come back, in order.

A line that begins with

    #       is for the reader
    -->     is a message to the daemon (`"jsonrpc": "2.0"` is added), in the notation of notation.py
    ~~>     is the text of a message, right or wrong, sent as it stands in a frame
    ==>     is sent as it is, without a frame: a JSON string whose characters are the bytes
    <--     must come from the daemon: an answer is waited for by its id, notifications by their method and in order,
            those that do not fit being passed over
    file    NAME: a file in the folder of the test, whose text are the following lines that begin with |
    close   closes the daemon's input
    exit    STATUS: the daemon must end, and so
    errors  /regex/: what the daemon's standard error must have in it

A line that begins with a blank continues the one before it. Every transcript begins with a daemon just started. One that
does not end with `exit` is followed by shutdown and exit in good order. In every one, no answer may come twice and none
for which nothing was asked; whatever was asked must be answered before the end, unless the input was closed.
"""

import json
import re

import notation


def steps(text):
    """[(line number, word, rest)]"""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith((" ", "|")):
            first, word, rest = found[-1]
            found[-1] = (first, word, rest + "\n" + (line if line.startswith("|") else line.strip()))
        else:
            word, _, rest = line.partition(" ")
            found.append((number, word, rest.strip()))
    return found


class Spoken:
    """One playing of one transcript, with a Client and the names that it knows from the start."""

    def __init__(self, client, folder, names):
        self.client, self.folder, self.names = client, folder, dict(names)
        self.over = self.abrupt = False

    def play(self, text):
        for number, word, rest in steps(text):
            try:
                self.step(word, rest)
            except Exception as error:
                raise AssertionError(f"line {number}: {word} {rest[:200]}\n{error}") from None
        if not self.over and not self.abrupt:
            status = self.client.shut_down()
            assert status == 0, f"exit status {status} after shutdown and exit"

    def step(self, word, rest):
        doing = {"-->": self.say, "~~>": self.say_text, "==>": self.say_bytes, "<--": self.hear, "file": self.file, "close": self.close,
                 "exit": self.exit, "errors": self.errors}
        if word not in doing:
            raise ValueError(f"no such word: {word}")
        doing[word](rest)

    def say(self, rest):
        # Wrong messages are what many transcripts are about, so none is held against the protocol here.
        self.client.send(notation.fill(notation.parse(rest), self.names), valid=False)

    def say_text(self, rest):
        body = rest.encode()
        self.remember(body)
        self.client.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def say_bytes(self, rest):
        data = notation.expand(json.loads(rest), self.names).encode("latin-1")
        self.remember(data.partition(b"\r\n\r\n")[2])
        self.client.send_bytes(data)

    def remember(self, body):
        """If there is a request in it after all, an answer may come."""
        try:
            message = json.loads(body)
        except ValueError:
            return
        if isinstance(message, dict) and isinstance(message.get("id"), (int, str)) and "method" in message:
            self.client.asks(message)

    def hear(self, rest):
        pattern = notation.parse(rest)
        wanted = notation.fill(pattern["method"], self.names) if "method" in pattern else None
        if wanted is not None:
            said = []

            def fits(params):
                trial = dict(self.names)
                said.append(notation.mismatch(pattern.get("params", notation.MORE), params, trial, "params")
                            if "params" in pattern else None)
                if said[-1] is None:
                    self.names = trial
                return said[-1] is None

            try:
                self.client.expect(wanted, fits)
            except AssertionError as error:
                raise AssertionError(f"{said[-1] + chr(10) if said and said[-1] else ''}{error}") from None
            return
        message = self.client.answer(notation.fill(pattern["id"], self.names))
        said = {key: value for key, value in message.items() if key != "jsonrpc"}
        if found := notation.mismatch(pattern, said, self.names, "answer"):
            raise AssertionError(f"{found}\n{self.client.report()}")

    def file(self, rest):
        name, *lines = rest.split("\n")
        path = self.folder / name.rstrip(":")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(re.sub(r"^\| ?", "", line) + "\n" for line in lines), encoding="utf-8")

    def close(self, rest):
        assert not rest
        self.client.close_input()
        self.abrupt = True

    def exit(self, rest):
        status = self.client.wait_for_exit()
        assert status == int(rest), f"exit status {status}\n{self.client.report()}"
        assert self.abrupt or not self.client.methods, f"never answered: {self.client.methods}"
        self.over = True

    def errors(self, rest):
        if found := notation.mismatch(notation.parse(rest), self.client.errors, self.names, "standard error"):
            raise AssertionError(found)
