"""Two threads take turns, each in a function of its own and for as much CPU time, while the main thread waits."""

import threading
import time


def work():
    total = 0
    while time.thread_time() < 0.4:
        for i in range(5000):
            total += i % 3


def first():
    work()


def second():
    work()


threads = [threading.Thread(target=body, name=body.__name__) for body in (first, second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
