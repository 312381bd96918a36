"""The process beside this one that takes and writes the samples (`pyrometer record`), and how it is spoken to: started,
told to stop, told which threads to look at. No descriptor of this process stays open in between."""

import os
import select
import socket
import time

from . import installed, sampler
from .errors import VMProfError

_START = 30  # seconds in which it says that it is ready, on a machine with much else to do
_GONE = ("the recorder has ended before its time (it was killed, or told to end); what it had written until then can be "
         "read")


class Recorder:
    def __init__(self, output, options):
        reading, writing = os.pipe()
        try:
            sampler.start_recorder([installed.executable(), "record", "--pid", str(os.getpid()), "--fd", str(output),
                                    "--report", str(writing), *options], output, writing)
            os.close(writing)
            writing = -1
            line = self._line(reading)
        finally:
            os.close(reading)
            if writing >= 0:
                os.close(writing)
        word, _, rest = line.partition(" ")
        if word != "ready":
            raise VMProfError(rest or "the recorder ended without a word")
        self._folder = rest

    @staticmethod
    def _line(descriptor):
        # By its end and not by the pipe's: a fork of this process may have that open as well.
        text, deadline = b"", time.monotonic() + _START
        while not text.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise VMProfError(f"the recorder was not ready after {_START} seconds")
            piece = os.read(descriptor, 4096)
            if not piece:
                break
            text += piece
        return os.fsdecode(text).rstrip("\n")

    @property
    def folder(self):
        return self._folder

    def _say(self, message, wait):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(wait)
            try:
                connection.connect(os.path.join(self._folder, "recorder"))
                connection.sendall(message.encode())
                answer = connection.recv(256)
            except (TimeoutError, socket.timeout):
                raise VMProfError("the recorder does not answer") from None
            except OSError:
                raise VMProfError(_GONE) from None
        if not answer:
            raise VMProfError(_GONE)
        return answer.decode()

    def stop(self):
        """Waits until everything is written."""
        # No limit: a slow disk takes its time, and one that reads nothing is told of.
        answer = self._say("stop", None)
        word, _, rest = answer.partition(" ")
        if word == "failed":
            error = int(rest)
            raise OSError(error, f"the profile could not be written: {os.strerror(error)}; what was written before can "
                                 "be read")
        if word == "waits":
            raise VMProfError("nobody reads from the other end of the descriptor; the recorder waits for a minute and "
                              "writes the rest as soon as somebody does")

    def _threads(self, message):
        word, _, count = self._say(message, 10).partition(" ")
        return int(count) if word == "ok" else -1

    def choose(self, native_id):
        return self._threads(f"choose {native_id}")

    def leave(self, native_id):
        return self._threads(f"leave {native_id}")
