"""sigwait gives the program's signals and no other, whether SIGURG is waited for or not."""
import os
import signal
import threading
import time

from _help import burn

both = [signal.SIGURG, signal.SIGUSR1]
signal.pthread_sigmask(signal.SIG_BLOCK, both)
for number in both * 10:
    burn(0.01)
    os.kill(os.getpid(), number)
    print(int(signal.sigwait(both)), end=" ")
print()


def send():
    for number in both * 5:
        burn(0.01)
        asked.wait()
        asked.clear()
        time.sleep(0.002)
        signal.pthread_kill(threading.main_thread().ident, number)


asked = threading.Event()
sender = threading.Thread(target=send)
sender.start()
for i in range(10):
    asked.set()
    print(int(signal.sigwait(both)), end=" ")
sender.join()
print(signal.sigpending())
