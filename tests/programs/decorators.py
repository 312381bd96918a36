"""A function behind two decorators.

The profile must show: `busy` (and not a wrapper) as hottest by self, and the wrappers with a total about as large.
"""

import functools


def counted(function):
    @functools.wraps(function)
    def counting(*args):
        counting.calls += 1
        return function(*args)

    counting.calls = 0
    return counting


def doubled(function):
    @functools.wraps(function)
    def doubling(*args):
        return 2 * function(*args)

    return doubling


@doubled
@counted
def busy(n):
    total = 0
    for i in range(n):
        total += i % 7 * (i % 5)  # hot
    return total


print(sum(busy(300_000) for _ in range(50)))
