"""Many children and many threads: what they cost with Pyrometer and without, and what is lost.

  children.py [--children 1000] [--threads 1000] [--rounds 3] [--only forks,spawned,pool,threads,drops]

forks: so many children by fork, each with 3 ms of work; execs: each becomes /bin/true at once; spawned: a tenth as many
of `python -S -c pass`; pool: so many alive at once, asleep; threads: started and ended; drops: 32 threads that compute,
at 10 kHz. Time is the whole command's, best of the rounds; memory is the largest of pyrometer itself.
"""

import json
import os
import pathlib
import resource
import subprocess
import time

import measure

WORK = """
import os, sys, subprocess, threading, time
COUNT = int(sys.argv[1])
def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
"""

PROGRAMS = {
    "forks": (1, "children", """
for _ in range(COUNT):
    if os.fork() == 0:
        burn(0.003)
        os._exit(0)
    os.wait()
"""),
    "execs": (1, "children", """
for _ in range(COUNT):
    if os.fork() == 0:
        os.execv("/bin/true", ["true"])
    os.wait()
"""),
    "spawned": (0.1, "children", """
for _ in range(COUNT):
    subprocess.run([sys.executable, "-S", "-c", "pass"])
"""),
    "pool": (1, "children", """
read, write = os.pipe()
for _ in range(COUNT):
    if os.fork() == 0:
        os.close(write)
        burn(0.002)
        os.read(read, 1)
        os._exit(0)
burn(0.5)
os.close(write)
for _ in range(COUNT):
    os.wait()
"""),
    "threads": (1, "threads", """
for _ in range(COUNT // 10):
    threads = [threading.Thread(target=burn, args=(0.001,)) for _ in range(10)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""),
}

DROPS = """
import threading
from time import thread_time
def burn():
    while thread_time() < 0.1: pass
threads = [threading.Thread(target=burn) for _ in range(32)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def timed(command):
    """Seconds, and the largest resident memory of the command itself, MB."""
    start = time.monotonic()
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        errors = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        raise SystemExit(f"{command}: status {status}: {errors}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    options = measure.arguments(__doc__, children=1000, threads=1000, rounds=3, only="")
    only = options.only.split(",") if options.only else [*PROGRAMS, "drops"]
    with measure.folder() as place:
        path, profile = pathlib.Path(place, "many.py"), pathlib.Path(place, "out.pyrometer")
        run = [options.pyrometer, "run", "--quiet", "-o", profile, "--python", options.python]

        def info():
            asked = subprocess.run([options.pyrometer, "info", profile, "--json"], check=True, capture_output=True)
            return json.loads(asked.stdout)

        for name in only:
            if name == "drops":
                continue
            part, kind, text = PROGRAMS[name]
            path.write_text(WORK + text)
            count = int(getattr(options, kind) * part)
            alone = min(timed([options.python, path, count])[0] for _ in range(options.rounds))
            took, memory = min(timed([*run, "--", path, count]) for _ in range(options.rounds))
            told = info()
            print(f"{name:>8} {count:5}: {alone:6.2f} s alone, {took:6.2f} s sampled (x {took / alone:.2f}), "
                  f"{(took - alone) / count * 1e3:+.2f} ms each; pyrometer's memory {memory:.0f} MB, "
                  f"file {profile.stat().st_size / 1e6:.1f} MB, {told['processes']} processes, "
                  f"{told['threads']} threads, {told['run']['samples']} samples, {told['run']['dropped']} dropped",
                  flush=True)
        if "drops" in only:
            path.write_text(DROPS)
            timed([*run, "--rate", "10000", "--", path])
            told = info()["run"]
            print(f"   drops 32 threads: {told['samples']} samples at {told['rate']:.0f} Hz, {told['dropped']} dropped "
                  f"({told['dropped'] / max(told['samples'] + told['dropped'], 1):.3%})", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
