"""Two threads compress, for which the interpreter's lock is let go, and a third rests. By wall time the two must be shown
running and the third off the CPU; nobody waits for the GIL but for moments.
"""

import hashlib
import threading
import time
import zlib

end = time.monotonic() + 2
data = bytes(range(256)) * 8192


def compress():
    while time.monotonic() < end:
        zlib.compress(data, 6)


def digest():
    while time.monotonic() < end:
        hashlib.sha256(data * 4)


def rest():
    time.sleep(end - time.monotonic())


threads = [threading.Thread(target=f, name=f.__name__) for f in (compress, digest, rest)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
