"""Runs the conversations with `pyrometer serve` (see README.md here and ../run_tests.py).

    run.py --pyrometer PROGRAM [PATTERN...]     PROGRAM: bin/pyrometer of an installation; PATTERN: part of a test's name
"""

import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import run_tests  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", required=True, type=pathlib.Path)
    parser.add_argument("--python", default="/usr/bin/python3.11", help="the interpreter that programs run on")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_args()
    os.environ["PYROMETER"] = str(options.pyrometer.resolve())
    os.environ["PYROMETER_TEST_PYTHON"] = options.python
    return run_tests.run(HERE, options.patterns, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
