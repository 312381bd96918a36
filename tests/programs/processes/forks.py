"""Forks, in a program with threads: children that compute, that exec at once, that end at once or by a signal. Prints
what os.wait() tells of each; the same with and without Pyrometer.
"""

import os
import signal
import sys
import threading
import warnings
from time import process_time

warnings.simplefilter("ignore", DeprecationWarning)


def in_child():
    end = process_time() + 0.3
    while process_time() < end:
        pass


def in_grandchild():
    end = process_time() + 0.3
    while process_time() < end:
        pass


def computes():
    in_child()
    os._exit(21)


def has_a_child():
    if os.fork() == 0:
        in_grandchild()
        os._exit(22)
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))


def starts_threads():
    threads = [threading.Thread(target=in_child) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(23)


def execs():
    os.execv("/bin/sh", ["sh", "-c", "exit 24"])


def ends():
    os._exit(25)


def raises_signal():
    os.kill(os.getpid(), signal.SIGTERM)


def blocks_signals():
    in_child()
    os._exit(26 if signal.SIGURG in signal.sigpending() else 27)


stop = threading.Event()
others = [threading.Thread(target=stop.wait) for _ in range(3)]
for other in others:
    other.start()


def fork_and_wait(what):
    pid = os.fork()
    if pid == 0:
        what()
    found, status = os.wait()
    print(what.__name__, found == pid, os.waitstatus_to_exitcode(status), flush=True)


for what in (computes, has_a_child, starts_threads, execs, ends, raises_signal):
    fork_and_wait(what)
in_thread = threading.Thread(target=fork_and_wait, args=(computes,))
in_thread.start()
in_thread.join()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
fork_and_wait(blocks_signals)
stop.set()
for other in others:
    other.join()
try:
    os.wait()
except ChildProcessError:
    print("no child is left")
sys.exit(28)
