"""Threads that are named in each way there is: by argument, by themselves while they run, by a subclass that has attributes
of its own, in letters beyond Latin-1, by an executor. Each burns the same CPU time under its name. Prints the names.
"""

import concurrent.futures
import json
import threading
import time


def burn(seconds=0.4):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def renamed():
    threading.current_thread().name = "its own idea"
    burn()


class Worker(threading.Thread):
    def __init__(self, number):
        self.number = number
        super().__init__()
        self.name = f"worker {number}"
        vars(self)["later"] = number

    def run(self):
        burn()


threads = [
    threading.Thread(target=burn, name="by argument"),
    threading.Thread(target=renamed, name="given"),
    Worker(7),
    threading.Thread(target=burn, name="поток ß 日本"),
]
for thread in threads:
    thread.start()
with concurrent.futures.ThreadPoolExecutor(1, "pool") as pool:
    pool.submit(burn).result()
for thread in threads:
    thread.join()
burn()
print(json.dumps(["MainThread", "by argument", "its own idea", "worker 7", "поток ß 日本", "pool_0"]))
