"""Four lines of one function take turns with 50, 25, 15 and 10 % of the CPU time, until three seconds are used up.

Prints, as JSON, the CPU time that each line really took, by its line number. The profile's shares must agree.
"""

import json
from time import thread_time as clock

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
    for line, time in ((first + 2, b - a), (first + 4, c - b), (first + 6, d - c), (first + 8, e - d)):
        taken[line] = taken.get(line, 0) + time


while clock() < 3:
    four()
print(json.dumps(taken))
