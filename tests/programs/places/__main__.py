"""Runs every construct of this folder, some rounds of it, and prints what time was used up where: by the interpreter's own
word (f_lineno, co_positions) at each call of `spin`.

The profile must show: that time on these lines, and in these columns, and next to nothing elsewhere.
"""

import json
import sys

import clock
import constructs
import made

rounds = [*constructs.ALL, *made.ALL]
if sys.version_info >= (3, 10):
    import newer

    rounds += newer.ALL


def main():
    for construct in rounds:
        construct()  # every construct


for _ in range(3):
    main()
json.dump(clock.told(), sys.stdout)
