"""Puts a hundred lines in front of its own source while it runs (a copy: it is given the file as its argument).

The profile must show: the line marked "hot" with the number it had when the program was started, and its text as it
was, or a mark that the file has changed.
"""

import sys


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7  # hot
    return total


first = work(5_000_000)
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("# a new line\n" * 100 + text)
print(first + work(9_000_000))
