"""enable and disable in running programs: what they record, and that the program goes on as without them."""

import errno
import json
import os
import signal
import subprocess

from packaged import Case, HERE, SITE, pyrometer, three_attempts
from harness import PYTHON, marked_line, on_each_interpreter


@three_attempts
@on_each_interpreter
class Shares(Case):
    def check_known_shares(self, python):
        """Functions have their shares of the time, and each sample stands for a period: in threads that were there
        before, in this one and in new ones; what was not to be sampled is not there."""
        taken = self.use(python, "shares.py")
        stats = pyrometer.read_profile(self.output)
        counts = self.counts_of(stats)
        total = sum(taken.values())
        # Counts are of time: the samples behind them may be fewer, where others have the cores.
        sampled, samples = sum(counts[name] for name in taken), 300
        for name, seconds in taken.items():
            self.agree(seconds / total, counts[name] / sampled * samples, samples, name)
            # Not by chance: time is measured, so that only its ends are missing, and what passes until a thread is seen.
            self.assertAlmostEqual(counts[name] * pyrometer.DEFAULT_PERIOD, seconds, delta=0.2)
        self.assertLess(counts.get("unwanted", 0) * pyrometer.DEFAULT_PERIOD, 0.1)
        self.assertTrue(stats.profile_lines and stats.profile_memory)
        self.assertEqual(len({profile[2] for profile in stats.profiles}), 3)
        self.assertTrue(all(1000 < profile[3] < 1_000_000 for profile in stats.profiles))
        self.assertIn("shares.py", stats.getargv())
        program = HERE / "programs" / "shares.py"
        tree = stats.get_tree()
        lines = tree["shares.py"]["own"].lines
        self.assertEqual(max(lines, key=lines.get), marked_line(program, "own"))
        info = self.ask("info", self.output)
        self.assertEqual(info["damage"], [])
        self.assertTrue(info["finished"])
        self.assertIn("shares.py", info["run"]["command"])

    def check_after_the_end(self, python):
        """A program that is killed leaves everything that was sampled."""
        self.use(python, "situations.py", "killed", status=-signal.SIGKILL)
        self.wait_until(lambda: "work" in self.counts(), "the file is whole")
        self.assertAlmostEqual(self.counts()["work"] * pyrometer.DEFAULT_PERIOD, 0.4, delta=0.2)


