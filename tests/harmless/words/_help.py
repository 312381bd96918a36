"""What the words share: burning CPU time, and the C library of ../native."""

import ctypes
import os
import time


def burn(seconds=0.15):
    """CPU time of this thread."""
    end = time.thread_time() + seconds
    total = 0
    while time.thread_time() < end:
        for i in range(500):
            total += i * i
    return total


def calls():
    return ctypes.CDLL(os.environ["HARMLESS_LIBRARY"], use_errno=True)
