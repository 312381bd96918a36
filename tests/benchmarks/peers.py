"""Beside other profilers that cost programs little, in the same rounds and at the same rate reached: austin on Debian's
CPython 3.11, on three programs, with the floor of sampling inside on one of them; and CPython 3.15's own on 3.15, on those
two that need no numpy. (austin 3.7 reads no 3.14 or 3.15; profiling.sampling nothing but 3.15.) Columns: overhead.py.

  peers.py [--pairs 30] [--seconds 1.5] [--rate 1000]
"""

import overhead


def main():
    options = overhead.arguments(__doc__, seconds=1.5)
    for name in ("calls", "mixed", "arrays"):
        floor = ["floor"] if name == "mixed" else []
        overhead.table(options, options.python, name, [*floor, "inside", "outside", "austin"])
    for name in ("calls", "mixed"):
        overhead.table(options, str(options.interpreters / "python3.15"), name, ["inside", "outside", "sampling"])


if __name__ == "__main__":
    main()
