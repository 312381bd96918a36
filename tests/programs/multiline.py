"""An expression over several lines, of which one costs nearly everything.

The profile must show: that line as hottest, not the first one of the statement.
"""


def cheap(i):
    return i + 1


def evaluate(n):
    results = []
    for i in range(n):
        results.append(
            cheap(i)
            + sum(range(5_000))  # hot
            + cheap(-i)
        )
    return results


print(sum(evaluate(22_000)))
