"""A program on a real terminal, for tests where one matters."""

import errno
import fcntl
import os
import pty
import signal
import subprocess
import termios


class Terminal:
    """A pseudo-terminal with a session of its own, whose leader is the given command."""

    def __init__(self, case, *command, env=None):
        self.case = case
        self.master, slave = pty.openpty()

        def lead():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([str(word) for word in command], stdin=slave, stdout=slave, stderr=slave,
                                        cwd=case.work, env=case.env | (env or {}), preexec_fn=lead)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.seen = ""
        case.addCleanup(self.close)

    def hang_up(self):
        os.close(self.master)
        self.master = None

    def close(self):
        if self.master is not None:
            self.hang_up()
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        try:
            while piece := os.read(self.master, 65536):
                self.seen += piece.decode(errors="replace").replace("\r\n", "\n")
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno != errno.EIO:  # the other side is closed
                raise
        return self.seen

    def expect(self, text, after=0):
        self.case.wait_until(lambda: text in self.read()[after:], f"{text!r}; the terminal shows\n{self.seen}")
        return len(self.seen)

    def end(self):
        def ended():
            self.read()
            return self.process.poll() is not None

        self.case.wait_until(ended, f"the end; the terminal shows\n{self.seen}")
        self.read()
        return self.process.returncode
