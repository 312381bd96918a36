"""Runs the end-to-end tests, each in a process of its own, two at a time; those of a class with `alone = True` one
after the other at the end.

    run.py --pyrometer PROGRAM --interpreters FOLDER [PATTERN...]     PATTERN: part of a test's name

Prints what failed, then the slowest, and last "N passed, N failed".
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def all_tests(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from all_tests(test)
        else:
            yield test


def run_one(name):
    began = time.monotonic()
    try:
        done = subprocess.run([sys.executable, "-W", "error", "-m", "unittest", name], cwd=HERE, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=180)
        # A test that did not run has not passed.
        good, said = done.returncode == 0 and "skipped" not in done.stderr.splitlines()[-1], done.stderr + done.stdout
    except subprocess.TimeoutExpired:
        good, said = False, "did not end within 180 s"
    return name, good, said, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", required=True, type=pathlib.Path)
    parser.add_argument("--interpreters", required=True, type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_args()
    os.environ["PYROMETER"] = str(options.pyrometer.resolve())
    os.environ["PYROMETER_TEST_INTERPRETERS"] = str(options.interpreters.absolute())
    sys.path.insert(0, str(HERE))
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

    loader = unittest.TestLoader()
    tests = list(all_tests(loader.discover(str(HERE), "*_test.py")))
    for error in loader.errors:
        print(error)
    wanted = [test for test in tests if not options.patterns or any(p in test.id() for p in options.patterns)]
    together = [test.id() for test in wanted if not getattr(test, "alone", False)]
    alone = [test.id() for test in wanted if getattr(test, "alone", False)]

    results = []

    def note(result):
        results.append(result)
        name, good, said, seconds = result
        if not good:
            print(f"FAILED {name} ({seconds:.1f} s)\n{said}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        for job in concurrent.futures.as_completed([pool.submit(run_one, name) for name in together]):
            note(job.result())
    for name in alone:
        note(run_one(name))

    slowest = sorted(results, key=lambda result: -result[3])[:5]
    print("  slowest: " + ", ".join(f"{name.split('.', 1)[1]} {seconds:.1f} s" for name, _, _, seconds in slowest))
    bad = sum(not good for _, good, _, _ in results) + len(loader.errors)
    print(f"{len(results) + len(loader.errors) - bad} passed, {bad} failed")
    return 0 if results and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
