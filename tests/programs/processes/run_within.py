"""A run within a run: starts `pyrometer run` with the words that it is given, in each of the ways to start a program,
beside some work of its own."""

import os
import subprocess
import sys


def work():
    return sum(i * i for i in range(3_000_000))


work()
done = subprocess.run(sys.argv[1:], check=False)
print("subprocess", done.returncode, flush=True)
print("system", os.waitstatus_to_exitcode(os.system(" ".join(f"'{word}'" for word in sys.argv[1:]))), flush=True)
