"""Many children and many threads: what they cost with Pyrometer and without, and what is lost.

  children.py [--children 1000] [--threads 1000] [--rounds 3] [--only forks,execs,spawned,pool,threads,drops]
              [--flags=--outside]

forks: so many children by fork, each with 3 ms of work; execs: each becomes /bin/true at once; spawned: a tenth as many
of `python -S -c pass`; pool: so many alive at once, asleep after 2 ms of work; threads: started and ended; drops: 32 threads
that compute, at 10 kHz. Times are the whole command's, best of the rounds; memory is the largest of pyrometer itself, where
it has more than the program's processes; processes and threads are those that have samples or were seen; accounted is the
share of the tree's CPU time that samples stand for (of execs and spawned much is not Python, or ends before there is a sample).
"""

import pathlib

import measure

WORK = """
import os, sys, subprocess, threading, time
COUNT = int(sys.argv[1])
def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
"""

PROGRAMS = {
    "forks": (1, "children", [], """
for _ in range(COUNT):
    if os.fork() == 0:
        burn(0.003)
        os._exit(0)
    os.wait()
"""),
    "execs": (1, "children", [], """
for _ in range(COUNT):
    if os.fork() == 0:
        os.execv("/bin/true", ["true"])
    os.wait()
"""),
    "spawned": (0.1, "children", [], """
for _ in range(COUNT):
    subprocess.run([sys.executable, "-S", "-c", "pass"])
"""),
    "pool": (1, "children", [], """
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
    "threads": (1, "threads", [], """
for _ in range(COUNT // 10):
    threads = [threading.Thread(target=burn, args=(0.001,)) for _ in range(10)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""),
    "drops": (1, None, ["--rate", "10000"], """
threads = [threading.Thread(target=burn, args=(0.1,)) for _ in range(COUNT)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""),
}
THREADS_AT_ONCE = 32

COLUMNS = "| {:<7} | {:>5} | {:>8} | {:>8} | {:>10} | {:>12} | {:>9} | {:>7} | {:>7} | {:>7} | {:>9} |"


def row(*cells):
    print(COLUMNS.format(*cells), flush=True)


def main():
    options = measure.arguments(__doc__, children=1000, threads=1000, rounds=3, only="", flags="")
    with measure.folder() as place:
        path, profile = pathlib.Path(place, "many.py"), pathlib.Path(place, "out.pyrometer")
        run = [options.pyrometer, "run", "--quiet", "-o", profile, "--python", options.python, *options.flags.split()]
        row("what", "count", "alone", "sampled", "more, each", "our memory", "processes", "threads", "samples", "dropped",
            "accounted")
        row("---", *["---:"] * 10)
        notes = set()
        for name in options.only.split(",") if options.only else PROGRAMS:
            part, kind, flags, text = PROGRAMS[name]
            count = int(getattr(options, kind) * part) if kind else THREADS_AT_ONCE
            path.write_text(WORK + text)
            alone = min(measure.Once([options.python, path, count]).wall for _ in range(options.rounds))
            once = min((measure.Once([*run, *flags, "--", path, count]) for _ in range(options.rounds)),
                       key=lambda once: once.wall)
            told = measure.info(options, profile)
            notes.update(told["notes"])
            row(name, count, f"{alone:.2f} s", f"{once.wall:.2f} s", f"{(once.wall - alone) / count * 1e3:+.2f} ms",
                f"{once.memory:.0f} MB", told["processes"], told["threads"], told["run"]["samples"],
                told["run"]["dropped"], f"{told['run']['time'] / told['run']['cpu']:.1%}")
        for note in notes:
            print(note)


if __name__ == "__main__":
    main()
