"""Programs of several processes: all of them in one recording, split as they measured themselves, and none of them
changed by being sampled.
"""

import ast
import json
import os
import pathlib
import re
import signal

from harness import PROGRAMS, PYROMETER, PYTHON, Case, on_each_interpreter

HERE = PROGRAMS / "processes"
RATE = ("--rate", "997")


class Processes(Case):
    def processes(self):
        return self.ask("info", self.output)["processList"]

    def same_with_and_without(self, program, *arguments):
        """What it prints and its status are as without us; the profile is recorded."""
        alone = self.plain(PYTHON, HERE / program, *arguments)
        sampled = self.profile(PYTHON, HERE / program, *arguments, options=RATE)
        self.assertEqual((sampled.status, sampled.text, sampled.errors), (alone.status, alone.text, alone.errors))
        return sampled


@on_each_interpreter
class Pools(Processes):
    """Known shares, by function and by process."""

    def all_sampled(self, python, method):
        """Runs it; the seconds that each worker took, and the profile. A worker that got no answer within a second, since
        the daemon waited for a core or the disk, goes on unsampled: then once more, and what is broken fails each time."""
        for _ in range(3):
            done = self.profile(python, HERE / "pool.py", method, options=RATE)
            self.assertEqual(done.status, 0, done)
            taken = {int(pid): times for pid, times in json.loads(done.stdout).items()}
            if taken.keys() <= {row["pid"] for row in self.processes() if row["samples"]}:
                break
        return taken, self.recorded()

    def pool(self, python, method):
        taken, recorded = self.all_sampled(python, method)
        heavy, light = (sum(times[name] for times in taken.values()) for name in ("heavy", "light"))
        rows = {name: recorded.function(name) for name in ("heavy", "light")}
        samples = sum(row["self"] for row in rows.values())
        samples *= recorded.run["effectiveSamples"] / recorded.run["samples"]
        self.assertGreater(samples, 30)
        time = sum(row["selfTime"] for row in rows.values())
        self.agree(heavy / (heavy + light), rows["heavy"]["selfTime"] / time * samples, samples, "heavy")
        # By process: what it did beside its tasks is small, but counts.
        processes = {row["pid"]: row for row in self.processes()}
        self.assertLessEqual(taken.keys(), processes.keys())
        for pid, times in taken.items():
            worked = sum(times.values())
            self.assertGreater(processes[pid]["time"] / 1e9, 0.7 * worked)
            only = {row["name"]: row for row in self.ask("show", self.output, "--all", "--process", pid)["functions"]}
            self.assertAlmostEqual((only["heavy"]["selfTime"] + only["light"]["selfTime"]) / 1e9, worked,
                                   delta=0.2 * worked + 0.05)

    def check_fork(self, python):
        self.pool(python, "fork")

    def check_spawn(self, python):
        self.pool(python, "spawn")

    def check_forkserver(self, python):
        self.pool(python, "forkserver")

    def check_futures(self, python):
        self.pool(python, "futures")


