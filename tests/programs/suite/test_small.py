"""A small suite for -m pytest. The profile must show: the line marked "hot", in `heavy`, as hottest."""


def heavy(n):
    total = 0
    for i in range(n):
        total += i * i % 7  # hot
    return total


def test_heavy():
    assert heavy(15_000_000) > 0


def test_light():
    assert heavy(3) == 5
