"""Exceptions raised deep down and caught above, many times.

The profile must show: `fail` and `attempt`, and the line in `settle`, called while an exception is handled, as hottest.
"""


def fail(i):
    raise ValueError(i)


def settle(error):
    return sum(range(error.args[0] % 50 + 900))  # hot


def attempt(i):
    try:
        fail(i)
    except ValueError as error:
        return settle(error)


print(sum(attempt(i) for i in range(120_000)))
