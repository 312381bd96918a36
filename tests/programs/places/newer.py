"""Constructs of 3.10 and later."""

from clock import spin


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self._x, self.y = x, y

    @property
    def x(self):
        spin()
        return self._x


def matched(subject):
    match subject:
        case [1, *rest] if spin():
            return rest
        case [1, _]:
            return spin()
        case {"a": (
            2 | 3
        ), **rest}:
            return rest, spin()
        case Point(
            1,
            y=2 as found,
        ) if not spin():
            return spin(), found
        case _:
            spin()


def matches():
    for subject in ([1, 2], {"a": 3, "b": 4}, Point(1, 2), 5):
        matched(
            subject)


def managers_in_parentheses():
    from constructs import Manager
    with (
        Manager() as one,
        Manager(),
    ):
        spin(one)if one else spin()


ALL = (matches, managers_in_parentheses)
