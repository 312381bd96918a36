"""Does nothing but call: functions, a recursion, generators, a property, constructors, callbacks from C. Who may call whom is
fixed, so every sampled stack can be checked.

    knows_its_stack.py SECONDS     prints as JSON: {caller: [whom it may call]}, the root's caller being ""
"""

import json
import sys
import time


def leaf():
    return 1


def middle():
    return leaf() + leaf()


def outer():
    return middle() + leaf()


def recursive(depth):
    return leaf() if depth == 0 else recursive(depth - 1)


def numbers(count):
    for number in range(count):
        yield number + leaf()


def consumer():
    return sum(numbers(5))


def key(number):
    return -number + leaf()


def sorter():
    return sorted([3, 1, 2], key=key)


class Thing:
    def __init__(self):
        self.value = middle()

    @property
    def doubled(self):
        return self.value * leaf()


def maker():
    return Thing().doubled


def turn():
    outer()
    recursive(6)
    consumer()
    sorter()
    maker()


CALLS = {
    "": ["<module>"],
    "<module>": ["Thing", "turn"],  # the class's body, once
    "turn": ["outer", "recursive", "consumer", "sorter", "maker"],
    "outer": ["middle", "leaf"],
    "middle": ["leaf"],
    "recursive": ["recursive", "leaf"],
    "consumer": ["numbers"],
    "numbers": ["leaf"],
    "sorter": ["key"],
    "key": ["leaf"],
    "maker": ["Thing.__init__", "Thing.doubled"],
    "Thing.__init__": ["middle"],
    "Thing.doubled": ["leaf"],
}
if sys.version_info < (3, 11):  # its code objects do not know their class
    CALLS = {caller.split(".")[-1]: [callee.split(".")[-1] for callee in callees] for caller, callees in CALLS.items()}
    CALLS["<module>"] += ["<dictcomp>"]  # the line above
    CALLS["<dictcomp>"] = ["<listcomp>"]

end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    turn()
print(json.dumps(CALLS))
