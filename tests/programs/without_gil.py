"""Two threads compress, for which the interpreter's lock is let go, and a third rests. By wall time the two must be shown
running and the third off the CPU; nobody waits for the GIL but for moments.
"""

import hashlib
import threading
import time
import zlib

# Large, so that the lock is asked for a few times in a second: one who gets it and then waits for a core lets all others
# wait for it.
data = bytes(range(256)) * (1 << 17)
ready = threading.Barrier(3)


def compress():
    ready.wait()
    end = time.monotonic() + 2
    while time.monotonic() < end:
        zlib.compress(data, 6)


def digest():
    ready.wait()
    end = time.monotonic() + 2
    while time.monotonic() < end:
        hashlib.sha256(data)


def rest():
    ready.wait()
    time.sleep(2)


threads = [threading.Thread(target=f, name=f.__name__) for f in (compress, digest, rest)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
