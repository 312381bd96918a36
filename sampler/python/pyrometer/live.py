"""Sampling this process: what `enable` begins and `disable` ends, and what can be asked in between.

One recording at a time. The functions may be called from any thread.
"""

import atexit
import contextlib
import errno
import fcntl
import os
import sys
import threading

from . import sampler
from .errors import AlreadyRecording, StateError, VMProfError
from .recorder import Recorder

# Almost 1 kHz, but not quite: what a program does each millisecond is not to fall into step with the samples.
DEFAULT_PERIOD = 0.00099
SHORTEST_PERIOD, LONGEST_PERIOD = 0.0001, 1.0


class _Recording:
    def __init__(self, recorder, fileno, real_time):
        self.recorder, self.fileno, self.real_time, self.pid = recorder, fileno, real_time, os.getpid()
        self.stopped = 0  # how often stop_sampling was called more than start_sampling


_lock = threading.RLock()
_recording = None


def _forked():
    # The child is not sampled: the library has let go already.
    global _lock, _recording
    _lock, _recording = threading.RLock(), None


os.register_at_fork(after_in_child=_forked)


def _check_interpreter():
    if sys.implementation.name != "cpython":
        raise VMProfError(f"this is {sys.implementation.name}: only CPython is sampled from inside by this package "
                          "(profiles of PyPy can be read: read_profile)")
    if not sys.platform.startswith("linux"):
        raise VMProfError("programs are sampled on Linux only")


def _check_period(period):
    if isinstance(period, bool) or not isinstance(period, (int, float)):
        raise ValueError(f"the period must be a number of seconds, not {period!r}")
    if not SHORTEST_PERIOD <= period <= LONGEST_PERIOD:
        raise ValueError(f"the period must be {SHORTEST_PERIOD} to {LONGEST_PERIOD} seconds, not {period!r}")


def _check_descriptor(fileno):
    if isinstance(fileno, bool) or not isinstance(fileno, int):
        raise ValueError(f"a descriptor is a number (file.fileno()), not {fileno!r}")
    try:
        mode = fcntl.fcntl(fileno, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        raise OSError(errno.EBADF, f"descriptor {fileno} is not open") from None
    except OverflowError:
        raise ValueError(f"{fileno} is no descriptor") from None
    if mode == os.O_RDONLY:
        raise OSError(errno.EBADF, f"descriptor {fileno} is not open for writing")


@contextlib.contextmanager
def unless_recording():
    """Within it no other thread can begin a recording; AlreadyRecording if there is one."""
    with _lock:
        if _recording is not None:
            raise AlreadyRecording("already enabled: disable() comes first")
        if sampler.is_sampled_by_run():
            raise AlreadyRecording("this process is sampled already (by `pyrometer run`)")
        yield


def enable(fileno, period=DEFAULT_PERIOD, memory=False, lines=False, native=None, real_time=False, warn=True, argv=True):
    """Samples this process from now on, and writes a vmprof profile to the descriptor, until disable().

    `period` is in seconds. `memory` adds the resident memory to each sample, `lines` the line to each frame. Time is
    that on the processor; with `real_time` it is all time, of this thread and of those that insert_real_time_thread()
    adds. `argv=False` keeps the program's arguments out of the file. `warn` is taken and means nothing.
    """
    global _recording
    _check_interpreter()
    _check_period(period)
    _check_descriptor(fileno)
    if native:
        raise VMProfError("native frames cannot be recorded yet: leave native out, or say native=False")
    with unless_recording():
        options = ["--period", repr(float(period)), "--mode", "wall" if real_time else "cpu"]
        options += ["--mem"] * bool(memory) + ["--lines"] * bool(lines) + ["--no-argv"] * (not argv)
        if real_time:
            options += ["--thread", str(threading.get_native_id())]
        recorder = Recorder(fileno, options)
        try:
            sampler.begin(recorder.folder)
        except BaseException:
            try:
                recorder.stop()
            except (VMProfError, OSError):
                pass  # what is wrong is on its way to the caller
            raise
        _recording = _Recording(recorder, fileno, bool(real_time))


def disable():
    """Ends what enable() has begun, and returns when all of it is written."""
    global _recording
    with _lock:
        if _recording is None:
            raise StateError("not enabled")
        recording, _recording = _recording, None
        try:
            recording.recorder.stop()
        finally:
            sampler.end()


def is_enabled():
    """Whether this process is being recorded by enable()."""
    return _recording is not None


def stop_sampling():
    """Takes no samples until start_sampling() was called as often as this. Returns the descriptor."""
    with _lock:
        if _recording is None:
            raise StateError("not enabled")
        _recording.stopped += 1
        if _recording.stopped == 1:
            sampler.pause(True)
        return _recording.fileno


def start_sampling():
    """Takes back one stop_sampling(). Without one it does nothing."""
    with _lock:
        if _recording is None:
            raise StateError("not enabled")
        if _recording.stopped == 0:
            return
        _recording.stopped -= 1
        if _recording.stopped == 0:
            sampler.pause(False)


def get_profile_path():
    """The path of the file that is written, or what the system calls it ("pipe:[4711]"); None if not enabled."""
    with _lock:
        if _recording is None:
            return None
        try:
            return os.readlink(f"/proc/self/fd/{_recording.fileno}")
        except OSError:
            return None  # closed meanwhile; the recorder has a descriptor of its own


def _native_id(thread_id):
    if thread_id == 0:
        return threading.get_native_id()
    for thread in threading.enumerate():
        if thread.ident == thread_id:
            return thread.native_id
    return None


def insert_real_time_thread(thread_id=0):
    """Samples one more thread in real time (by threading.Thread.ident; 0: the calling one). How many there are then; -1
    if it cannot be: not enabled with real_time, or no such thread."""
    return _choose(thread_id, Recorder.choose)


def remove_real_time_thread(thread_id=0):
    """The opposite of insert_real_time_thread."""
    return _choose(thread_id, Recorder.leave)


def _choose(thread_id, tell):
    with _lock:
        native_id = _native_id(thread_id)
        if _recording is None or not _recording.real_time or native_id is None:
            return -1
        return tell(_recording.recorder, native_id)


def _at_exit():
    # A program that forgets to disable; afterwards there would be nobody who waits until all is written.
    if _recording is not None and _recording.pid == os.getpid():
        try:
            disable()
        except (VMProfError, OSError) as error:
            print(f"pyrometer: {error}", file=sys.stderr)


atexit.register(_at_exit)
