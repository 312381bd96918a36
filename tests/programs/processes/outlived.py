"""Leaves a daemon behind: forks twice, in a session of its own, and ends. outlived.py FILE: where the daemon puts its
pid; it computes until it is killed, and the program ends when it has done so for a while.
"""

import os
import sys
from time import process_time


def goes_on():
    while process_time() < 0.3:
        pass
    os.write(tell, b"x")
    while True:
        pass


ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    for fd in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    with open(sys.argv[1], "w") as out:
        out.write(str(os.getpid()))
    goes_on()
os.wait()
os.read(ready, 1)
