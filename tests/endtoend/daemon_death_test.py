"""Pyrometer itself is killed in the middle: the program goes on to its right end, and the next start of Pyrometer finds
what was recorded until then."""

import os
import pathlib
import signal
import subprocess
import textwrap

from harness import PROGRAMS, PYROMETER, Case, on_each_interpreter

PROGRAM = textwrap.dedent("""\
    import os, sys, time
    def burn(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end: pass
    burn(0.6)
    print('half', flush=True)
    sys.stdin.readline()
    burn(0.6)
    with open(sys.argv[1], 'w') as file:
        file.write('whole\\n')
    print('whole', flush=True)
    sys.exit(0)
""")


@on_each_interpreter
class DaemonDeath(Case):
    def check_the_program_goes_on_and_the_recording_is_found(self, python):
        program = self.work / "going_on.py"
        program.write_text(PROGRAM)
        result = self.work / "result"
        process = self.start(PYROMETER, "run", "--python", python, program, result, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(process.stdout.readline(), b"half\n")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin.write(b"go on\n")
        process.stdin.close()
        self.assertEqual(process.stdout.read(), b"whole\n")
        self.assertEqual(result.read_text(), "whole\n")

        # The next start of whatever kind finishes the recording, and says so.
        done = self.pyrometer("run", "--python", python, PROGRAMS / "short.py")
        self.assertEqual(done.status, 0, done)
        self.assertRegex(done.errors, "(?i)recover|found|left behind", done)
        kept = sorted(pathlib.Path(self.state).rglob("*.pyrometer"))
        rows = {}
        for path in kept:
            self.assertTrue(path.is_file(), path)
            for row in self.ask("show", path, "flat", "--all")["functions"]:
                rows[row["name"]] = max(rows.get(row["name"], 0), row["self"])
        self.assertGreater(rows.get("burn", 0), 5, kept)

    def check_a_second_run_while_one_is_on_leaves_it_alone(self, python):
        """What goes on is not "left behind"."""
        program = self.work / "going_on.py"
        program.write_text(PROGRAM)
        process = self.start(PYROMETER, "run", "--python", python, program, self.work / "result",
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"half\n")
        second = self.pyrometer("run", "--python", python, PROGRAMS / "short.py")
        self.assertEqual(second.status, 0, second)
        self.assertNotRegex(second.errors, "(?i)recover|left behind")
        stdout, stderr = process.communicate(b"go on\n", timeout=120)
        self.assertEqual((process.returncode, stdout), (0, b"whole\n"), stderr)
        self.assertIn(b"burn", stderr, "the first run's summary")
