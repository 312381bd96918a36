"""With all signals blocked, in the main thread and in others, none is ever pending."""
# ways: inside outside
import signal
import threading

from _help import burn

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
pending = set()


def look():
    for i in range(10):
        burn(0.02)
        pending.update(signal.sigpending())


threads = [threading.Thread(target=look) for i in range(3)]
for thread in threads:
    thread.start()
look()
for thread in threads:
    thread.join()
print("pending", pending)
