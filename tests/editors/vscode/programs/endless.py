"""Works until it is stopped."""

import os


def spin():
    total = 0
    for number in range(100_000):
        total += number * number
    return total


print(f"process {os.getpid()}.", flush=True)
while True:
    spin()
