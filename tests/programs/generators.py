"""A generator that is driven from a loop elsewhere.

The profile must show: the generator's body as hottest, on the line marked "hot", with `consume` as its caller.
"""


def squares(n):
    for i in range(n):
        yield sum(k * 3 % 11 for k in range(40)) + i  # hot


def consume():
    total = 0
    for value in squares(400_000):
        total += value
    return total


print(consume())
