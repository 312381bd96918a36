"""Kills itself with SIGKILL after some work: what was sampled before must be in the profile, `before` as hottest."""

import os
import signal


def before():
    total = 0
    for i in range(15_000_000):
        total += i * i % 7  # hot
    return total


print(before(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
