"""One hot line after another: each line typed begins the next, whose time of beginning is printed."""

import select
import sys
import time


def waiting():
    return select.select([sys.stdin], [], [], 0)[0]


def go():
    sys.stdin.readline()
    print(f"begin {time.time():.3f}.", flush=True)


print("ready.", flush=True)
go()
while not waiting(): sum(range(20_000))  # first
go()
while not waiting(): sum(range(20_001))  # second
go()
while not waiting(): sum(range(20_002))  # third
go()
while not waiting(): sum(range(20_003))  # fourth
go()
while not waiting(): sum(range(20_004))  # fifth
print("over.")
