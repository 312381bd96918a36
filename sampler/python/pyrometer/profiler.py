"""Profiling a block or a function, and looking at what came out, under the names of vmprof.profiler."""

import contextlib
import functools
import os
import tempfile

from . import live
from .errors import AlreadyRecording, VMProfError
from .reading import read_profile


class ProfilerContext:
    """with ProfilerContext("out.prof"): ...   Without a name a temporary file is made, which stays (`filename`)."""

    done = False

    def __init__(self, name=None, period=live.DEFAULT_PERIOD, memory=False, native=None, real_time=False, lines=False):
        self.filename = None if name is None else os.fspath(name)
        self._options = {"period": period, "memory": memory, "native": native, "real_time": real_time, "lines": lines}

    def __enter__(self):
        # What another recording is writing is not to be emptied.
        with live.unless_recording():
            # Closed by __exit__; nobody else needs it.
            file = (tempfile.NamedTemporaryFile("w+b", suffix=".vmprof", delete=False) if self.filename is None
                    else open(self.filename, "w+b"))
            try:
                live.enable(file.fileno(), **self._options)
            except BaseException:
                file.close()
                raise
            self.tmpfile, self.filename = file, file.name
        return self

    def __exit__(self, *_):
        try:
            live.disable()
        finally:
            self.tmpfile.close()
        self.done = True

    def __call__(self, function):
        """As a decorator: each call of the function is profiled, and the last one is what stays in the file. A call
        while the process is recorded already (by such a call, in any thread, or by `pyrometer run`) belongs to that."""
        @functools.wraps(function)
        def profiled(*args, **kwargs):
            with contextlib.ExitStack() as recording:
                with contextlib.suppress(AlreadyRecording):
                    recording.enter_context(self)
                return function(*args, **kwargs)

        return profiled


def profile(name=None, **options):
    """with profile("out.prof"): ..., or @profile("out.prof") above a function. Options as for enable()."""
    return ProfilerContext(name, **options)


class Profiler:
    """with profiler.measure(): ..., and profiler.get_stats() afterwards."""

    ctx = None

    def measure(self, name=None, period=0.001, memory=False, native=None, real_time=False, lines=False):
        self.ctx = ProfilerContext(name, period, memory, native, real_time, lines)
        return self.ctx

    def get_stats(self):
        if self.ctx is None:
            raise VMProfError("nothing was measured yet: with profiler.measure(): ...")
        if not self.ctx.done:
            raise VMProfError("the measurement is not over")
        return read_profile(self.ctx.filename)


@contextlib.contextmanager
def sampling_stopped():
    """Takes no samples within the block."""
    live.stop_sampling()
    try:
        yield
    finally:
        live.start_sampling()
