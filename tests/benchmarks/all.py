"""Runs the commands of README.md in its order and shows what they print; with --write that goes into README.md, below
each command, so that its figures are what its commands print. Some 25 minutes on a machine that does nothing else.

  all.py [--write] [SECTION...]

SECTION: words of a heading; only those sections are run. Needs the build of `./check build`, austin and the interpreters
of `./check interpreters`, and Debian's pypy3, python3-numpy and python3-docutils. A command that fails is said at the end,
and what was written below it stays.
"""

import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
README = HERE / "README.md"
# A command, and below it what it printed. Headings tell which section it is in.
PART = re.compile(r"^## (?P<heading>[^\n]*)$|^```sh\n(?P<command>.*?)^```\n+^```text\n(?P<printed>.*?)^```$", re.M | re.S)


def busy_seconds():
    """CPU time that all processors have spent on anything, and what of that was spent by commands of ours."""
    spent = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    ours = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (sum(spent) - spent[3] - spent[4]) / os.sysconf("SC_CLK_TCK"), ours.ru_utime + ours.ru_stime


def run(command):
    """(status, what it printed), shown while it comes."""
    environment = os.environ | {"PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
                                "PYTHONUNBUFFERED": "1"}
    lines = []
    with subprocess.Popen(["bash", "-euo", "pipefail", "-c", command], cwd=HERE.parent.parent, env=environment,
                          stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines).strip("\n") + "\n"


def measured(command):
    """(whether it succeeded, the text for README.md): what it printed, below when and beside what that was."""
    began, (all_before, ours_before) = time.time(), busy_seconds()
    status, printed = run(command)
    took, (all_after, ours_after) = time.time() - began, busy_seconds()
    others = max(0.0, (all_after - all_before) - (ours_after - ours_before)) / took
    head = f"{time.strftime('%Y-%m-%d', time.gmtime(began))}, {took:.0f} s; all else on the machine took {others:.2f} cores"
    print(f"[{head}]", flush=True)
    return status == 0, f"{head}\n{printed}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("sections", nargs="*", metavar="SECTION")
    options = parser.parse_args()
    heading, failed, began = "", [], time.time()
    text = README.read_text()
    place = 0
    while part := PART.search(text, place):
        place = part.end()
        if part["heading"]:
            heading = part["heading"]
            continue
        if options.sections and not any(word.lower() in heading.lower() for word in options.sections):
            continue
        print(f"\n## {heading}\n$ {part['command'].strip()}", flush=True)
        succeeded, printed = measured(part["command"])
        if not succeeded:
            failed.append(part["command"].strip())
            continue
        place += len(printed) - len(part["printed"])
        text = text[:part.start("printed")] + printed + text[part.end("printed"):]
        if options.write:
            README.write_text(text)
    print(f"\n{(time.time() - began) / 60:.1f} minutes", *(f"failed: {command}" for command in failed), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
