"""sys.exit in a thread ends that thread and nothing else. The profile must show: `after`, which runs later, as hottest."""

import sys
import threading


def leave():
    sys.exit(5)


def after():
    total = 0
    for i in range(15_000_000):
        total += i % 7  # hot
    return total


thread = threading.Thread(target=leave)
thread.start()
thread.join()
print(after())
