"""Collects garbage half of the time, in one thread. The share of CPU time in which the collector ran, measured around each
call, is printed; the profile must show as much in the state of garbage collection, with the caller of gc.collect() at work.
"""

import gc
import json
import time

gc.disable()
keep = [[i, [i]] for i in range(60_000)]
taken = {"collecting": 0.0, "working": 0.0}


def work(end):
    n = 0
    while time.process_time() < end:
        n += sum(range(100))


end = time.process_time() + 1.5
while time.process_time() < end:
    start = time.process_time()
    gc.collect()
    middle = time.process_time()
    work(middle + (middle - start))
    taken["collecting"] += middle - start
    taken["working"] += time.process_time() - middle
print(json.dumps(taken))
