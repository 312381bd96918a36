"""A small stack, also for threads: recursion goes as deep."""
# limits: -s 1024
import resource
import threading

from _help import burn

print(resource.getrlimit(resource.RLIMIT_STACK))


def deep(depth):
    return depth and deep(depth - 1) + 1


threading.stack_size(128 * 1024)
for i in range(20):
    thread = threading.Thread(target=lambda: (burn(0.005), deep(200)))
    thread.start()
    thread.join()
print(deep(500))
burn(0.05)
