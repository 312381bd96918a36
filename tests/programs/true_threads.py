"""Two threads compete for the interpreter, one for 1.8 s of CPU time, the other for 1.2 s.

Prints, as JSON, the CPU time of each by its own clock. The profile's shares, by function and by thread, must agree.
"""

import json
import threading
from time import thread_time

taken = {}


def more():
    while thread_time() < 1.8:
        pass
    taken["more"] = thread_time()


def less():
    while thread_time() < 1.2:
        pass
    taken["less"] = thread_time()


threads = [threading.Thread(target=more), threading.Thread(target=less)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(taken))
