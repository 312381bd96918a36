"""A small client of the Language Server Protocol: starts `pyrometer serve`, sends, and keeps what comes.

Whatever is said, the client watches the rules of the house: every message of the daemon is framed as the protocol
wants it and valid by the protocol's own description, every request is answered once, nothing else is answered.
"""

import collections
import json
import os
import pathlib
import subprocess
import threading
import time

# Requests of the daemon that a client answers with null.
QUIETLY_ANSWERED = {"window/workDoneProgress/create", "workspace/inlayHint/refresh", "workspace/codeLens/refresh",
                    "client/registerCapability", "client/unregisterCapability"}


# What a daemon may say before it has answered initialize.
BEFORE_INITIALIZE = {"window/showMessage", "window/logMessage", "telemetry/event", "window/showMessageRequest",
                     "$/progress"}


class ErrorAnswer(Exception):
    """The daemon answered a request with an error."""

    def __init__(self, method, error):
        super().__init__(f"{method}: error {error['code']}: {error['message']}")
        self.code, self.message, self.data = error["code"], error["message"], error.get("data")


class Broken(AssertionError):
    """The daemon broke a rule of the protocol."""


class Silence(AssertionError):
    """What was waited for did not come."""


def frame(message):
    body = json.dumps(message, ensure_ascii=False).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Client:
    """One `pyrometer serve` and the conversation with it. With `reads=False` nothing that it says is read."""

    def __init__(self, command, env, cwd, validate=None, reads=True):
        self.validate = validate or (lambda message, direction, answered: None)
        self.errors_file = pathlib.Path(cwd, f"daemon-{time.monotonic_ns()}.stderr")
        with self.errors_file.open("wb") as errors:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=errors, cwd=cwd, env=env)
        self.last_id = 0
        self.methods = {}  # of our requests that are not answered yet, by id: a list, for ids that are used again
        self.answers = {}  # by id: a list, in their order
        self.heard = collections.deque()  # notifications and requests of the daemon that nobody has asked for yet
        self.everything = []  # (direction, message), for failure reports
        self.broken = None
        self.quietly_answered = set(QUIETLY_ANSWERED)
        self.begun = False  # has initialize been answered?
        self.ended = False
        self.there_is_more = threading.Condition()
        self.writing = threading.Lock()
        self.reader = threading.Thread(target=self._read, daemon=True)
        if reads:
            self.reader.start()

    # Saying

    def send_bytes(self, data):
        with self.writing:
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def send(self, message, valid=True, answers=None):
        message = {"jsonrpc": "2.0", **message}
        self.asks(message)
        if valid:
            self.validate(message, "clientToServer", answers)
        self.send_bytes(frame(message))

    def asks(self, message):
        """Notes what is sent, and what is to be answered."""
        with self.there_is_more:
            self.everything.append(("-->", message))
            if "id" in message and "method" in message:
                self.methods.setdefault(message["id"], []).append(message["method"])

    def ask(self, method, params=None, valid=True):
        """Sends a request; its id."""
        self.last_id += 1
        number = self.last_id
        self.send({"id": number, "method": method} | ({} if params is None else {"params": params}), valid)
        return number

    def request(self, method, params=None, valid=True, seconds=90):
        """Sends a request and waits; its result. Raises ErrorAnswer."""
        return self.result(self.ask(method, params, valid), seconds)

    def notify(self, method, params=None, valid=True):
        self.send({"method": method} | ({} if params is None else {"params": params}), valid)

    # Hearing

    def answer(self, number, seconds=90):
        """The answer to our request of that id, as it came. Each can be taken once."""
        self._wait(lambda: self.answers.get(number), f"the answer to request {number}", seconds)
        with self.there_is_more:
            return self.answers[number].pop(0)

    def result(self, number, seconds=90):
        method = self.asked(number)
        message = self.answer(number, seconds)
        if "error" in message:
            raise ErrorAnswer(method, message["error"])
        return message["result"]

    def asked(self, number):
        return next(said["method"] for way, said in reversed(self.everything)
                    if way == "-->" and said.get("id") == number and "method" in said)

    def expect(self, method, fits=lambda params: True, what="", seconds=90):
        """The params of the next notification (or request) of the daemon with that method that fits; those before it
        with the same method are passed over."""
        return self.message(method, fits, what, seconds).get("params")

    def message(self, method, fits=lambda params: True, what="", seconds=90):
        """The same with all of the message, to answer a request of the daemon."""
        found = []

        def look():
            while True:
                place = next((i for i, said in enumerate(self.heard) if said["method"] == method), None)
                if place is None:
                    return False
                said = self.heard[place]
                del self.heard[place]
                if fits(said.get("params")):
                    found.append(said)
                    return True

        self._wait(look, f"{method} {what}".rstrip(), seconds)
        return found[0]

    def heard_so_far(self, method):
        """All that came with that method, taken or not."""
        with self.there_is_more:
            return [said.get("params") for way, said in self.everything if way == "<--" and said.get("method") == method]

    def _wait(self, condition, what, seconds):
        end = time.monotonic() + seconds
        with self.there_is_more:
            while True:
                if self.broken:
                    raise Broken(f"{self.broken}\n{self.report()}")
                if condition():
                    return
                if self.ended:
                    raise Silence(f"{what} did not come: the daemon ended\n{self.report()}")
                if not self.there_is_more.wait(max(0, end - time.monotonic())) and time.monotonic() >= end:
                    raise Silence(f"{what} did not come within {seconds} s\n{self.report()}")

    # Ending

    def close_input(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def wait_for_exit(self, seconds=90):
        """The exit status, once the daemon has said all and ended."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Silence(f"the daemon did not end within {seconds} s\n{self.report()}") from None
        if self.reader.is_alive():
            self.reader.join(seconds)
        if self.broken:
            raise Broken(f"{self.broken}\n{self.report()}")
        return status

    def shut_down(self):
        """As a client ends in good order."""
        self.request("shutdown")
        if self.methods:
            raise Broken(f"never answered: {self.methods}\n{self.report()}")
        self.notify("exit")
        return self.wait_for_exit()

    def kill(self):
        """For a test's end: nothing of the daemon stays."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close_input()
        if self.reader.is_alive():
            self.reader.join(10)
        self.process.stdout.close()

    @property
    def errors(self):
        return self.errors_file.read_text(errors="replace")

    def report(self):
        lines = [f"{way} {json.dumps(said, ensure_ascii=False)[:600]}" for way, said in self.everything[-30:]]
        return "\n".join(["the last that was said:", *lines, "standard error:", self.errors[-2000:]])

    def resident(self):
        """The daemon's memory in use, bytes."""
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    # Reading

    def _read(self):
        try:
            while (message := self._read_message()) is not None:
                self._take(message)
        except Exception as error:  # what a rule broken looks like is told in the test's own thread
            self.broken = self.broken or f"{type(error).__name__}: {error}"
        with self.there_is_more:
            self.ended = True
            self.there_is_more.notify_all()

    def _read_message(self):
        length, stream = None, self.process.stdout
        while line := stream.readline():
            if not line.endswith(b"\r\n"):
                raise Broken(f"no header line: {line!r}")
            if line == b"\r\n":
                break
            name, _, value = line[:-2].decode("ascii").partition(": ")
            if name != "Content-Length" or length is not None:
                raise Broken(f"header {line!r}")
            length = int(value)
        else:
            return None
        body = stream.read(length)
        if len(body) != length:
            raise Broken(f"a message of {length} bytes was cut after {len(body)}")
        return json.loads(body)

    def _take(self, message):
        reply = None
        with self.there_is_more:
            self.everything.append(("<--", message))
            answered = None
            if "method" not in message:
                number = message.get("id")
                if number is not None:
                    waiting = self.methods.get(number)
                    if not waiting:
                        self.broken = f"an answer to nothing that waits: id {number!r}"
                    else:
                        answered = waiting.pop(0)
                        self.begun = self.begun or answered == "initialize"
                        if not waiting:
                            del self.methods[number]
                self.answers.setdefault(number, []).append(message)
            else:
                if not self.begun and message["method"] not in BEFORE_INITIALIZE:
                    self.broken = f"{message['method']} came before the answer to initialize"
                self.heard.append(message)
                if "id" in message and message["method"] in self.quietly_answered:
                    reply = {"id": message["id"], "result": None}
            self.there_is_more.notify_all()
        try:
            if message.get("jsonrpc") != "2.0":
                raise Broken('"jsonrpc" is not "2.0"')
            self.validate(message, "serverToClient", answered)
        except Exception as error:
            with self.there_is_more:
                self.broken = self.broken or f"{error}\nin {json.dumps(message, ensure_ascii=False)[:1000]}"
                self.there_is_more.notify_all()
        if reply:
            try:
                self.send(reply, answers=message["method"])
            except (BrokenPipeError, ValueError):
                pass
