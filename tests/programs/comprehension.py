"""A list comprehension over several lines. Up to 3.11 it is a code object of its own, from 3.12 on part of its function.

The profile must show, either way: the line of its element as hottest.
"""


def table(n):
    return [
        (row * 31 + 7) % 1009 ^ (row * 17 + 3) % 911 ^ (row * 13 + 1) % 809  # hot
        for row in range(n)
    ]


print(sum(sum(table(200_000)) for _ in range(25)))
