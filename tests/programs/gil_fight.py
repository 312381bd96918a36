"""Two threads that never rest want the interpreter's lock all the time. By wall time each must be shown waiting for the GIL
about half of the time, and running the other half; never resting. Without a GIL they do not wait.
"""

import threading
import time

end = time.monotonic() + 2


def fight():
    n = 0
    while time.monotonic() < end:
        for i in range(1000):
            n += i


threads = [threading.Thread(target=fight, name=f"fighter {i}") for i in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
