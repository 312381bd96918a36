"""Recursion 5 000 deep, with the work at the bottom.

The profile must show: `bottom` as hottest, with all of its samples, and `sink` counted once a sample. Frames in the
middle of such a stack may be left out, if the profile says so.
"""

import sys
import threading


def bottom():
    total = 0
    for i in range(15_000_000):
        total += i * i % 7  # hot
    return total


def sink(depth):
    if depth == 0:
        return bottom()
    return sink(depth - 1)


sys.setrecursionlimit(10_000)
threading.stack_size(256 * 1024 * 1024)
results = []
thread = threading.Thread(target=lambda: results.append(sink(5_000)))
thread.start()
thread.join()
print(results)
