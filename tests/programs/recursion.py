"""Recursion: `descend` calls itself 20 deep, the work is at the bottom.

The profile must show: `work` with nearly all self time, on the line marked "hot"; `descend` with a total that counts
every sample once, not twenty times, so no total is larger than the number of samples.
"""


def work():
    total = 0
    for i in range(300_000):
        total += i * i % 7  # hot
    return total


def descend(depth):
    if depth == 0:
        return work()
    return descend(depth - 1)  # recursive


print(sum(descend(20) for _ in range(50)))
