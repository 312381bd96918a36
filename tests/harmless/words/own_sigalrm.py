"""The program's own SIGALRM: alarm and pause, a handler that raises, one that leaves C code by a jump."""
import ctypes
import signal

from _help import burn, calls


class Late(Exception):
    pass


def handler(number, frame):
    raise Late


signal.signal(signal.SIGALRM, handler)
for i in range(20):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        burn(60)
    except Late:
        continue
    print("no alarm")
signal.signal(signal.SIGALRM, lambda number, frame: None)
signal.alarm(1)
signal.pause()
library = calls()
library.jumps.argtypes = [ctypes.c_double]
print("jumps", library.jumps(0.5) > 5)
