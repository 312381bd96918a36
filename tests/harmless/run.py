"""Runs each word's program with and without Pyrometer and compares what it printed and how it ended. See README.md.

    run.py --pyrometer PROGRAM --interpreters FOLDER [--list] [--table] [--jobs N] [WORD...]

Without words: all. Prints what differs, and last "N passed, N failed".
"""

import argparse
import concurrent.futures
import dataclasses
import difflib
import itertools
import os
import pathlib
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import refusals  # noqa: E402
import run_tests  # noqa: E402
import unsampled  # noqa: E402
from surroundings import Surroundings  # noqa: E402
from word import all_words  # noqa: E402


@dataclasses.dataclass
class Outcome:
    word: str
    version: str
    way: str
    trouble: str  # empty: it is as without us
    seconds: float


def differences(plain, sampled):
    """What is not the same, for a person; empty if nothing."""
    said = []
    if plain.status != sampled.status:
        said.append(f"status {plain.status} without us, {sampled.status} with us")
    for name in ("stdout", "stderr"):
        before, after = getattr(plain, name), getattr(sampled, name)
        if before != after:
            said.append("\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(),
                                                       f"{name} without us", f"{name} with us", lineterm="", n=2)))
    return "\n".join(said)


def check(surroundings, word, version, ways, folder):
    """One program on one interpreter, without us and in each way with us."""
    began = time.monotonic()
    folder.mkdir()
    plain = surroundings.plain(word, version, folder / "plain")
    outcomes = []
    for way in ways:
        if plain.status != word.status:
            trouble = f"without us: status {plain.status}, not {word.status}\n{plain.stdout}\n{plain.stderr}"
        else:
            sampled = surroundings.sampled(word, version, way, folder / way)
            trouble = differences(plain, sampled)
            if not trouble and sampled.samples < word.samples:
                trouble = f"{sampled.samples} samples, not {word.samples} or more: nothing was tried\n{sampled.notes}"
            elif trouble:
                trouble += f"\n({sampled.samples} samples) {sampled.notes}"
        outcomes.append(Outcome(word.name, version, way, trouble, time.monotonic() - began))
        began = time.monotonic()
    return outcomes


def check_test(surroundings, name, test):
    began = time.monotonic()
    return [Outcome(name, "3.11", "inside", test(surroundings), time.monotonic() - began)]


def print_table(outcomes):
    columns = sorted({(outcome.version, outcome.way) for outcome in outcomes},
                     key=lambda column: (column[1], [int(part.rstrip("t")) for part in column[0].split(".")]))
    heads = [version + ("" if way == "inside" else " " + way) for version, way in columns]
    print(f"{'word':24} " + " ".join(f"{head:>12}" for head in heads))
    for name in sorted({outcome.word for outcome in outcomes}):
        found = {(o.version, o.way): "differs" if o.trouble else "same" for o in outcomes if o.word == name}
        print(f"{name:24} " + " ".join(f"{found.get(column, '-'):>12}" for column in columns))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", type=pathlib.Path)
    parser.add_argument("--interpreters", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="the words, and on what they run")
    parser.add_argument("--table", action="store_true", help="what came out, by word and interpreter")
    parser.add_argument("--every", action="store_true", help="each word on every interpreter that it can run on")
    # Some of them wait most of their time.
    parser.add_argument("--jobs", type=int, default=min(len(os.sched_getaffinity(0)), 8) + 1)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()

    tests = refusals.TESTS | unsampled.TESTS
    words = [word for word in all_words(HERE / "words") if not options.words or word.name in options.words]
    if options.list:
        for word in words:
            print(f"{word.name:24} {word.pythons:8} {' '.join(word.ways):16} {word.says}")
        print("and", ", ".join(tests))
        return 0
    if not options.pyrometer or not options.interpreters:
        parser.error("--pyrometer and --interpreters are needed")

    # A shell's background job has it ignored, and the programs would find it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="pyrometer-harmless-") as folder:
        folder = pathlib.Path(folder)
        # Programs of words that give up their user's rights go on in there.
        folder.chmod(0o755)
        surroundings = Surroundings(options.pyrometer.resolve(), options.interpreters.absolute(), folder, HERE)
        outcomes = []

        def note(outcome):
            outcomes.append(outcome)
            if outcome.trouble:
                print(f"FAILED {outcome.word} on {outcome.version}, {outcome.way} ({outcome.seconds:.1f} s)\n"
                      f"{outcome.trouble}", flush=True)

        with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
            jobs = []
            for word in words:
                few = word.versions(surroundings.versions, options.every, "two")
                for version in word.versions(surroundings.versions, options.every):
                    # From outside only what a version does is another matter, not what we do in it.
                    ways = [way for way in word.ways if way == "inside" or version in few]
                    jobs.append(pool.submit(check, surroundings, word, version, ways,
                                            folder / f"{word.name}-{version}"))
            jobs += [pool.submit(check_test, surroundings, name, test) for name, test in tests.items()
                     if not options.words or name in options.words]
            for job in concurrent.futures.as_completed(jobs):
                for outcome in job.result():
                    note(outcome)

        attempts = itertools.count()

        def again(outcome):
            if outcome.word in tests:
                return check_test(surroundings, outcome.word, tests[outcome.word])[0]
            word = next(word for word in words if word.name == outcome.word)
            place = folder / f"{outcome.word}-{outcome.version}-{outcome.way}-again{next(attempts)}"
            return check(surroundings, word, outcome.version, [outcome.way], place)[0]

        # Three times: what is harmed now and then is harmed.
        run_tests.second_chance(outcomes, again, good=lambda outcome: not outcome.trouble,
                                name=lambda outcome: f"{outcome.word} on {outcome.version}, {outcome.way}", times=3)

    if options.table:
        print_table(outcomes)
    slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:5]
    print("  slowest: " + ", ".join(f"{o.word} on {o.version} {o.seconds:.1f} s" for o in slowest))
    bad = sum(bool(outcome.trouble) for outcome in outcomes)
    print(f"{len(outcomes) - bad} passed, {bad} failed")
    return 0 if outcomes and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
