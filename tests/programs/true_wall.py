"""Sleeping and working take turns, about 12 ms and 8 ms of wall time each, for three seconds.

Prints, as JSON, the wall time that each really took, by the monotonic clock (a sleep may take longer than asked). The
shares of a profile of wall time must agree; a profile of CPU time must not see the sleeping.
"""

import json
from time import monotonic, sleep

taken = {"resting": 0.0, "working": 0.0}


def resting():
    sleep(0.012)


def working(start):
    end = start + 0.008
    while monotonic() < end:
        pass


begin = monotonic()
while monotonic() < begin + 3:
    start = monotonic()
    resting()
    middle = monotonic()
    working(middle)
    end = monotonic()
    taken["resting"] += middle - start
    taken["working"] += end - middle
print(json.dumps(taken))
