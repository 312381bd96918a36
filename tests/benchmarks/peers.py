"""Beside other profilers that cost programs little, in the same rounds and at the same rate reached: austin on Debian's
CPython, on three programs, and on CPython 3.15 its own sampler, on those two that need no numpy. Columns: overhead.py.

  peers.py [--pairs 30] [--seconds 1.5] [--rate 1000]
"""

import overhead


def main():
    options = overhead.arguments(__doc__, seconds=1.5)
    for name in ("calls", "mixed", "arrays"):
        overhead.table(options, options.python, name, ["inside", "outside", "austin"])
    for name in ("calls", "mixed"):
        overhead.table(options, str(options.interpreters / "python3.15"), name, ["inside", "outside", "sampling"])


if __name__ == "__main__":
    main()
