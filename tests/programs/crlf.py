"""Lines that end in CR LF. The profile must show: the line marked "hot" as hottest, and its text without the CR."""


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7  # hot
    return total


print(work(15_000_000))
