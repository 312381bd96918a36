"""How many stacks are wrong, by interpreter, inside and outside, on a program that does nothing but call and so spends all
its time where a stack is being changed (tests/programs/knows_its_stack.py says who may call whom).

A stack is wrong if one of its callers may not call the next; one that breaks off before the root is torn, which the profile
itself says. Wrong ones are per million stacks, with the 95 % interval.

  wrong_stacks.py [--seconds 4] [--rate 10000] [--pythons 3.11,3.14t] [--show yes]

Without --pythons: all that ./check keeps. --show: the wrong ones are printed.
"""

import json
import pathlib
import subprocess
import sys

import measure

sys.path.insert(0, str(measure.TOP / "tests"))

from intervals import wilson  # noqa: E402

PROGRAM = measure.TOP / "tests" / "programs" / "knows_its_stack.py"


def checked(text, calls, show):
    """(all, wrong, torn) samples of a collapsed export with counts."""
    whole = wrong = torn = 0
    for row in text.splitlines():
        stack, count = row.rsplit(" ", 1)
        frames = [(frame.split(" ")[0], PROGRAM.name in frame) for frame in stack.split(";")]
        names = [name for name, ours in frames if ours]
        if not names:
            continue  # imports, start and end
        whole += int(count)
        if stack.startswith("(callers"):
            torn += int(count)
        elif any(callee not in calls.get(caller, ()) for caller, callee in zip(["", *names], names)):
            wrong += int(count)
            if show:
                print(count, ";".join(names))
    return whole, wrong, torn


def main():
    options = measure.arguments(__doc__, seconds=4.0, rate=10000, pythons="", show="no", interpreters=measure.INTERPRETERS)
    pythons = ([options.interpreters / f"python{name}" for name in options.pythons.split(",")] if options.pythons else
               sorted(options.interpreters.glob("python3.*"), key=lambda path: (len(path.name), path.name)))
    print("| version  | way     | stacks | wrong | per million      | torn | dropped |\n"
          "| ---      | ---     |   ---: |  ---: | ---              | ---: |    ---: |", flush=True)
    with measure.folder() as place:
        profile, text = pathlib.Path(place, "out.pyrometer"), pathlib.Path(place, "out.txt")
        for python in pythons:
            for way in ("inside", "outside"):
                flags = ["--outside"] if way == "outside" else []
                done = measure.Once([options.pyrometer, "run", "--quiet", "--python", python, "-o", profile, "--rate",
                                     options.rate, *flags, "--", PROGRAM, options.seconds])
                subprocess.run([options.pyrometer, "export", profile, "--to", "collapsed", "--unit", "samples", "-o",
                                text], check=True, capture_output=True)
                whole, wrong, torn = checked(text.read_text(), json.loads(done.output), options.show == "yes")
                least, most = (f"{max(0, 1e6 * share):.0f}" for share in wilson(wrong, whole, 1.96))
                millionth = f"{1e6 * wrong / max(1, whole):.0f} ({least} to {most})"
                print(f"| {measure.version(python) + 't' * python.name.endswith('t'):<8} | {way:<7} | {whole:6} | {wrong:5} "
                      f"| {millionth:<16} | {torn:4} | {measure.info(options, profile)['run']['dropped']:7} |", flush=True)


if __name__ == "__main__":
    main()
