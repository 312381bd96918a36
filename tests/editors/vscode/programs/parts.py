"""One part of its hottest line has nearly all of the line's time. Works until a line is typed."""

import select
import sys

NUMBERS = list(range(20_000))


def work():
    return len(NUMBERS) + sum(NUMBERS)


print("Working.", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    work()