@on_each_interpreter
class EveryWay(Processes):
    WAYS = ("by_run", "own_env", "preexec", "in_shell", "env_i", "by_system", "by_popen", "by_posix_spawn",
            "by_posix_spawnp", "by_spawnv", "by_spawnlpe", "by_fexecve", "by_execl", "by_execlp", "by_execle",
            "c_system", "c_popen")

    def check_exec_chain(self, python):
        done = self.profile(python, HERE / "exec_chain.py", options=RATE)
        self.assertEqual(done.status, 5, done)
        lines = done.text.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["True"] * 3)
        seen = ast.literal_eval(lines[1].partition(" ")[2])
        self.assertFalse([name for name in seen if name.startswith(("PYROMETER", "LD_PRELOAD"))])
        rows = self.processes()
        self.assertEqual([row["generation"] for row in rows], [0, 1, 2])
        self.assertEqual(len({row["pid"] for row in rows}), 1)
        self.assertEqual([row["end"] for row in rows], ["replaced by exec"] * 2 + ["exit status 5"])
        recorded = self.recorded()
        for name in ("first", "second", "third"):
            self.assertGreater(recorded.function(name)["totalTime"], 0.2e9, name)

    def test_every_way_to_start_a_child(self):
        self.same_with_and_without("ways.py")
        recorded = self.recorded()
        for way in self.WAYS:
            self.assertGreater(recorded.function(way)["totalTime"], 0.05e9, way)
        statuses = {row["end"] for row in self.processes()}
        self.assertLessEqual({f"exit status {number}" for number in (3, 4, 6, 9, 20)}, statuses)

    def test_forks(self):
        self.same_with_and_without("forks.py")
        recorded = self.recorded()
        # computes (twice), starts_threads (together), blocks_signals: 1.2 s in all.
        self.assertGreater(recorded.function("in_child")["totalTime"], 0.9e9)
        self.assertGreater(recorded.function("in_grandchild")["totalTime"], 0.15e9)
        forked = [row for row in self.processes() if row["forked"]]
        self.assertGreaterEqual(len(forked), 5)
        self.assertLessEqual({"exit status 21", "exit status 22", "exit status 23", "exit status 27"},
                             {row["end"] for row in forked})

    def test_forks_that_end_at_once_are_named(self):
        done = self.profile(PYTHON, HERE / "short_forks.py", options=RATE)
        ended, executed = map(set, json.loads(done.stdout))
        notes = [note for note in self.ask("info", self.output)["notes"] if "ended before" in note]
        named = {int(pid) for note in notes for pid in re.findall(r"\d{2,}", note)}
        # One that was found running has registered, on a machine that is busy enough.
        listed = {row["pid"] for row in self.processes()} & ended
        self.assertEqual(named | listed, ended, (notes, executed))
        self.assertFalse(named & listed, notes)

    def test_a_fork_that_was_answered_too_late_is_asked_again(self):
        done = self.profile(PYTHON, HERE / "late_answer.py", options=RATE)
        self.assertEqual(done.status, 0, done)
        child = [row for row in self.processes() if row["pid"] == int(done.text)]
        self.assertEqual(len(child), 1, self.ask("info", self.output)["notes"])
        self.assertGreater(child[0]["samples"], 10)
        self.assertEqual(child[0]["end"], "exit status 0", "it was only read from outside")
        self.assertGreater(self.recorded().function("in_child")["selfTime"], 0.2e9)

    def test_each_that_wakes_among_many_that_sleep(self):
        done = self.profile(PYTHON, HERE / "wakes_in_turn.py", "40", options=RATE)
        self.assertEqual(done.status, 0, done)
        sampled = {row["pid"] for row in self.processes() if row["samples"] > 0}
        self.assertLessEqual(set(json.loads(done.stdout)), sampled)

    def test_without_children(self):
        done = self.profile(PYTHON, HERE / "pool.py", "fork", options=("--no-children", *RATE))
        self.assertEqual(done.status, 0, done)
        self.assertEqual(len(self.processes()), 1)
        self.assertEqual(self.recorded().function("heavy")["rows"], 0)

    def test_from_outside(self):
        done = self.profile(PYTHON, HERE / "pool.py", "fork", options=("--outside", *RATE))
        self.assertEqual(done.status, 0, done)
        workers = {int(pid) for pid in json.loads(done.stdout)}
        self.assertLessEqual(workers, {row["pid"] for row in self.processes()})
        self.assertGreater(self.recorded().function("heavy")["selfTime"], 0.4e9)


class Ends(Processes):
    def test_a_process_that_outlives_the_program(self):
        left = self.work / "pid"
        done = self.profile(PYTHON, HERE / "outlived.py", left, options=RATE)
        self.assertEqual(done.status, 0, done)
        pid = int(left.read_text())
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        os.kill(pid, 0)
        (row,) = [row for row in self.processes() if row["pid"] == pid]
        self.assertEqual(row["end"], "still running")
        self.assertGreater(self.recorded().function("goes_on")["totalTime"], 0.1e9)
        self.assertIn("still running when the program ended", " ".join(self.ask("info", self.output)["notes"]))

    def test_what_cannot_be_sampled_is_named(self):
        """A Python whose loader is another libc's: it does not start, with and without us, but it is named."""
        python = self.work / "python3-musl"
        image = bytearray(pathlib.Path(PYTHON).resolve().read_bytes())
        loader = b"/lib64/ld-linux-x86-64.so.2\0"
        at = image.find(loader)
        self.assertGreater(at, 0)
        image[at:at + len(loader)] = b"/lib/ld-musl-x86_64.so.1\0".ljust(len(loader), b"\0")
        python.write_bytes(image)
        python.chmod(0o755)
        program = self.work / "starts_it.py"
        program.write_text("import subprocess, sys, time\n"
                           "try:\n    subprocess.run([sys.argv[1]])\n"
                           "except OSError as error:\n    print(error)\n"
                           "end = time.process_time() + 0.3\n"
                           "while time.process_time() < end: pass\n")
        alone = self.plain(PYTHON, program, python)
        done = self.profile(PYTHON, program, python)
        self.assertEqual((done.status, done.stdout), (alone.status, alone.stdout))
        notes = " ".join(self.ask("info", self.output)["notes"])
        self.assertIn("was not sampled", notes)
        self.assertIn(f"{python} (made for the C library musl", notes)


