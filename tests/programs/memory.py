"""Takes 200 MB in twenty steps and keeps them. The profile must show: memory growing by about that much, mostly on the
line marked "hot"."""

import time

kept = []


def take(n):
    for _ in range(n):
        kept.append(b"x" * 10_000_000)  # hot
        end = time.thread_time() + 0.03
        while time.thread_time() < end:
            pass


take(20)
print(len(kept))
