"""Ends by an exception that nobody catches: the traceback and the status must be the interpreter's own."""


def outer():
    total = sum(i * i % 7 for i in range(9_000_000))  # hot
    return inner(total)


def inner(value):
    return value / 0


outer()
