"""Recursion without end in Python, by many ways through C: RecursionError, again and again."""
# pythons: all
import functools
import sys

from _help import burn


def plain():
    plain()


class Through:
    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return self == other

    def __getattr__(self, name):
        return getattr(self, name + "x")


def sorts():
    sorted([1, 2], key=lambda value: sorts())


@functools.lru_cache
def cached(n):
    return cached(n + 1)


for i in range(15):
    for call in (plain, lambda: repr(Through()), lambda: Through() == 1, sorts, lambda: cached(0)):
        try:
            call()
        except RecursionError:
            continue
        print("no error")
sys.setrecursionlimit(20000)


def deep(depth):
    return depth and deep(depth - 1) + 1


for i in range(20):
    print(deep(15000 if sys.version_info >= (3, 11) else 5000) > 0, end=" ")
burn(0.05)
print()
