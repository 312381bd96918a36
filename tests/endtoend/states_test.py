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

from harness import PROGRAMS, PYTHON, Case, on_each_interpreter

RATE = ("--rate", "997")


class States(Case):
    def states(self, python, program, mode, *options):
        """{"state of thread, state of interpreter": share}, and what the program printed."""
        done = self.profile(python, PROGRAMS / program, options=("--mode", mode, *RATE, *options))
        self.assertEqual(done.status, 0, done)
        rows = self.ask("show", self.output, "states")["states"]
        return rows, done.stdout

    def time(self, rows, **wanted):
        return sum(row["time"] for row in rows if all(row[key] == value for key, value in wanted.items()))

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
    def check_fight_for_the_gil(self, python, *options):
        rows, _ = self.states(python, "gil_fight.py", "wall", *options)
        fought = sum(time for title, time in self.titles().items() if title.startswith("fighter "))
        waits, runs = (self.time(rows, thread=state) for state in ("waiting for the GIL", "running"))
        if python.endswith("t"):
            self.assertLess(waits, 0.05 * runs, rows)
            return
        # Half of the time, if there is a processor for each. One that has been woken to insist and waits for a
        # processor to do so is seen as running from outside; the main thread rests, and does not wait for the GIL.
        self.assertGreater(waits, (0.1 if options else 0.15) * fought, rows)
        self.assertLess(waits, 0.65 * fought, rows)

    def check_garbage_collection(self, python, *options):
        rows, printed = self.states(python, "collector.py", "cpu", *options)
        taken = json.loads(printed)
        share = taken["collecting"] / sum(taken.values())
        whole = self.ask("show", self.output, "flat", "--all")["functions"]
        work = sum(row["selfTime"] for row in whole if row["name"] == "work")
        collecting = self.time(rows, vm="garbage collection")
        self.assertGreater(share, 0.2, "the program itself")
        samples = self.ask("info", self.output)["run"]["effectiveSamples"]
        self.assertGreater(samples, 60)
        sampled = collecting / (collecting + work)
        if abs(sampled - share) > 0.08:
            self.agree(share, sampled * samples, samples, rows)

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
        self.check.check_fight_for_the_gil(self, PYTHON, "--outside")

    def test_garbage_collection_outside(self):
        self.check.check_garbage_collection(self, PYTHON, "--outside")

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
