"""PyPy is profiled like CPython: from the command line, by name or first line, with its children, and without the program
noticing."""

import re
import signal

from harness import PROGRAMS, PYROMETER, Case

PYPY = "/usr/bin/pypy3"
FOLDER = PROGRAMS / "pypy"


class Pypy(Case):
    def states(self):
        """Time by the state of the virtual machine."""
        times = {}
        for row in self.ask("show", self.output, "states")["states"]:
            times[row["vm"]] = times.get(row["vm"], 0) + row["time"]
        return times

    def assertHeavy(self, recorded):
        """Most of the program's own time; how long PyPy takes to start differs by machine."""
        self.assertGreater(recorded.function("main")["total"], 20)
        self.assertGreater(recorded.function("heavy")["total"], 0.5 * recorded.function("main")["total"])

    def test_functions_and_states(self):
        done = self.profile(PYPY, FOLDER / "hot.py", "1.5", options=("--rate", "997"))
        self.assertEqual((done.status, done.errors), (0, ""), done)
        recorded = self.recorded()
        self.assertRegex(recorded.run["interpreter"], r"^PyPy 7\.3\.")
        self.assertHeavy(recorded)
        whole = recorded.function("main")["totalTime"]
        # A power is computed by the C library, below compiled code.
        states = self.states()
        self.assertGreater(states["compiled code"], 0.1 * whole)
        self.assertGreater(states["compiled code"] + states["native code"], 0.5 * whole)
        self.assertEqual(recorded.function("(unknown code)")["rows"], 0)
        self.assertIn("on a line that is not known", self.pyrometer("lines", self.output, FOLDER / "hot.py").text)
        memory = self.ask("show", self.output, "memory")
        self.assertGreater(memory["processes"][0]["peak"], 10 << 20)

    def test_the_program_does_not_notice(self):
        for arguments in ([], ["raise"]):
            with self.subTest(arguments):
                def run(start):
                    done = start(PYPY, FOLDER / "looks_around.py", *arguments, stdin=b"a line\n",
                                 env={"PYTHONPATH": "/nowhere"})
                    return done.status, done.text, done.errors

                self.assertEqual(run(self.profile), run(self.plain))
                self.assertGreater(self.recorded().function("burn")["total"], 20)
        self.assertEqual(self.profile(PYPY, "-c", "import os; print(os.environ)").text,
                         self.plain(PYPY, "-c", "import os; print(os.environ)").text)

    def test_its_own_sitecustomize_runs(self):
        (self.work / "sitecustomize.py").write_text("print('mine', __name__, __file__)\n")
        done = self.profile(PYPY, FOLDER / "hot.py", "0.2", env={"PYTHONPATH": str(self.work)})
        self.assertEqual((done.text, done.errors), (f"mine sitecustomize {self.work}/sitecustomize.py\n", ""))
        self.assertHeavy(self.recorded())

    def test_a_killed_program_keeps_its_samples_and_names(self):
        program = self.work / "killed.py"
        program.write_text((FOLDER / "hot.py").read_text() + "import os\nos.kill(os.getpid(), 9)\n")
        done = self.profile(PYPY, program, "0.5")
        self.assertEqual(done.status, -signal.SIGKILL, done)
        recorded = self.recorded()
        self.assertHeavy(recorded)

    def test_children(self):
        done = self.profile(PYPY, FOLDER / "children.py")
        self.assertEqual((done.status, done.errors), (0, ""), done)
        recorded = self.recorded()
        for name in ("forked", "started", "pooled", "replaced"):
            self.assertGreater(recorded.function(name)["total"], 20, name)
        self.assertEqual(recorded.info.get("notes", []), [])

    def test_threads_are_told_apart(self):
        done = self.profile(PYPY, FOLDER / "threads.py")
        self.assertEqual(done.status, 0, done)
        recorded = self.recorded()
        times = recorded.thread_times()
        self.assertGreaterEqual(len([time for time in times if time > 0.2 * sum(times)]), 2, times)
        for name in ("first", "second"):
            self.assertGreater(recorded.function(name)["total"], 20, name)

    def test_by_its_first_line(self):
        program = self.work / "hot.py"
        program.write_text(f"#!{PYPY}\n" + (FOLDER / "hot.py").read_text())
        program.chmod(0o755)
        output = self.work / "out.pyrometer"
        done = self.execute([PYROMETER, "run", "-o", output, program, "0.3"])
        self.assertEqual(done.status, 0, done)
        self.assertIn("heavy", done.errors)
        self.output = output
        self.assertHeavy(self.recorded())

    def test_without_its_start_it_runs_unsampled_and_that_is_said(self):
        for option in ("-S", "-E", "-I"):
            done = self.execute([PYROMETER, "run", "-o", self.work / "out.pyrometer", PYPY, option,
                                 FOLDER / "hot.py", "0.1"])
            self.assertEqual(done.status, 0, done)
            self.assertRegex(done.errors, r"-S, -E or -I")

    def test_from_outside_is_refused(self):
        done = self.execute([PYROMETER, "run", "--outside", "--python", PYPY, FOLDER / "hot.py"])
        self.assertNotEqual(done.status, 0)
        self.assertRegex(done.errors, re.compile("PyPy.*outside", re.S))

    def test_nothing_is_left(self):
        self.profile(PYPY, FOLDER / "hot.py", "0.1", env={"XDG_RUNTIME_DIR": str(self.work)})
        self.assertEqual(list(self.work.glob("pyrometer-*")), [])
