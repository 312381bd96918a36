"""How many stacks are wrong, by interpreter, inside and outside, on a program that does nothing but call and so spends all
its time where a stack is being changed (tests/programs/knows_its_stack.py says who may call whom).

A stack is wrong if one of its callers may not call the next; one that breaks off before the root is torn, which the profile
itself says.

  wrong_stacks.py [--seconds 4] [--rate 10000] [--pythons /usr/bin/python3.11:...]
"""

import json
import pathlib
import subprocess

import measure

PROGRAM = measure.TOP / "tests" / "programs" / "knows_its_stack.py"


def checked(text, calls):
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
    return whole, wrong, torn


def main():
    options = measure.arguments(__doc__, seconds=4.0, rate=10000, pythons="/usr/bin/python3.11")
    with measure.folder() as place:
        profile, text = pathlib.Path(place, "out.pyrometer"), pathlib.Path(place, "out.txt")
        for python in options.pythons.split(":"):
            for way in ([], ["--outside"]):
                done = subprocess.run([options.pyrometer, "run", "--quiet", "--python", python, "-o", profile, "--rate",
                                       str(options.rate), *way, "--", PROGRAM, str(options.seconds)],
                                      check=True, capture_output=True)
                subprocess.run([options.pyrometer, "export", profile, "--to", "collapsed", "--unit", "samples", "-o",
                                text], check=True, capture_output=True)
                whole, wrong, torn = checked(text.read_text(), json.loads(done.stdout))
                version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.split()[1]
                run = json.loads(subprocess.run([options.pyrometer, "info", profile, "--json"], check=True,
                                                capture_output=True).stdout)["run"]
                print(f"{version:8} {'outside' if way else 'inside ':8} {whole:6} stacks, {wrong} wrong "
                      f"({wrong / max(1, whole):.3%}), {torn} torn, {run['dropped']} dropped", flush=True)


if __name__ == "__main__":
    main()
