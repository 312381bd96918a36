"""The ways to run a program that overhead.py and peers.py compare: how each is started, and the rate that it says it
reached, in samples a second of the program.

  alone          the program by itself
  defaults       pyrometer run
  inside         pyrometer run --rate R
  inside-no-mem  pyrometer run --rate R --no-mem; reads less than the floor only by chance
  outside        pyrometer run --rate R --outside
  idle           the sampler is loaded and not asked for anything (an environment with LD_PRELOAD alone)
  floor          a library preloaded whose SIGURG handler is empty, signalled R times a second from another process:
                 what sampling inside costs at least
  austin         austin, which reads from outside; to Python 3.13
  sampling       python -m profiling.sampling run, the profiler of CPython 3.15, from outside too; for 3.15 only
"""

import pathlib
import re

import measure

SAMPLER = "libpyrometer_sampler.so"
RATES = ("inside", "inside-no-mem", "outside", "floor", "austin", "sampling")  # those that are asked for a rate
CLOSE = 0.005  # a rate is reached when it is this close
TRIES = 5
STARTS = 5  # austin may look before the new process is Python, and gives up then


class Ways:
    """Runs one program in all of them. `rate`: what they are to reach; what each must be asked for, reach() finds out."""

    def __init__(self, options, place, path, python, rate):
        self.options, self.path, self.python, self.rate = options, path, python, rate
        self.out = pathlib.Path(place, "out")
        self.asked = dict.fromkeys(RATES, rate)
        self.run = [options.pyrometer, "run", "--quiet", "--python", python, "-o", self.out]

    def once(self, way, **environment):
        """One run, as measure.Once, with `rate` where the way has one."""
        command, reached = getattr(self, "_" + way.replace("-", "_"))()
        if way == "idle":
            sampler = next(self.options.pyrometer.parent.parent.rglob(SAMPLER))
            environment["LD_PRELOAD"] = str(sampler)
        for left in reversed(range(STARTS if way == "austin" else 1)):
            try:
                done = measure.Once(command, env=environment, cpus=self.options.cpus or None, path=self.path)
                break
            except measure.Failed:
                if left == 0:
                    raise
        done.rate = reached(done) if reached else None
        return done

    def reach(self, way):
        """Finds the rate to ask for so that `rate` is reached; the nearest that was found, if none is close."""
        if way not in RATES:
            return
        tried = {}
        for _ in range(TRIES):
            share = self.rate / self.once(way).rate
            tried[self.asked[way]] = abs(share - 1)
            if abs(share - 1) <= CLOSE:
                break
            self.asked[way] *= share
        self.asked[way] = min(tried, key=tried.get)

    def _of_recording(self, _):
        return measure.info(self.options, self.out)["run"]["rate"]

    def _alone(self):
        return [self.python, self.path], None

    def _idle(self):
        return [self.python, self.path], None

    def _defaults(self):
        return [*self.run, "--", self.path], self._of_recording

    def _inside(self, *flags, way="inside"):
        return [*self.run, "--rate", f"{self.asked[way]:.1f}", *flags, "--", self.path], self._of_recording

    def _inside_no_mem(self):
        return self._inside("--no-mem", way="inside-no-mem")

    def _outside(self):
        return self._inside("--outside", way="outside")

    def _floor(self):
        build = measure.TOP / "build" / "tests" / "benchmarks"
        command = [build / "signaller", f"{self.asked['floor']:.0f}", build / "libempty_handler.so", self.python, self.path]
        return command, lambda done: float(done.errors.rsplit("rate ", 1)[1])

    def _austin(self):
        austin = self.options.interpreters / "austin"
        if not austin.exists():
            raise SystemExit(f"{austin}: not there (tests/interpreters/README.md), and --ways leaves it out")
        # A line of the output is a sample of a thread; comments begin with #.
        command = [austin, "-i", f"{1e6 / self.asked['austin']:.0f}", "-o", self.out, self.python, self.path]

        def reached(_):
            lines = self.out.read_text().splitlines()
            duration = next(int(line.split()[-1]) for line in lines if line.startswith("# duration:"))
            return sum(line.startswith("P") for line in lines) / duration * 1e6

        return command, reached

    def _sampling(self):
        # All it needs to write at its end, in the cheapest of its formats that holds every stack.
        command = [self.python, "-m", "profiling.sampling", "run", "-r", f"{self.asked['sampling']:.0f}", "--collapsed",
                   "-o", self.out, self.path]
        return command, lambda done: float(re.search(r"Sample rate: ([0-9.]+)", done.output)[1])
