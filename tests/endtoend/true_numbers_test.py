"""Programs whose split is known by construction. Each measures its own split in the very run that is profiled, and the
profile's shares must agree with it as closely as its samples allow: by function, by line, by thread; CPU and wall time;
inside and outside. Nothing here depends on how fast the machine is or what else it does.
"""

import collections
import json
import time

from harness import INTERPRETERS, PROGRAMS, PYTHON, Case, marked_line, on_two_interpreters

RATE = ("--rate", "997")


class TrueNumbers(Case):
    # What can still tell a wrong split. On a machine with much else to do a run has fewer samples than were asked for:
    # then it is run again, and the runs count together.
    ENOUGH, MOST_RUNS = 400, 6

    def truth(self, python, program, *options, clock="cpu", env=None):
        """Profiles it; the time that it measured itself by part, and the profile."""
        done = self.profile(python, PROGRAMS / program, clock, options=("--mode", clock, *options), env=env)
        self.assertEqual(done.status, 0, done)
        return json.loads(done.stdout), self.recorded()

    def compare(self, program, rows_of, *options, python=PYTHON, clock="cpu", env=None):
        """rows_of(recorded, names): {name: {"self", "selfTime"}}. The last run's profile."""
        taken, sampled, samples = collections.Counter(), collections.Counter(), 0
        end = time.monotonic() + 90
        for _ in range(self.MOST_RUNS):
            seconds, recorded = self.truth(python, program, *options, clock=clock, env=env)
            rows = rows_of(recorded, list(seconds))
            taken.update(seconds)
            sampled.update({name: rows[name]["selfTime"] for name in seconds})
            # Samples that stand for more time than others (another rate, a wait for a core) make all count for fewer.
            evenness = recorded.run["effectiveSamples"] / recorded.run["samples"]
            samples += evenness * sum(rows[name]["self"] for name in seconds)
            if samples > self.ENOUGH or time.monotonic() > end:
                break
        self.assertGreater(samples, 60)
        for name, own in taken.items():
            self.agree(own / taken.total(), sampled[name] / sampled.total() * samples, samples, name)
        return recorded

    def by_function(self, python, program, *options, clock="cpu", env=None):
        return self.compare(program, lambda recorded, names: {name: recorded.function(name) for name in names},
                            *options, python=python, clock=clock, env=env)

    def by_line(self, python, *options, clock="cpu"):
        path = PROGRAMS / "true_lines.py"

        def rows(recorded, lines):
            self.assertEqual(min(map(int, lines)), marked_line(path, "line 50"))
            heat = recorded.heat(path)
            return {line: heat.get(int(line), {"self": 0, "selfTime": 0}) for line in lines}

        self.compare(path.name, rows, *options, python=python, clock=clock)


@on_two_interpreters
class OnTwoInterpreters(TrueNumbers):
    def check_cpu_by_function(self, python):
        recorded = self.by_function(python, "true_functions.py", *RATE)
        turn = recorded.function("turn")
        parts = recorded.function("seventy")["totalTime"] + recorded.function("thirty")["totalTime"]
        self.assertGreaterEqual(turn["totalTime"], parts)
        self.assertLess(turn["selfTime"], 0.1 * turn["totalTime"])

    def check_cpu_by_line(self, python):
        self.by_line(python, *RATE)

    def check_cpu_by_thread(self, python):
        def rows(recorded, names):
            self.assertEqual(sorted(names), ["less", "more"])
            return {name: {"selfTime": own, "self": recorded.function(name)["self"]}
                    for name, own in zip(("more", "less"), recorded.thread_times())}

        self.by_function(python, "true_threads.py", *RATE)
        self.compare("true_threads.py", rows, *RATE, python=python)

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


@on_two_interpreters
class Bursts(TrueNumbers):
    """Where processors are short, one that has just woken is left alone, by the kernel and so by us: by themselves."""

    alone = True

    def check_by_function(self, python):
        self.by_function(python, "true_bursts.py", *RATE)

    def test_by_function_outside(self):
        self.by_function(PYTHON, "true_bursts.py", "--outside", *RATE)


class OnOneInterpreter(TrueNumbers):
    def test_cpu_by_line_outside(self):
        self.by_line(PYTHON, "--outside", *RATE)

    def test_functions_are_right_under_cpythons_own_jit(self):
        for name in ("python3.14", "python3.15"):
            with self.subTest(name):
                recorded = self.by_function(str(INTERPRETERS / name), "true_functions.py", *RATE,
                                            env={"PYTHON_JIT": "1"})
                self.assertIn("PYTHON_JIT", " ".join(recorded.info["notes"]))

    def test_weights_make_a_changing_rate_exact(self):
        recorded = self.by_function(PYTHON, "true_phases.py")
        early, late = recorded.function("early"), recorded.function("late")
        # The rate goes by the clock on the wall: where the program waits for a core, much of `late` is early too.
        if recorded.run["duration"] < 6e9:
            self.assertGreater(early["self"], 1.1 * late["self"], "the rate did not change on the way")

    def test_a_low_rate_is_as_true(self):
        self.by_function(PYTHON, "true_functions.py", "--rate", "211")

    def test_cpu_time_adds_up(self):
        """The samples' time is the CPU time that the program used, as far as it was watched."""
        done = self.profile(PYTHON, PROGRAMS / "true_functions.py", options=RATE)
        measured = sum(json.loads(done.stdout).values())
        recorded = self.recorded()
        sampled = (recorded.function("seventy")["selfTime"] + recorded.function("thirty")["selfTime"]) / 1e9
        # What comes after the last sample is missing: a moment, or as long as the daemon waited for a core.
        self.assertLess(abs(sampled - measured), 0.1 * measured, (sampled, measured))

    def test_sleep_is_not_cpu_time(self):
        recorded = self.truth(PYTHON, "true_wall.py", *RATE)[1]
        resting, working = recorded.function("resting"), recorded.function("working")
        self.assertLess(resting["selfTime"], 0.3 * working["selfTime"], "as much as it rests would be 1.5")


del TrueNumbers
