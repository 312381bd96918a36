"""Works, sleeps, works, sleeps: each time first in one function, then in another, 0.3 ms of CPU time in each.

Most looks that find it working come after one that found it asleep: what either function has must not depend on which
comes first. Prints, as JSON, the CPU time of each.
"""

import json
import time
from time import thread_time


def first(end):
    while thread_time() < end:
        pass


def second(end):
    while thread_time() < end:
        pass


taken = {"first": 0.0, "second": 0.0}
while sum(taken.values()) < 1.0:
    start = thread_time()
    first(start + 0.0003)
    middle = thread_time()
    second(middle + 0.0003)
    taken["first"] += middle - start
    taken["second"] += thread_time() - middle
    time.sleep(0.001)
print(json.dumps(taken))
