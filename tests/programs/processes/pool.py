"""Workers of a pool take tasks: 30 ms of CPU time in `heavy`, 10 ms in `light`, each.

pool.py fork|spawn|forkserver|futures. Prints, as JSON, what each worker's process really took in each function. The
profile's shares, by function and by process, must agree.
"""

import concurrent.futures
import json
import multiprocessing
import os
import sys
from time import thread_time

TASKS = 36


def heavy(end):
    while thread_time() < end:
        pass


def light(end):
    while thread_time() < end:
        pass


def task(_):
    start = thread_time()
    heavy(start + 0.03)
    middle = thread_time()
    light(middle + 0.01)
    return os.getpid(), middle - start, thread_time() - middle


def main():
    if sys.argv[1] == "futures":
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            done = list(pool.map(task, range(TASKS)))
    else:
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            done = pool.map(task, range(TASKS), chunksize=2)
            pool.close()
            pool.join()
    taken = {}
    for pid, heavily, lightly in done:
        worker = taken.setdefault(pid, {"heavy": 0.0, "light": 0.0})
        worker["heavy"] += heavily
        worker["light"] += lightly
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