class Split(Processes):
    """The views of one process, of one thread, and the tree by both."""

    def test_by_process_and_thread(self):
        program = self.work / "split.py"
        program.write_text("""
import os, threading, time
def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
def in_parent(): burn(0.4)
def in_thread(): burn(0.4)
def in_child(): burn(1.6)
pid = os.fork()
if pid == 0:
    in_child()
    os._exit(0)
thread = threading.Thread(target=in_thread, name="helper")
thread.start()
thread.join()
in_parent()
os.wait()
print(pid)
""")
        done = self.profile(PYTHON, program, options=RATE)
        self.assertEqual(done.status, 0, done)
        child = int(done.text)
        (parent,) = [row["pid"] for row in self.processes() if row["pid"] != child]
        names = {row["name"] for row in self.ask("show", self.output, "--process", child)["functions"]}
        self.assertIn("in_child", names)
        self.assertNotIn("in_parent", names)
        (helper,) = [thread["tid"] for row in self.processes() for thread in row["threads"]
                     if row["pid"] == parent and thread["tid"] != parent]
        names = {row["name"] for row in self.ask("show", self.output, "--thread", helper)["functions"]}
        self.assertIn("in_thread", names)
        self.assertFalse({"in_child", "in_parent"} & names)
        lines = self.ask("lines", self.output, program, "--process", child)
        self.assertAlmostEqual(sum(row["share"] for row in lines["lines"]), 1, delta=0.1)

        tree = self.ask("show", self.output, "tree", "--by", "process")["nodes"]
        groups = [node for node in tree if node["group"]]
        self.assertEqual([str(child) in groups[0]["name"], groups[0]["parent"]], [True, None])
        self.assertEqual(len(groups), 2)
        by_thread = self.ask("show", self.output, "tree", "--by", "thread")["nodes"]
        self.assertEqual(sum(node["group"] for node in by_thread), 5)
        whole = self.ask("info", self.output)["run"]["time"]
        self.assertEqual(sum(node["totalTime"] for node in groups), whole)

        wrong = self.pyrometer("show", self.output, "--process", "1")
        self.assertEqual(wrong.status, 1)
        self.assertIn(f"there is no process 1; the recording has {parent}, {child}", wrong.errors)
        wrong = self.pyrometer("show", self.output, "--thread", "nobody")
        self.assertIn("there is no thread 'nobody'; there are", wrong.errors)

        memory = self.ask("show", self.output, "memory")
        self.assertEqual({row["pid"] for row in memory["processes"]}, {parent, child})
        self.assertGreater(max(slot["high"] for slot in memory["sum"]),
                           max(row["peak"] for row in memory["processes"]))


class Within(Processes):
    def test_a_run_within_a_run_records_its_own_program(self):
        (self.work / "own.py").write_text("def own():\n    return sum(i * i for i in range(3_000_000))\n\n\nown()\n")
        inner = self.work / "inner.pyrometer"
        done = self.profile(PYTHON, HERE / "run_within.py", PYROMETER, "run", "--quiet", "--python", PYTHON,
                            "-o", inner, *RATE, "--", self.work / "own.py", options=RATE)
        self.assertEqual((done.status, done.text.splitlines()), (0, ["subprocess 0", "system 0"]), done)
        outer = self.recorded()
        self.assertGreater(outer.function("work")["self"], 0)
        self.output = inner
        self.assertGreater(self.recorded().function("own")["totalTime"], 0)
