"""Writes ten megabytes to standard output. All of it must arrive. The profile must show: `rows` as hottest by total."""

import sys


def rows():
    for number in range(100_000):
        yield f"{number:099}\n"


for row in rows():
    sys.stdout.write(row)
