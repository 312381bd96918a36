"""What the measuring programs share: running in pairs, medians with intervals, and where things are."""

import argparse
import math
import os
import pathlib
import random
import resource
import statistics
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = "/usr/bin/python3.11"

# Programs to measure with. Each does a fixed amount of work.
PROGRAMS = {
    # Calls, attributes, dictionaries, strings: what a program does that is no loop of a benchmark.
    "mixed": """
import json, re, sys
class Node:
    def __init__(self, name, children):
        self.name, self.children = name, children
    def weight(self):
        return len(self.name) + sum(child.weight() for child in self.children)
def tree(depth):
    return Node('n%d' % depth, [tree(depth - 1) for _ in range(4)] if depth else [])
def words(text):
    counts = {}
    for word in re.findall(r'[a-z]+', text):
        counts[word] = counts.get(word, 0) + 1
    return counts
text = ' '.join('abcdefghijklmnopqrstuvwxyz'[i % 20:i % 20 + i % 6 + 1] for i in range(3000))
total = 0
for i in range(ROUNDS):
    total += tree(6).weight() + len(json.dumps(words(text)))
print(total)
""",
    # Nothing but calls: the worst case for whoever walks stacks.
    "calls": """
def leaf(i): return i + 1
def middle(i): return leaf(i) + leaf(i + 1)
def outer(n):
    total = 0
    for i in range(n): total += middle(i)
    return total
print(outer(ROUNDS * 100_000))
""",
}


def program(folder, name, seconds, python=PYTHON):
    """Writes the program so that it takes about that long here, and gives its path."""
    path = pathlib.Path(folder, name + ".py")

    def write(rounds):
        path.write_text(PROGRAMS[name].replace("ROUNDS", str(rounds)))

    rounds = 8
    while True:
        write(rounds)
        began = time.perf_counter()
        subprocess.run([python, path], check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - began
        if took > 0.5:
            break
        rounds *= 4
    write(max(1, round(rounds * seconds / took)))
    return path


class Once:
    """One run of a command: wall time, CPU time of it and its children."""

    def __init__(self, command, env=None, cpus=None):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        words = [str(word) for word in command]
        if cpus is not None:
            words = ["taskset", "-c", cpus, *words]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | (env or {}))
        self.wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.errors = done.stderr.decode(errors="replace")
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: status {done.returncode}\n{self.errors}")


def bootstrap(values, statistic=statistics.median, rounds=4000, share=0.95, seed=1):
    """(statistic, low, high): the percentile interval over resampled values."""
    dice = random.Random(seed)
    found = sorted(statistic(dice.choices(values, k=len(values))) for _ in range(rounds))
    cut = (1 - share) / 2
    return statistic(values), found[int(cut * rounds)], found[min(rounds - 1, math.ceil((1 - cut) * rounds))]


def pairs(candidates, count, note=print):
    """Runs every candidate (name -> callable giving an Once) `count` times in rounds of shuffled order. The first is
    the one that the others are compared with. {name: [Once]}, aligned by round."""
    dice = random.Random(5)
    results = {name: [] for name in candidates}
    for round_ in range(count):
        order = list(candidates)
        dice.shuffle(order)
        for name in order:
            results[name].append(candidates[name]())
        if (round_ + 1) % 10 == 0:
            note(f"  {round_ + 1} of {count} rounds", flush=True)
    return results


def ratios(results, of, to, value=lambda once: once.wall):
    return [value(a) / value(b) for a, b in zip(results[of], results[to])]


def percent(figure):
    """A ratio and its interval as what it is more or less than one."""
    return "{:+.2f} % (95 %: {:+.2f} to {:+.2f})".format(*((part - 1) * 100 for part in figure))


def arguments(description, **defaults):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyrometer", type=pathlib.Path, default=TOP / "build" / "installed" / "bin" / "pyrometer")
    parser.add_argument("--python", default=PYTHON)
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=type(value), default=value)
    options = parser.parse_args()
    if not options.pyrometer.exists():
        parser.error(f"{options.pyrometer}: not built; ./check build, or name one with --pyrometer")
    options.pyrometer = options.pyrometer.resolve()
    return options


def folder():
    """A folder for one measuring program, with a state folder for Pyrometer, gone at its end."""
    place = tempfile.TemporaryDirectory(prefix="pyrometer-measure-")
    os.environ["XDG_STATE_HOME"] = place.name
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    return place