@three_attempts
class Situations(Case):
    def situation(self, name, **more):
        return self.use(PYTHON, "situations.py", name, **more)

    def assertWorked(self, times=1, counts=None):
        count = (self.counts() if counts is None else counts)["work"]
        self.assertAlmostEqual(count * pyrometer.DEFAULT_PERIOD, 0.4 * times, delta=0.2 * times)

    def test_own_handler_before(self):
        self.assertEqual(self.situation("handler_before"), {"hits": 2, "same": True})
        self.assertWorked()

    def test_own_handler_later(self):
        said = self.situation("handler_later")
        self.assertLessEqual(said["strays"], 3)
        self.assertTrue(said["kept"])
        self.assertWorked(times=3)

    def test_any_child(self):
        self.assertEqual(self.situation("any_child"), {"seen": ["none"], "signals": 0, "mine": True})

    def test_blocked_signal(self):
        self.assertEqual(self.situation("blocked"), {"pending": []})
        self.assertAlmostEqual(self.counts()["deaf"] * pyrometer.DEFAULT_PERIOD, 0.4, delta=0.2)

    def test_fork(self):
        self.assertEqual(self.situation("forked"), {"enabled": False, "path": None})
        self.assertWorked()
        child = pyrometer.read_profile(self.work / "child.prof")
        self.assertWorked(counts=self.counts_of(child))

    def test_real_time(self):
        said = self.situation("real_time")
        slept, main = said.pop("slept"), said.pop("main")
        self.assertEqual(said, {"chosen": 2, "unknown": -1, "left": 1, "disabled": -1})
        counts = self.counts()
        self.assertNotIn("ignored", counts)
        # From when they were chosen until they ended, or were chosen no longer; less what a recorder that waits for a core
        # did not see.
        self.assertAlmostEqual(counts.get("real_time", 0) * 0.005, main, delta=0.5 * main)
        self.assertAlmostEqual(counts.get("chosen", 0) * 0.005, slept, delta=0.5 * slept)

    def test_all_descriptors_closed(self):
        self.assertEqual(self.situation("closed"), {"path": None})
        self.assertWorked()

    def test_pipe(self):
        self.situation("pipe")
        self.assertWorked()

    def test_nobody_reads(self):
        said = self.situation("nobody_reads")
        self.assertIn("nobody reads", said["said"])
        self.assertFalse(said["enabled"])

    def test_full_disk(self):
        said = self.situation("full")
        self.assertEqual((said["errno"], said["enabled"]), (errno.ENOSPC, False))

    def test_again_and_again(self):
        said = self.situation("again")
        self.assertLess(said["grown"], 4096, "kB")
        self.assertEqual(said["descriptors"], 0)

    def test_refused(self):
        said = self.situation("refused")
        for name, (kind, word) in {"no descriptor": ("OSError", "12345 is not open"),
                                   "no number": ("ValueError", "a number"),
                                   "unwritable": ("OSError", "not open for writing"),
                                   "too long": ("ValueError", "0.0001 to 1"),
                                   "too short": ("ValueError", "0.0001 to 1"),
                                   "no period": ("ValueError", "a number of seconds"),
                                   "native": ("VMProfError", "native=False"), "stop": ("StateError", "not enabled"),
                                   "disable": ("StateError", "not enabled"),
                                   "twice": ("AlreadyRecording", "disable() comes first")}.items():
            with self.subTest(name):
                self.assertEqual(said[name][0], kind)
                self.assertIn(word, said[name][1])

    def test_forgotten_disable(self):
        """The program's end waits until all is written."""
        self.situation("forgotten")
        self.assertWorked()
        self.assertTrue(self.ask("info", self.output)["finished"])

    def test_left_at_once(self):
        self.situation("left", status=3)
        self.wait_until(lambda: self.ask("info", self.output)["finished"], "the file is whole")
        self.assertWorked()

    def test_replaced_by_exec(self):
        program = self.start(PYTHON, HERE / "programs" / "situations.py", "replaced")
        self.wait_until(lambda: self.output.exists() and self.output.stat().st_size > 0
                        and self.ask("info", self.output)["finished"], "the file is whole")
        self.assertIsNone(program.poll())
        self.assertWorked()

    def test_recorder_killed(self):
        said = self.situation("recorder_killed")
        self.assertIn("the recorder has ended", said["said"])
        self.assertFalse(said["enabled"])
        # What it had streamed until then.
        self.assertGreater(self.counts()["work"], 50)

    def test_recorder_is_apart(self):
        self.assertEqual(self.situation("keyboard"), {"apart": True})

    def test_interrupt(self):
        """Ctrl-C ends the program, and what it had done is there."""
        program = self.start(PYTHON, "-c", "import pyrometer\nfile = open('out.prof', 'w+b')\n"
                             "pyrometer.enable(file.fileno())\nimport time\n"
                             "def spin(end): \n  while time.process_time() < end: pass\n"
                             "spin(0.5)\nprint('on', flush=True)\nspin(10000)", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        program.stdout.readline()
        os.killpg(program.pid, signal.SIGINT)
        program.wait(60)
        self.assertGreater(self.counts()["spin"], 10)
        self.assertTrue(self.ask("info", self.output)["finished"])
        self.wait_for_recorders(program.pid)

    def test_under_pyrometer_run(self):
        """Sampled already: said so, and the program's own samples are not disturbed."""
        code = "import pyrometer\nfile = open('out.prof', 'w+b')\ntry: pyrometer.enable(file.fileno())\n" \
               "except pyrometer.VMProfError as error: print(error)"
        done = self.pyrometer("run", "--quiet", "--python", PYTHON, "--", "python3", "-c", code)
        done = self.pyrometer("run", "--quiet", "-o", self.work / "run.pyrometer", "--", PYTHON, "-c", code)
        self.assertEqual(done.status, 0, done)
        self.assertIn("sampled already", done.text)

    def test_decorated_under_pyrometer_run(self):
        """A decorated function is a plain one there."""
        done = self.pyrometer("run", "--quiet", "-o", self.work / "run.pyrometer", "--", PYTHON,
                              HERE / "programs" / "situations.py", "decorated_in_threads")
        self.assertEqual((done.status, done.errors), (0, ""), done)
        self.assertEqual(json.loads(done.text)["answers"], ["returned"] * 4)
        self.assertFalse(self.output.exists())

    def test_decorated_in_threads(self):
        self.assertEqual(self.situation("decorated_in_threads"), {"answers": ["returned"] * 4, "enabled": False})
        self.assertGreater(self.counts()["decorated"], 10)

    def test_refused_within(self):
        self.assertIn("already enabled", self.situation("refused_within"))
        self.assertWorked()

    def test_names(self):
        said = self.situation("names")
        self.assertEqual(said["stack"], ["inner", "names", "<module>"])
        self.assertTrue(said["skipped"] and said["many"])
        self.assertTrue(said["line"][1].endswith("situations.py"))
        self.assertIn("malloc", said["native"])
        self.assertIsNone(said["unknown"])

    def test_contexts(self):
        said = self.use(PYTHON, "decorated.py")
        self.assertEqual((said["answer"], said["doc"], said["enabled"]), ("returned", "Says something.", False))
        self.assertEqual(said["path"], str(self.work / "out.prof"))
        self.assertIn("nothing was measured", said["early"])
        self.assertTrue(said["done"] and said["raised"])
        within = [count for name, count in said["counts"].items() if ":within:" in name]
        self.assertGreater(within[0], 30)
        decorated = [count for name, count in said["decorated"].items() if ":decorated:" in name]
        self.assertAlmostEqual(decorated[0] * pyrometer.DEFAULT_PERIOD, 0.2, delta=0.15)
        self.assertIn("within", self.counts_of(pyrometer.read_profile(self.work / "raised.prof")))
        self.assertTrue(SITE in os.path.dirname(pyrometer.__file__))
