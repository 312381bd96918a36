"""What `pyrometer attach` costs and how right it is, running beside the program and stopping it for each look (--blocking).

  attach.py errors [--seconds 4] [--rate 5000] [--pythons 3.11,3.14t]
      by version, on a program that does nothing but call (tests/programs/knows_its_stack.py): stacks that are wrong and do
      not say so, per million with the 95 % interval; and what was noticed, in percent of all: callers taken from an earlier
      look, stacks that break off, looks that saw nothing
  attach.py cost [--seconds 4] [--rate 1000] [--rounds 5] [--python PATH]
      one thread that calls a short function, 10 and 110 frames deep: our CPU time a sample, and what the program loses by
      one, by its own count of turns in windows with and without us, in turn (medians of the rounds)

Without --pythons: all that ./check keeps.
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import measure
from wrong_stacks import PROGRAM, checked

sys.path.insert(0, str(measure.TOP / "tests"))

from intervals import wilson  # noqa: E402

WAYS = {"beside": [], "blocking": ["--blocking"]}
DEEP = """
import select, sys
def leaf(i): return i + 1
def down(depth):
    if depth: return down(depth - 1)
    print("ready", flush=True)
    turns = 0
    while True:
        for i in range(200): leaf(i)
        turns += 1
        if turns % 20 == 0 and select.select([sys.stdin], [], [], 0)[0]:
            if not sys.stdin.readline(): return
            print(turns, flush=True)
sys.setrecursionlimit(10000)
down(int(sys.argv[1]))
"""


def attach(options, pid, profile, seconds, flags):
    """Our CPU time, in seconds, and what the recording says of itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([options.pyrometer, "attach", str(pid), "--quiet", "-d", str(seconds), "--rate", str(options.rate), "-o",
                    profile, *flags], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, measure.info(options, profile)


def errors(options, place):
    profile, text = pathlib.Path(place, "out.pyrometer"), pathlib.Path(place, "out.txt")
    pythons = ([options.interpreters / f"python{name}" for name in options.pythons.split(",")] if options.pythons else
               sorted(options.interpreters.glob("python3.*"), key=lambda path: (len(path.name), path.name)))
    print("| version  | way      | stacks | wrong | per million      | completed | torn   | unreadable |\n"
          "| ---      | ---      |   ---: |  ---: | ---              |      ---: |   ---: |       ---: |", flush=True)
    for python in pythons:
        for way, flags in WAYS.items():
            with subprocess.Popen([python, PROGRAM, str(options.seconds + 2)], stdout=subprocess.PIPE, text=True) as program:
                time.sleep(0.5)
                _, info = attach(options, program.pid, profile, options.seconds, flags)
                calls = json.loads(program.communicate()[0])
            subprocess.run([options.pyrometer, "export", profile, "--to", "collapsed", "--unit", "samples", "-o", text],
                           check=True, capture_output=True)
            whole, wrong, _ = checked(text.read_text(), calls, False)
            least, most = (f"{max(0, 1e6 * share):.0f}" for share in wilson(wrong, whole, 1.96))
            looks = info["looks"]
            noticed = [f"{100 * looks[key] / max(1, looks['stacks']):.2f} %" for key in ("completed", "torn", "unreadable")]
            millionth = f"{1e6 * wrong / max(1, whole):.0f} ({least} to {most})"
            print(f"| {measure.version(python) + 't' * python.name.endswith('t'):<8} | {way:<8} | {whole:6} | {wrong:5} "
                  f"| {millionth:<16} | {noticed[0]:>9} | {noticed[1]:>6} | {noticed[2]:>10} |", flush=True)


def cost(options, place):
    profile, path = pathlib.Path(place, "out.pyrometer"), pathlib.Path(place, "deep.py")
    path.write_text(DEEP)
    print("| frames | way      | rate | our CPU, a sample | the program loses, a sample |\n"
          "|   ---: | ---      | ---: |              ---: |                        ---: |", flush=True)
    for depth in (10, 110):
        with subprocess.Popen([options.python, path, str(depth - 3)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as program:
            program.stdout.readline()

            def turns():
                program.stdin.write("\n")
                program.stdin.flush()
                return int(program.stdout.readline())

            def speed(during):
                """Turns a second while `during` goes on."""
                began, first = time.perf_counter(), turns()
                result = during()
                return (turns() - first) / (time.perf_counter() - began), result

            for way, flags in WAYS.items():
                ours, lost, rates = [], [], []
                for _ in range(options.rounds):
                    alone, _ = speed(lambda: time.sleep(options.seconds))
                    # Starting and saving take CPU time of ours as well, once: a short attachment tells how much.
                    once, _ = attach(options, program.pid, profile, 0.05, flags)
                    beside, (cpu, info) = speed(lambda: attach(options, program.pid, profile, options.seconds, flags))
                    samples = info["looks"]["stacks"]
                    rates.append(samples / options.seconds)
                    ours.append(1e6 * (cpu - once) / samples)
                    lost.append(1e6 * (1 - beside / alone) * options.seconds / samples)
                print(f"| {depth:6} | {way:<8} | {statistics.median(rates):4.0f} | {statistics.median(ours):14.1f} us "
                      f"| {statistics.median(lost):7.1f} us ({min(lost):.1f} to {max(lost):.1f}) |", flush=True)
            program.stdin.close()


def main():
    what = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if what not in ("errors", "cost"):
        raise SystemExit(__doc__)
    options = measure.arguments(__doc__, seconds=4.0, rate=5000 if what == "errors" else 1000, rounds=5, pythons="",
                                interpreters=measure.INTERPRETERS)
    with measure.folder() as place:
        (errors if what == "errors" else cost)(options, place)


if __name__ == "__main__":
    main()
