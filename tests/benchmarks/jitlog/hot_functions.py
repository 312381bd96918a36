"""Writes a jitlog of any size: pypy3 hot_functions.py OUT.jit [MEGABYTES, 1000 if none are named]

Makes 400 small functions hot, as a program does that never comes to rest, and then the same again with others: PyPy
compiles all the time, and its log grows by 20 to 40 MB a second.
"""

import os
import sys

import _jitlog

FUNCTIONS = 400
SOURCE = """
def helper_{n}(a, b):
    if a & {mask}:
        return a + b * {n}
    return a - b

class Box_{n}:
    def __init__(self, value):
        self.value = value

def hot_{n}(count):
    total = {n}
    box = Box_{n}(0)
    names = {{}}
    for i in range(count):
        if i % {every} == 0:
            total += helper_{n}(i, total & 0xff)
        elif i % 7 == 3:
            box = Box_{n}(box.value + i)
            names[i & 15] = total
        else:
            total ^= helper_{n}(total & 0xffff, i)
        if total > 1 << 40:
            total &= 0xfffff
    return total + box.value + len(names)
"""


def main(out, megabytes):
    log = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    size = 0
    _jitlog.enable(log)
    turn = 0
    while size < megabytes * 1_000_000:
        space = {}
        for n in range(FUNCTIONS):
            source = SOURCE.format(n=turn * FUNCTIONS + n, mask=1 << n % 5, every=2 + n % 3)
            exec(compile(source, "hot_%d.py" % (n % 40), "exec"), space)
        for name, function in sorted(space.items()):
            if name.startswith("hot_"):
                function(4000)
                if size >= megabytes * 1_000_000:
                    break
                size = os.fstat(log).st_size
        turn += 1
    _jitlog.disable()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 1000)
