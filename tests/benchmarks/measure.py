"""What the measuring programs share: running in pairs, medians with intervals, and where things are."""

import argparse
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = "/usr/bin/python3.11"
# Where ./check keeps the interpreters that it tests against, and austin.
INTERPRETERS = (pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
                / "pyrometer" / "interpreters" / "bin")

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
    # numpy: nearly all of the time in C, one line for milliseconds.
    "arrays": """
import numpy
dice = numpy.random.default_rng(1)
total = 0.0
for i in range(ROUNDS):
    numbers = dice.random(20_000)
    total += float(numpy.sort(numbers)[1000] + numpy.exp(numbers).sum())
    square = numbers[:10_000].reshape(100, 100)
    total += float((square @ square).trace())
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


# What goes around a program, so that it leaves its own CPU time and its own wall time, both in seconds, beside it.
HEAD = "import time\nbegan = time.perf_counter()\n"
TAIL = "\nopen(__file__ + '.own', 'w').write(f'{time.process_time()} {time.perf_counter() - began}')\n"


def program(folder, name, seconds, python=PYTHON):
    """Writes the program so that it takes about that long here, and gives its path."""
    path = pathlib.Path(folder, name + ".py")

    def write(rounds):
        path.write_text(HEAD + PROGRAMS[name].replace("ROUNDS", str(rounds)) + TAIL)

    if name == "arrays" and subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode:
        raise SystemExit(f"{python} has no numpy (Debian's is python3-numpy, for {PYTHON}); "
                         "--programs calls,mixed leaves it out")
    rounds = 8
    while True:
        write(rounds)
        took = Once([python, path], path=path).own_wall
        if took > 0.3:
            break
        rounds *= 4
    write(max(1, round(rounds * seconds / took)))
    return path


class Failed(SystemExit):
    """A command ended with a status other than 0."""


class Once:
    """One run of a command: wall time, and the CPU time and largest resident memory (MB) of it and of all its children.
    Of a program written by program(), whose path is given, also what it says of itself: own_wall is its time without the
    start of the interpreter or of a profiler."""

    def __init__(self, command, env=None, cpus=None, path=None):
        words = [str(word) for word in command]
        if cpus is not None:
            words = ["taskset", "-c", cpus, *words]
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            began = time.perf_counter()
            process = subprocess.Popen(words, stdout=output, stderr=errors, env=os.environ | (env or {}))
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            self.output, self.errors = (file.seek(0) or file.read().decode(errors="replace") for file in (output, errors))
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        if process.returncode:
            raise Failed(f"{' '.join(words)}: status {process.returncode}\n{self.errors}")
        if path:
            self.own_cpu, self.own_wall = map(float, pathlib.Path(f"{path}.own").read_text().split())


def bootstrap(values, statistic=statistics.median, rounds=4000, share=0.95, seed=1):
    """(statistic, low, high): the percentile interval over resampled values."""
    dice = random.Random(seed)
    found = sorted(statistic(dice.choices(values, k=len(values))) for _ in range(rounds))
    cut = (1 - share) / 2
    return statistic(values), found[int(cut * rounds)], found[min(rounds - 1, math.ceil((1 - cut) * rounds))]


def pairs(candidates, count):
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
            print(f"  {round_ + 1} of {count} rounds", file=sys.stderr, flush=True)
    return results


def ratios(results, of, to, value=lambda once: once.wall):
    return [value(a) / value(b) for a, b in zip(results[of], results[to])]


def percent(figure):
    """A ratio and its interval as what it is more or less than one."""
    return "{:+.2f} % ({:+.2f} to {:+.2f})".format(*((part - 1) * 100 for part in figure))


def arguments(description, **defaults):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyrometer", type=pathlib.Path, default=TOP / "build" / "installed" / "bin" / "pyrometer")
    parser.add_argument("--python", default=PYTHON)
    for name, value in defaults.items():
        kind = pathlib.Path if isinstance(value, pathlib.Path) else type(value)
        parser.add_argument("--" + name, type=kind, default=value)
    options = parser.parse_args()
    if not options.pyrometer.exists():
        parser.error(f"{options.pyrometer}: not built; ./check build, or name one with --pyrometer")
    options.pyrometer = options.pyrometer.resolve()
    return options


def version(python):
    """3.11.2, of an interpreter."""
    return subprocess.run([python, "-V"], check=True, capture_output=True, text=True).stdout.split()[1]


def info(options, profile):
    """What `pyrometer info` says of a recording."""
    asked = subprocess.run([options.pyrometer, "info", profile, "--json"], check=True, capture_output=True)
    return json.loads(asked.stdout)


def folder():
    """A folder for one measuring program, with a state folder for Pyrometer, gone at its end."""
    place = tempfile.TemporaryDirectory(prefix="pyrometer-measure-")
    os.environ["XDG_STATE_HOME"] = place.name
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    return place
