"""Forks COUNT children, half of which work at once, lets all of them sleep, and wakes one after the other, each to work
for 0.1 s and end. Prints their pids as JSON.
"""

import json
import os
import sys
import time


def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


children = []
for number in range(int(sys.argv[1])):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        if number % 2:
            work(0.02)
        os.read(read, 1)
        work(0.1)
        os._exit(0)
    children.append((pid, write))
for pid, write in children:
    os.write(write, b"x")
    os.waitpid(pid, 0)
print(json.dumps([pid for pid, _ in children]))
