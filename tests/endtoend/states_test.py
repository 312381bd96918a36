"""What threads do and what they are called: waiting for the GIL, collecting garbage, off the CPU; names of threads and of
asyncio tasks. Programs whose answers are known, on each interpreter, inside and outside; and interpreters that lie about
their layout, which must be noticed.
"""

import json
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import PROGRAMS, PYTHON, Case, interpreters, on_each_interpreter

RATE = ("--rate", "997")


class States(Case):
    def states(self, python, program, mode, *options, env=None):
        """The rows of `show states`, and what the program printed, read as JSON."""
        done = self.profile(python, PROGRAMS / program, options=("--mode", mode, *RATE, *options), env=env)
        self.assertEqual(done.status, 0, done)
        return self.ask("show", self.output, "states")["states"], json.loads(done.stdout or "null")

    def states_of(self, thread):
        return self.ask("show", self.output, "states", "--thread", thread)["states"]

    def time(self, rows, **wanted):
        return sum(row["time"] for row in rows if all(row[key] == value for key, value in wanted.items()))

    def fight(self, python, *options, env=None):
        """Yields, for each fighter, what it measured itself and {state: seconds} as shown."""
        _, taken = self.states(python, "gil_fight.py", "wall", *options, env=env)
        self.assertEqual(len(taken), 2)
        for name, one in taken.items():
            rows = self.states_of(name)
            states = ("waiting for the GIL", "running", "off CPU")
            shown = {state: self.time(rows, thread=state) / 1e9 for state in states}
            self.assertGreater(sum(shown.values()), 0.8 * one["all"], (one, rows))
            self.assertLess(sum(shown.values()), 1.05 * one["life"] + 0.2, (one, rows))
            yield one, shown

    def collects(self, taken, rows, working):
        """The share that the program measured is in the rows; beside it only what `working` did, a function, counts."""
        share = taken["collecting"] / sum(taken.values())
        collecting = self.time(rows, vm="garbage collection")
        whole = self.time(rows)
        if working:
            told = self.ask("show", self.output, "flat", "--all")["functions"]
            whole = collecting + sum(row["selfTime"] for row in told if row["name"] == working)
        self.assertGreater(share, 0.2, "the program itself")
        samples = sum(row["samples"] for row in rows) * self.ask("info", self.output)["run"]["effectiveSamples"]
        samples /= self.ask("info", self.output)["run"]["samples"]
        self.assertGreater(samples, 60)
        if abs(collecting / whole - share) > 0.08:
            self.agree(share, collecting / whole * samples, samples, rows)

    def titles(self):
        """{title of thread or task: ns}, without the kernel's ids."""
        done = self.pyrometer("export", self.output, "--to", "speedscope", "-o", "-")
        self.assertEqual(done.status, 0, done)
        times = {}
        for profile in json.loads(done.stdout)["profiles"]:
            title = re.sub(r" \(\d+\)$", "", profile["name"])
            times[title] = times.get(title, 0) + sum(profile["weights"])
        return times


@on_each_interpreter
class OnEachInterpreter(States):
    def check_fight_for_the_gil(self, python, *options, env=None, low=0.75):
        """Whoever does not have the lock waits for it, so both together wait for as long as both are at it."""
        fought = list(self.fight(python, *options, env=env))
        whole, life, calls = (sum(one[key] for one, _ in fought) for key in ("all", "life", "calls"))
        waits, rests = (sum(shown[state] for _, shown in fought) for state in ("waiting for the GIL", "off CPU"))
        if python.endswith("t") and not env:
            self.assertEqual(waits, 0, fought)
            return
        self.assertGreater(whole - calls, 0.25 * whole, "the program itself")
        # They change places some five times a second, and each change is seen late or early by a look: a millisecond, or
        # twenty on a machine with much else to do.
        self.assertGreater(waits, low * (whole - calls), fought)
        self.assertLess(waits, 1.15 * (life - calls), fought)
        self.assertLess(rests, 0.1 * whole, fought)

    def check_garbage_collection(self, python, *options):
        rows, taken = self.states(python, "collector.py", "cpu", *options)
        self.collects(taken, rows, "work")

    def check_garbage_collection_beside_another_thread(self, python, *options):
        _, taken = self.states(python, "collects_beside.py", "cpu", *options)
        self.collects(taken, self.states_of("collect"), None)
        rows = self.states_of("work")
        self.assertLess(self.time(rows, vm="garbage collection"), 0.02 * self.time(rows), rows)

    def check_names_of_threads(self, python, *options):
        done = self.profile(python, PROGRAMS / "named_threads.py", options=(*RATE, *options))
        self.assertEqual(done.status, 0, done)
        times = self.titles()
        self.assertEqual(sorted(times), sorted(json.loads(done.stdout)))

    def check_names_of_tasks(self, python, *options):
        done = self.profile(python, PROGRAMS / "named_tasks.py", options=(*RATE, *options))
        self.assertEqual(done.status, 0, done)
        taken, times = json.loads(done.stdout), self.titles()
        tasks = {name: times.get(f"MainThread · task {name}", 0) for name in taken}
        samples = self.ask("info", self.output)["run"]["effectiveSamples"]
        self.assertGreater(samples, 60)
        for name, time in taken.items():
            self.agree(time / sum(taken.values()), tasks[name] / sum(tasks.values()) * samples, samples, name)
        self.assertGreater(times["MainThread"], 0, "the callback ran in no task")
        self.assertEqual(self.ask("info", self.output)["threads"], 1, "tasks are no threads")


