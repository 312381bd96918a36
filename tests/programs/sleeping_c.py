"""Sleeps briefly and often: in C code that does not try again when a signal comes, and with Python's own sleep, which does.

Between the sleeps it works about as long, so that samples are due. Prints, as JSON, how many calls there were of each
kind and how many of them were cut: came back early, with EINTR from C, before the time asked for from Python.
"""

import ctypes
import errno
import json
from time import monotonic_ns, sleep

libc = ctypes.CDLL(None, use_errno=True)


def working():
    end = monotonic_ns() + 200_000
    while monotonic_ns() < end:
        pass


def interrupted(call, *arguments):
    ctypes.set_errno(0)
    return call(*arguments) == -1 and ctypes.get_errno() == errno.EINTR


def early(nanoseconds):
    start = monotonic_ns()
    sleep(nanoseconds / 1e9)
    return monotonic_ns() - start < nanoseconds


def count(calls, call, *arguments):
    cut = 0
    for _ in range(calls):
        working()
        cut += call(*arguments)
    return {"calls": calls, "cut": cut}


print(json.dumps({"usleep": count(3000, interrupted, libc.usleep, 200),
                  "poll": count(500, interrupted, libc.poll, None, 0, 1),
                  "time.sleep": count(1500, early, 200_000)}))
