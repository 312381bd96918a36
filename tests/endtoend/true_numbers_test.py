"""Programs whose split is known by construction. Each measures its own split in the very run that is profiled, and the
profile's shares must agree with it within the 99 % interval: by function, by line, by thread; CPU and wall time; inside
and outside. Nothing here depends on how fast the machine is or what else it does.

One agreement in a hundred would fail by chance if samples fell independently. They do not: they come at even distances
over turns much shorter than the run, which scatters far less.
"""

import json

from harness import PROGRAMS, PYTHON, Case, marked_line, on_two_interpreters

# Tight enough: 3 s at 1 kHz give intervals of two points. A machine with much else to do takes fewer samples, of wider
# intervals; the least asked for is what can still tell a wrong split.
RATE = ("--rate", "997")


class TrueNumbers(Case):
    def truth(self, python, program, *options, clock="cpu"):
        """Profiles it; the split that it measured itself, as shares, and the profile."""
        done = self.profile(python, PROGRAMS / program, clock, options=("--mode", clock, *options))
        self.assertEqual(done.status, 0, done)
        taken = json.loads(done.stdout)
        whole = sum(taken.values())
        return {name: time / whole for name, time in taken.items()}, self.recorded()

    def compare(self, shares, rows, recorded, minimum=300):
        """rows: {name: {"self", "selfTime"}}; shares are of time, as precise as the number of samples allows."""
        time = sum(rows[name]["selfTime"] for name in shares)
        # Samples that stand for more time than others (another rate, a wait for a core) make all count for fewer.
        samples = sum(rows[name]["self"] for name in shares)
        samples *= recorded.run["effectiveSamples"] / recorded.run["samples"]
        self.assertGreater(samples, minimum)
        for name, share in shares.items():
            self.agree(share, rows[name]["selfTime"] / time * samples, samples, name)

    def by_function(self, python, program, *options, minimum=300, clock="cpu"):
        shares, recorded = self.truth(python, program, *options, clock=clock)
        self.compare(shares, {name: recorded.function(name) for name in shares}, recorded, minimum)
        return shares, recorded

    def by_line(self, python, *options, clock="cpu"):
        path = PROGRAMS / "true_lines.py"
        shares, recorded = self.truth(python, path.name, *options, clock=clock)
        rows = recorded.heat(path)
        self.assertEqual(min(map(int, shares)), marked_line(path, "line 50"))
        self.compare({int(line): share for line, share in shares.items()}, rows, recorded)


@on_two_interpreters
class OnTwoInterpreters(TrueNumbers):
    def check_cpu_by_function(self, python):
        shares, recorded = self.by_function(python, "true_functions.py", *RATE)
        turn = recorded.function("turn")
        parts = recorded.function("seventy")["totalTime"] + recorded.function("thirty")["totalTime"]
        self.assertGreaterEqual(turn["totalTime"], parts)
        self.assertLess(turn["selfTime"], 0.02 * turn["totalTime"])

    def check_cpu_by_line(self, python):
        self.by_line(python, *RATE)

    def check_cpu_by_function_outside(self, python):
        self.by_function(python, "true_functions.py", "--outside", *RATE)


@on_two_interpreters
class WallTime(TrueNumbers):
    """By wall time even a thread that waits for a core counts, and so does every delay of ours: by themselves."""

    alone = True

    def check_by_function(self, python):
        self.by_function(python, "true_wall.py", *RATE, clock="wall")

    def test_by_function_outside(self):
        self.by_function(PYTHON, "true_wall.py", "--outside", *RATE, clock="wall")

    def test_by_line(self):
        self.by_line(PYTHON, *RATE, clock="wall")


class OnOneInterpreter(TrueNumbers):
    def test_cpu_by_line_outside(self):
        self.by_line(PYTHON, "--outside", *RATE)

    def test_cpu_by_thread(self):
        shares, recorded = self.by_function(PYTHON, "true_threads.py", *RATE)
        threads = recorded.thread_times()
        self.compare(shares, {"more": {"selfTime": threads[0], "self": recorded.function("more")["self"]},
                              "less": {"selfTime": threads[1], "self": recorded.function("less")["self"]}},
                     recorded)

    def test_weights_make_a_changing_rate_exact(self):
        shares, recorded = self.by_function(PYTHON, "true_phases.py")
        early, late = recorded.function("early"), recorded.function("late")
        self.assertGreater(early["self"], 1.2 * late["self"], "the rate did not change on the way")

    def test_a_low_rate_is_as_true(self):
        self.by_function(PYTHON, "true_functions.py", "--rate", "211", minimum=400)

    def test_cpu_time_adds_up(self):
        """The samples' time is the CPU time that the program used, as far as it was watched."""
        done = self.profile(PYTHON, PROGRAMS / "true_functions.py", options=RATE)
        measured = sum(json.loads(done.stdout).values())
        recorded = self.recorded()
        sampled = (recorded.function("seventy")["selfTime"] + recorded.function("thirty")["selfTime"]) / 1e9
        self.assertLess(abs(sampled - measured), 0.03 * measured, (sampled, measured))

    def test_sleep_is_not_cpu_time(self):
        recorded = self.truth(PYTHON, "true_wall.py", *RATE)[1]
        resting, working = recorded.function("resting"), recorded.function("working")
        self.assertLess(resting["selfTime"], 0.05 * working["selfTime"])


del TrueNumbers