class OnOneInterpreter(States):
    check = OnEachInterpreter

    def test_fight_for_the_gil_outside(self):
        # One that was woken to insist, and waits for a processor to do so, is seen as running from outside.
        self.check.check_fight_for_the_gil(self, PYTHON, "--outside", low=0.5)

    def test_fight_for_the_gil_where_it_may_be_off(self):
        for python in (python for _, python in interpreters() if python.endswith("t")):
            with self.subTest(python):
                self.check.check_fight_for_the_gil(self, python, env={"PYTHON_GIL": "1"})

    def test_garbage_collection_outside(self):
        self.check.check_garbage_collection(self, PYTHON, "--outside")

    def test_garbage_collection_beside_another_thread_outside(self):
        for python in [PYTHON, *(python for _, python in interpreters() if python.endswith("t"))]:
            with self.subTest(python):
                self.check.check_garbage_collection_beside_another_thread(self, python, "--outside")

    def test_names_of_threads_outside(self):
        self.check.check_names_of_threads(self, PYTHON, "--outside")

    def test_names_of_tasks_outside(self):
        self.check.check_names_of_tasks(self, PYTHON, "--outside")

    def test_compressing_needs_no_gil(self):
        rows, _ = self.states(PYTHON, "without_gil.py", "wall")
        times = self.titles()
        self.assertLessEqual({"compress", "digest", "rest"}, set(times))
        waits, runs = (self.time(rows, thread=state) for state in ("waiting for the GIL", "running"))
        # One that has the GIL and no core lets the other wait for both.
        self.assertLess(waits, 0.5 * runs, rows)
        self.assertGreater(self.time(rows, thread="off CPU"), 0.5 * times["rest"], rows)

    def test_names_and_tasks_survive_another_file(self):
        """A bundle made from the bundle has the same rows."""
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "named_tasks.py").status, 0)
        before = self.titles()
        again = self.work / "again.pyrometer"
        done = self.pyrometer("export", self.output, "--to", "pyrometer", "-o", again)
        self.assertEqual(done.status, 0, done)
        self.output = again
        self.assertEqual(self.titles(), before)


class Lies(States):
    """Interpreters changed in a copy, so that their layout is not what their version says."""

    def changed(self, python, place, value, size):
        """A copy whose `size` bytes at the file's offset `place` are `value`."""
        copy = self.folder / "python" / pathlib.Path(python).name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(pathlib.Path(python).resolve(), copy)
        with copy.open("r+b") as file:
            file.seek(place)
            file.write(value.to_bytes(size, "little"))
        return copy

    def tells(self, pattern, *arguments):
        for line in subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines():
            if found := re.search(pattern, line):
                return [int(group, 16) for group in found.groups()]
        self.fail(f"{arguments}: no {pattern}")

    def is_noticed(self, python, *options, env=None):
        alone = self.plain(PYTHON, PROGRAMS / "recursion.py")
        done = self.profile(python, PROGRAMS / "recursion.py", options=options, env=env)
        self.assertEqual((done.status, done.stdout), (alone.status, alone.stdout))
        info = self.ask("info", self.output)
        self.assertRegex("\n".join(info["notes"]), "is not profiled: its interpreter is not laid out as")
        rows = self.ask("show", self.output, "flat", "--all")["functions"]
        self.assertNotIn("work", [row["name"] for row in rows], "nothing is believed")

    def version_that_lies(self):
        python = pathlib.Path(PYTHON).resolve()
        (address,) = self.tells(r"([0-9a-f]+) +8 OBJECT .* Py_Version$", "readelf", "-W", "--dyn-syms", python)
        (start, offset) = self.tells(r"\.rodata +PROGBITS +([0-9a-f]+) ([0-9a-f]+)", "readelf", "-WS", python)
        return self.changed(PYTHON, address - start + offset, 0x030C01F0, 4)

    def test_another_version_is_noticed(self):
        self.is_noticed(self.version_that_lies())

    def test_another_version_is_noticed_outside(self):
        self.is_noticed(self.version_that_lies(), "--outside")

    def test_another_table_is_noticed(self):
        python = str(pathlib.Path(PYTHON).with_name("python3.13"))
        (offset,) = self.tells(r"\.PyRuntime +\w+ +[0-9a-f]+ ([0-9a-f]+)", "readelf", "-WS",
                               pathlib.Path(python).resolve())
        # thread_state.native_thread_id: eight bytes further.
        home = {"PYTHONHOME": str(pathlib.Path(python).resolve().parent.parent)}
        self.is_noticed(self.changed(python, offset + 200, 168, 8), env=home)


del States

if __name__ == "__main__":
    unittest.main()
