"""Two threads, each with a function of its own that uses half a second of CPU time.

The profile must show: both functions with about half of the time each, and at least two threads.
"""

import threading
import time


def left():
    end = time.thread_time() + 0.5
    while time.thread_time() < end:  # hot left
        pass


def right():
    end = time.thread_time() + 0.5
    while time.thread_time() < end:  # hot right
        pass


threads = [threading.Thread(target=left), threading.Thread(target=right)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("both done")
