"""Runs the unittest files of one folder, each test in a process of its own, some at a time. Those of a class with a
`lane = "..."` never run beside each other; those with `alone = True` run one after the other at the end, beside nothing.
What the run.py of endtoend/, transcripts/ and editors/ share.

Prints what failed, then the slowest, and last "N passed, N failed".
"""

import argparse
import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest


# Failures in one stage that may be chance.
MOST_BY_CHANCE = 3


def options(*more):
    """The command line of a run.py: what is tested, and which tests. `more`: names of further paths that it needs."""
    parser = argparse.ArgumentParser()
    for name in ("pyrometer", *more):
        parser.add_argument(f"--{name}", required=True, type=pathlib.Path)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("patterns", nargs="*")
    found = parser.parse_args()
    os.environ["PYROMETER"] = str(found.pyrometer.resolve())
    if "interpreters" in more:
        os.environ["PYROMETER_TEST_INTERPRETERS"] = str(found.interpreters.absolute())
    return found


def heed_signals():
    """What was started in the background or by nohup ignores Ctrl-C or hang-ups, and with it all that it starts; tests
    are about programs that do not."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL),
                          (signal.SIGHUP, signal.SIG_DFL), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, usual)


def some_at_a_time():
    """How many tests run beside each other: for each processor that we may use one, and not more than are of use where
    a container shows all those of its host."""
    return min(len(os.sched_getaffinity(0)), 8)


def all_tests(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from all_tests(test)
        else:
            yield test


def run_one(folder, name, limit):
    began = time.monotonic()
    try:
        done = subprocess.run([sys.executable, "-W", "error", "-m", "unittest", name], cwd=folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=limit)
        # A test that did not run has not passed.
        good, said = done.returncode == 0 and "skipped" not in done.stderr.splitlines()[-1], done.stderr + done.stdout
    except subprocess.TimeoutExpired:
        good, said = False, f"did not end within {limit} s"
    return name, good, said, time.monotonic() - began


def second_chance(results, again, good, name, times=1):
    """Runs those that failed again, each by itself, and puts a better outcome (of all of the `times`) in the place of the
    first: tests that measure are drawings by lot, three thousand of them, on machines of which we know nothing. Where many
    failed it is not chance. Says what was run again and how that ended; what failed first stays in the output."""
    failed = [place for place, result in enumerate(results) if not good(result)]
    if len(failed) > MOST_BY_CHANCE:
        return
    for place in failed:
        for _ in range(times):
            second = again(results[place])
            if not good(second):
                break
        word = "passed when run again by itself" if good(second) else "failed again when run by itself"
        print(f"{word}: {name(second)}", flush=True)
        if good(second):
            results[place] = second


def run(folder, patterns=(), jobs=None, limit=400):
    """The tests of `folder`/*_test.py whose names contain one of the patterns. Returns the exit status."""
    heed_signals()
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

    loader = unittest.TestLoader()
    tests = list(all_tests(loader.discover(str(folder), "*_test.py")))
    for error in loader.errors:
        print(error)
    wanted = [test for test in tests if not patterns or any(p in test.id() for p in patterns)]
    alone = [test.id() for test in wanted if getattr(test, "alone", False)]
    lanes = {}  # a test without a lane has one for itself
    for test in wanted:
        if not getattr(test, "alone", False):
            lanes.setdefault(getattr(test, "lane", None) or test.id(), []).append(test.id())

    results = []

    def note(result):
        results.append(result)
        name, good, said, seconds = result
        if not good:
            print(f"FAILED {name} ({seconds:.1f} s)\n{said}", flush=True)

    def run_lane(names):
        return [run_one(folder, name, limit) for name in names]

    # Whole lanes first: they take longest.
    with concurrent.futures.ThreadPoolExecutor(jobs or some_at_a_time()) as pool:
        jobs_of_lanes = [pool.submit(run_lane, names) for names in sorted(lanes.values(), key=len, reverse=True)]
        for job in concurrent.futures.as_completed(jobs_of_lanes):
            for result in job.result():
                note(result)
    for name in alone:
        note(run_one(folder, name, limit))
    second_chance(results, lambda failed: run_one(folder, failed[0], limit),
                  good=lambda result: result[1], name=lambda result: result[0])

    slowest = sorted(results, key=lambda result: -result[3])[:5]
    print("  slowest: " + ", ".join(f"{name.split('.', 1)[1]} {seconds:.1f} s" for name, _, _, seconds in slowest))
    bad = sum(not good for _, good, _, _ in results) + len(loader.errors)
    print(f"{len(results) + len(loader.errors) - bad} passed, {bad} failed")
    return 0 if results and not bad else 1
