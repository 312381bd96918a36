"""os.fork warns of threads only where the program has some."""
# pythons: all
# options: -W always
import os
import sys
import threading
import warnings

from _help import burn


def fork(name):
    print(name, flush=True)
    child = os.fork()
    if child == 0:
        burn(0.02)
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


burn(0.05)
for i in range(5):
    fork("alone")
waiting = threading.Event()
thread = threading.Thread(target=waiting.wait)
thread.start()
sys.stderr.flush()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    fork("with a thread")
print([warning.category.__name__ for warning in caught])
waiting.set()
thread.join()
while len(os.listdir("/proc/self/task")) > 1:  # a thread may be joined a little before it is gone
    pass
fork("alone again")
