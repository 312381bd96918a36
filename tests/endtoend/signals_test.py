"""Signals, job control and exit statuses are as without us, on a real terminal where one matters."""

import json
import os
import signal
import subprocess
import textwrap

from harness import PROGRAMS, PYROMETER, PYTHON, Case, marked_line
from terminal import Terminal


class Signals(Case):
    def run_command(self, *arguments):
        self.output = self.work / "out.pyrometer"
        return [PYROMETER, "run", "--python", PYTHON, "-o", self.output, "--", *arguments]

    def test_ctrl_c_ends_both_cleanly(self):
        path = PROGRAMS / "interrupted.py"
        terminal = Terminal(self, *self.run_command(path))
        terminal.expect("ready")
        self.spend_cpu_time(terminal.process.pid, 0.5)
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 7, terminal.seen)
        self.assertIn("cleaned up", terminal.seen)
        self.assertNotIn("Traceback", terminal.seen)
        self.assertEqual(self.recorded().hottest_line(), (path.name, marked_line(path)))

    def spend_cpu_time(self, pid, seconds):
        """Waits until the program under that Pyrometer has used so much CPU time."""
        def program():
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return next(iter(file.read().split()), None)

        child = self.wait_until(program, "the program's start")

        def spent():
            with open(f"/proc/{child}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") > seconds

        self.wait_until(spent, "the program to work")
        return int(child)

    def test_ctrl_c_that_nobody_catches_ends_by_the_signal(self):
        program = self.work / "forever.py"
        program.write_text("print('ready', flush=True)\nwhile True: pass\n")
        plain = Terminal(self, PYTHON, program)
        plain.expect("ready")
        plain.type("\x03")
        expected = plain.end()
        ours = Terminal(self, *self.run_command(program))
        ours.expect("ready")
        ours.type("\x03")
        self.assertEqual(ours.end(), expected, ours.seen)
        self.assertEqual(ours.seen.count("KeyboardInterrupt"), 1)

    def test_ctrl_z_stops_and_fg_goes_on(self):
        program = self.work / "lines.py"
        program.write_text(textwrap.dedent("""\
            import sys
            print('ready', flush=True)
            for line in sys.stdin:
                print('got', line.strip().upper(), flush=True)
                if line.strip() == 'enough':
                    sys.exit(4)
        """))
        terminal = Terminal(self, "bash", "--norc", "--noediting", "-i", env={"PS1": "$ "})
        terminal.expect("$ ")
        terminal.type(" ".join(f"'{word}'" for word in self.run_command(program)) + "\n")
        terminal.expect("ready\n")
        terminal.type("one\n")
        at = terminal.expect("got ONE")
        terminal.type("\x1a")
        at = terminal.expect("Stopped", at)
        terminal.type("echo still $((40 + 2))\n")
        at = terminal.expect("still 42", at)
        terminal.type("fg\n")
        terminal.type("enough\n")
        at = terminal.expect("got ENOUGH", at)
        terminal.type("echo status $?\n")
        terminal.expect("status 4", at)
        terminal.type("exit\n")
        terminal.end()
        self.assertEqual(self.pyrometer("info", self.output).status, 0)

    def start_with_handlers(self, *numbers):
        """A program that ends with status 9 at the first of these signals, once it is ready."""
        program = self.work / "handler.py"
        program.write_text(textwrap.dedent(f"""\
            import signal, sys, time
            def leave(number, frame):
                print('caught', number, flush=True)
                sys.exit(9)
            for number in {[int(number) for number in numbers]}:
                signal.signal(number, leave)
            print('ready', flush=True)
            while True: time.sleep(0.05)
        """))
        process = self.start(*self.run_command(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process

    def check_caught(self, process, number):
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual((stdout, process.returncode), (b"caught %d\n" % number, 9), stderr)
        self.assertEqual(self.pyrometer("info", self.output).status, 0)

    def test_signals_sent_to_us_are_passed_on(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
                       signal.SIGALRM, signal.SIGWINCH, signal.SIGRTMIN + 2):
            with self.subTest(number=number):
                process = self.start_with_handlers(number)
                process.send_signal(number)
                self.check_caught(process, number)
                self.output.unlink()

    def test_a_signal_to_the_programs_own_group_comes_once(self):
        program = self.work / "group.py"
        program.write_text(textwrap.dedent("""\
            import os, signal, sys, time
            seen = []
            signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
            def leave(number, frame):
                print(len(seen), flush=True)
                sys.exit(9)
            signal.signal(signal.SIGUSR2, leave)
            os.kill(0, signal.SIGUSR1)
            while not seen: pass
            print('ready', flush=True)
            while True: time.sleep(0.05)
        """))
        process = self.start(*self.run_command(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.send_signal(signal.SIGUSR2)  # is passed on after anything that came before it
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual((stdout, process.returncode), (b"1\n", 9), stderr)

    def test_an_alarm_set_before_us_is_for_the_program(self):
        program = self.work / "alarm.py"
        program.write_text(textwrap.dedent("""\
            import signal, sys
            print('caught', signal.sigwait([signal.SIGALRM]), flush=True)
            sys.exit(9)
        """))
        # Blocked from the start, so that it does not matter when it comes.
        begin = textwrap.dedent("""\
            import os, signal, sys
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            os.execv(sys.argv[1], sys.argv[1:])
        """)
        process = self.start(PYTHON, "-c", begin, *self.run_command(program), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual((stdout, process.returncode), (b"caught %d\n" % signal.SIGALRM, 9), stderr)

    def test_a_terminal_that_hangs_up(self):
        program, told = self.work / "hangup.py", self.work / "told"
        program.write_text(textwrap.dedent(f"""\
            import pathlib, signal, sys, time
            def leave(number, frame):
                pathlib.Path({str(told)!r}).write_text(str(number))
                sys.exit(9)
            signal.signal(signal.SIGHUP, leave)
            print('ready', flush=True)
            while True: time.sleep(0.05)
        """))
        terminal = Terminal(self, *self.run_command(program))
        terminal.expect("ready")
        terminal.hang_up()
        terminal.process.wait(120)
        self.assertEqual(told.read_text(), str(int(signal.SIGHUP)))

    def process_state(self, pid):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def nothing_pending(self, pid):
        with open(f"/proc/{pid}/status") as file:
            return all(int(line.split()[1], 16) == 0 for line in file if line.startswith(("SigPnd", "ShdPnd")))

    def child_of(self, pid):
        def child():
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return next((int(word) for word in file.read().split()), None)

        return self.wait_until(child, "a child")

    def stop(self, program, ours):
        """Stops the program, and waits until Pyrometer knows it."""
        os.kill(program, signal.SIGSTOP)
        self.wait_until(lambda: self.process_state(program) == "T", "the stop")
        self.wait_until(lambda: self.nothing_pending(ours), "Pyrometer to be told")

    def test_somebody_else_stops_the_program_and_wakes_it(self):
        program = self.work / "lines.py"
        program.write_text("import sys\nprint('ready', flush=True)\nprint('got', input().upper(), flush=True)\n"
                           "sys.exit(4)\n")
        terminal = Terminal(self, "bash", "--norc", "--noediting", "-i", env={"PS1": "$ "})
        terminal.expect("$ ")
        terminal.type(" ".join(f"'{word}'" for word in self.run_command(program)) + "\n")
        at = terminal.expect("ready\n")
        ours = self.child_of(terminal.process.pid)
        child = self.child_of(ours)
        self.stop(child, ours)
        os.kill(child, signal.SIGCONT)
        terminal.type("one\n")
        at = terminal.expect("got ONE", at)
        terminal.type("echo status $?\n")
        terminal.expect("status 4", at)
        self.assertNotIn("Stopped", terminal.seen)
        terminal.type("exit\n")
        terminal.end()

    def test_sigcont_to_us_wakes_the_program(self):
        process = self.start_with_handlers(signal.SIGTERM)
        child = self.child_of(process.pid)
        self.stop(child, process.pid)
        process.send_signal(signal.SIGCONT)
        self.wait_until(lambda: self.process_state(child) != "T", "the program to go on")
        process.terminate()
        self.check_caught(process, signal.SIGTERM)

    def test_sigterm_that_nobody_catches(self):
        program = self.work / "wait.py"
        program.write_text("import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.05)\n")
        process = self.start(*self.run_command(program), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.terminate()
        self.assertEqual(process.wait(120), -signal.SIGTERM)

    def test_exit_statuses(self):
        for status in (0, 1, 2, 113, 255):
            with self.subTest(status=status):
                done = self.profile(PYTHON, "-c", f"raise SystemExit({status})")
                self.assertEqual(done.status, status, done)

    def test_a_programs_own_sigurg_handler_still_runs(self):
        program = self.work / "urgent.py"
        program.write_text(textwrap.dedent("""\
            import os, signal, threading, time
            seen = []
            signal.signal(signal.SIGURG, lambda number, frame: seen.append(number))
            for _ in range(5):
                before = len(seen)
                os.kill(os.getpid(), signal.SIGURG)
                while len(seen) == before: pass
            end = time.thread_time() + 0.3
            while time.thread_time() < end: pass
            print(len(seen), signal.getsignal(signal.SIGURG).__name__)
        """))
        done = self.profile(PYTHON, program, options=("--rate", "1000"))
        self.assertEqual((done.status, done.text), (0, "5 <lambda>\n"), done)
        self.assertGreater(self.recorded().samples, 5)

    def test_a_blocked_sigurg_is_read_from_outside(self):
        program = self.work / "blocked.py"
        program.write_text(textwrap.dedent("""\
            import signal, time
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
            def hidden():
                end = time.thread_time() + 0.5
                while time.thread_time() < end: pass
            hidden()
            print([signal.sigtimedwait([number], 0) for number in signal.sigpending()])
        """))
        done = self.profile(PYTHON, program, options=("--rate", "1000"))
        self.assertEqual((done.status, done.text), (0, "[]\n"), done)
        self.assertGreater(self.recorded().function("hidden")["self"], 5)

    def test_sleeps_of_c_code_are_hardly_ever_cut(self):
        """A signal for a sample may meet a thread that has just gone to sleep. Python's own sleep goes on; one of C code
        may return early, and how often it may is bounded here."""
        done = self.profile(PYTHON, PROGRAMS / "sleeping_c.py", options=("--rate", "1000"))
        self.assertEqual(done.status, 0, done)
        found = json.loads(done.text)
        self.assertEqual(found.pop("time.sleep")["cut"], 0, "Python's sleep was shorter than asked")
        for call, counts in found.items():
            share = counts["cut"] / counts["calls"]
            # A sampler that signalled sleepers would cut a fifth of the usleeps and two thirds of the polls.
            bound = 0.1 if call == "usleep" else 0.3
            self.assertLessEqual(share, bound, f"{call}: {counts['cut']} of {counts['calls']} were cut ({share:.2%})")
        self.assertGreater(self.recorded().samples, 20, "it was sampled")

    def test_children_are_waited_for_as_without_us(self):
        program = self.work / "child.py"
        program.write_text(textwrap.dedent("""\
            import subprocess, sys
            print(subprocess.run([sys.executable, '-c', 'import os; print(os.getppid() > 1); raise SystemExit(6)'],
                                 capture_output=True))
            import os
            pid = os.fork()
            if not pid: os._exit(8)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """))
        alone, ours = self.plain(PYTHON, program), self.profile(PYTHON, program)
        self.assertEqual((ours.status, ours.stdout, ours.stderr), (0, alone.stdout, b""), ours)


