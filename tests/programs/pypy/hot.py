"""Three functions with known work: most of the time is spent in compiled code, a little before it is compiled."""

import sys
import time


def heavy(n):
    total = 0.0
    for i in range(n):
        total += (i % 7) ** 0.5
    return total


def light(n):
    total = 0
    for i in range(n):
        total += i & 3
    return total


def main(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        heavy(20000)
        light(2000)


main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
