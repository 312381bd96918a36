"""Two threads want the interpreter's lock all the time, and each has it for as long as a call of C code lasts that does not
let it go. So a thread waits for the GIL except in its own calls. The program prints, for each thread by its name, how long
it was at it, how long it was in its calls, and how long it lived at most: by wall time it must be shown running for the
calls, and waiting for the GIL for the rest; never resting. Without a GIL the calls are all there is.
"""

import itertools
import json
import sys
import threading
import time

sys.setswitchinterval(0.08)  # whoever waits is seldom woken to insist
length = 400_000
start = time.thread_time()
while time.thread_time() - start < 0.1:
    start = time.thread_time()
    sum(range(length))
    length = length * 3 // 2

taken = {}


def begin_now():
    global begin
    begin = time.monotonic()


both = threading.Barrier(2, begin_now)


def fight():
    both.wait()
    calls = 0.0
    # All of a turn is one call of C code, so that the lock is let go between two turns and nowhere else.
    clock = iter(time.monotonic, None)
    for before, _, after in zip(clock, map(sum, itertools.repeat(range(length))), clock):
        calls += after - before
        if after > begin + 3:
            break
    taken[threading.current_thread().name] = {"all": time.monotonic() - begin, "calls": calls}


threads = [threading.Thread(target=fight, name=f"fighter {i}") for i in (1, 2)]
start = time.monotonic()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
    taken[thread.name]["life"] = time.monotonic() - start  # it waits before and after, too
print(json.dumps(taken))
