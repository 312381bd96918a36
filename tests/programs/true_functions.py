"""Two functions take turns, 7 ms and 3 ms of CPU time each, until three seconds are used up.

Prints, as JSON, how much CPU time each function really took, by the thread's own clock. The profile's shares must agree.
`turn` calls both and does nothing itself: its total is their sum, its self next to nothing.
"""

import json
from time import thread_time

taken = {"seventy": 0.0, "thirty": 0.0}


def seventy(start):
    end = start + 0.007
    while thread_time() < end:
        pass


def thirty(start):
    end = start + 0.003
    while thread_time() < end:
        pass


def turn():
    start = thread_time()
    seventy(start)
    middle = thread_time()
    thirty(middle)
    end = thread_time()
    taken["seventy"] += middle - start
    taken["thirty"] += end - middle


while thread_time() < 3:
    turn()
print(json.dumps(taken))
