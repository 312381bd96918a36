"""Two functions, one after the other, each for 2.5 s of CPU time.

At a rate that changes on the way the first has more samples than the second; by the time that the samples stand for
they are alike. Prints, as JSON, the CPU time of each.
"""

import json
from time import thread_time

taken = {}


def early(end):
    while thread_time() < end:
        pass


def late(end):
    while thread_time() < end:
        pass


start = thread_time()
early(start + 2.5)
middle = thread_time()
late(middle + 2.5)
end = thread_time()
print(json.dumps({"early": middle - start, "late": end - middle}))
