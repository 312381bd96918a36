"""Native code between Python frames of every kind: a callback from the C library's qsort, a key function of sorted(),
special methods, generators, a reduce; and native code at the leaf. Runs for so many seconds of CPU time. Each function's
callers in this file are in CALLERS."""

import ctypes
import functools
import json
import re
import sys
import time

CALLERS = {
    "spin": ["compare", "key", "__init__", "__call__", "__lt__", "__add__", "numbers", "add", "down"],
    "compare": ["callback"], "key": ["by_key", "generators"], "__init__": ["objects"], "__call__": ["objects"],
    "__lt__": ["objects"], "__add__": ["objects"], "numbers": ["generators"], "add": ["generators"],
    "down": ["down", "deep"], "callback": ["<module>"], "by_key": ["<module>"], "objects": ["<module>"],
    "generators": ["<module>"], "deep": ["<module>"], "natives": ["<module>"],
}

libc = ctypes.CDLL("libc.so.6")
COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
words = "the quick brown fox " * 400
numbers_to_sort = [(i * 7919) % 5003 for i in range(5000)]


def spin(n):
    total = 0
    for i in range(n):
        total += i
    return total


def compare(a, b):
    spin(60)
    return a[0] - b[0]


def callback():
    values = (ctypes.c_int * 60)()
    for i in range(60):
        values[i] = (i * 37) % 61
    libc.qsort(values, 60, 4, COMPARE(compare))


def key(x):
    return spin(40)


def by_key():
    sorted(range(60), key=key)


class Thing:
    def __init__(self):
        self.value = spin(50)

    def __call__(self, x):
        return spin(30)

    def __lt__(self, other):
        return spin(30) > 3

    def __add__(self, other):
        spin(30)
        return self


def objects():
    for _ in range(8):
        thing = Thing()
        thing + thing
        thing(1)
        min([thing, thing, thing])


def numbers(n):
    for _ in range(n):
        yield spin(20)


def add(a, b):
    return a + spin(5)


def generators():
    sum(numbers(50))
    list(map(key, range(20)))
    functools.reduce(add, range(30))


def down(n):
    return 1 + down(n - 1) if n else spin(300)


def deep():
    down(60)


def natives():
    sorted(numbers_to_sort)  # sorted
    json.dumps(numbers_to_sort)  # dumps
    re.findall(r"\b[a-z]+o[a-z]*\b", words)  # findall


if __name__ == "__main__":
    end = time.process_time() + float(sys.argv[1])
    while time.process_time() < end:
        callback()
        by_key()
        objects()
        generators()
        deep()
        natives()
