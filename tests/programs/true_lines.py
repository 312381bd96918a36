"""Four lines of one function take turns with 50, 25, 15 and 10 % of the CPU time, until three seconds are used up; or of
the wall time, with the argument "wall".

Prints, as JSON, the time that each line really took, by its line number. The profile's shares must agree.
"""

import json
import sys
import time

clock = time.monotonic if sys.argv[1:] == ["wall"] else time.thread_time

taken = {}


def four():
    a = clock()
    while clock() < a + 0.0050: pass  # line 50
    b = clock()
    while clock() < b + 0.0025: pass  # line 25
    c = clock()
    while clock() < c + 0.0015: pass  # line 15
    d = clock()
    while clock() < d + 0.0010: pass  # line 10
    e = clock()
    first = four.__code__.co_firstlineno
    for line, part in ((first + 2, b - a), (first + 4, c - b), (first + 6, d - c), (first + 8, e - d)):
        taken[line] = taken.get(line, 0) + part


begin = clock()
while clock() < begin + 3:
    four()
print(json.dumps(taken))
