"""Signal masks of every thread are those that the program set, with SIGURG in them or not."""
import signal
import threading

from _help import burn


def show(name):
    print(name, sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])))


def thread(name, numbers):
    show(name + " inherits")
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    burn(0.05)
    show(name + " blocks")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGURG])
    burn(0.05)
    show(name + " unblocks")


show("start")
for numbers in ([], [signal.SIGURG], [signal.SIGUSR1, signal.SIGURG], [signal.SIGTERM]):
    signal.pthread_sigmask(signal.SIG_SETMASK, numbers)
    burn(0.05)
    show("main")
    other = threading.Thread(target=thread, args=("thread", [signal.SIGINT, signal.SIGURG]))
    other.start()
    other.join()
    for i in range(2000):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
        if before != set(numbers):
            print("wrong", before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
show("end")
