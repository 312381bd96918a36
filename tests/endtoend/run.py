"""Runs the end-to-end tests (see ../run_tests.py).

    run.py --pyrometer PROGRAM --interpreters FOLDER [PATTERN...]     PATTERN: part of a test's name
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import run_tests  # noqa: E402


def main():
    options = run_tests.options("interpreters")
    return run_tests.run(HERE, options.patterns, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
