"""fork: children that work, start threads, fork again and end in every way."""
import os
import signal
import threading

from _help import burn


def child(number):
    burn(0.02)
    thread = threading.Thread(target=burn, args=(0.01,))
    thread.start()
    thread.join()
    while len(os.listdir("/proc/self/task")) > 1:
        pass
    if number % 4 == 0:
        inner = os.fork()
        if inner == 0:
            burn(0.01)
            os._exit(3)
        os.waitpid(inner, 0)
    if number % 4 == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if number % 4 == 2:
        signal.signal(signal.SIGURG, lambda *_: os._exit(99))
        os.kill(os.getpid(), signal.SIGURG)
        burn(0.1)
    os._exit(number)


for number in range(12):
    pid = os.fork()
    if pid == 0:
        child(number)
    burn(0.01)
    print(number, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
