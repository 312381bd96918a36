"""One thread collects garbage and works by turns, another works all the time and makes none. The CPU time that the first
spent either way, by its own clock, is printed. The profile must show as much in the state of garbage collection, and none of
the second thread's time: also where no lock tells who collects, as all others are stopped meanwhile.
"""

import gc
import json
import threading
import time

gc.disable()
keep = [[i, [i]] for i in range(60_000)]
taken = {"collecting": 0.0, "working": 0.0}
over = False


def collect():
    global over
    while sum(taken.values()) < 1.5:
        start = time.thread_time()
        gc.collect()
        middle = time.thread_time()
        while time.thread_time() < middle + 0.004:
            sum(range(100))
        taken["collecting"] += middle - start
        taken["working"] += time.thread_time() - middle
    over = True


def work():
    while not over:
        sum(range(100))


threads = [threading.Thread(target=f, name=f.__name__) for f in (collect, work)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(taken))
