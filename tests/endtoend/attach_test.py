"""`pyrometer attach`: a program that runs already is looked into from outside, and runs on unharmed."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import urllib.request

from harness import INTERPRETERS, PYROMETER, PYTHON, Recorded, marked_line, on_each_interpreter, on_two_interpreters
from refusals import NOBODY, Bad

# Ended by a line on its standard input; says what it has done meanwhile.
BUSY = """\
import select, sys
def busy():
    for i in range(1000): pass  # hot
def outer():
    busy()
rounds = 0
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for i in range(100): outer()
    rounds += 1
print("well", rounds > 0)
"""
ASLEEP = """\
import sys
def waits():
    sys.stdin.readline()  # hot
print("ready", flush=True)
waits()
print("well")
"""


class Attaching(Bad):
    def running(self, python, text, **variables):
        """A program of that text, which has said "ready"."""
        path = self.work / "app.py"
        path.write_text(text)
        more = [f"{name}={value}" for name, value in variables.items()]
        process = self.start("env", *more, python, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def ends_well(self, process):
        out, _ = process.communicate("\n", timeout=60)
        self.assertIn("well", out)
        self.assertEqual(process.returncode, 0)

    def attach(self, pid, *options, seconds=1.0, **more):
        self.output = self.work / "out.pyrometer"
        return self.pyrometer("attach", pid, "-d", seconds, "-o", self.output, *options, **more)

    def attached(self, pid, *options, **more):
        done = self.attach(pid, *options, **more)
        self.assertEqual(done.status, 0, done)
        return Recorded(self, self.output)

    def as_nobody(self):
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []

    def state_of(self, pid):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]

    def wait_for_state(self, pid, wanted):
        deadline = time.monotonic() + 60
        while self.state_of(pid) not in wanted:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)


@on_each_interpreter
class Programs(Attaching):
    def check_a_busy_one(self, python):
        """The same place as in process, and what its recording says of how it was made."""
        process = self.running(python, BUSY)
        recorded = self.attached(process.pid)
        hot = marked_line(self.work / "app.py")
        self.assertEqual(recorded.hottest_line(), ("app.py", hot))
        # Its whole time is below the module, and none is what it had used before.
        self.assertGreater(recorded.function("outer")["totalTime"], 0.5 * recorded.function("<module>")["totalTime"])
        self.assertLessEqual(recorded.run["time"], 1.5 * recorded.run["duration"])
        info = recorded.info
        self.assertTrue(info["attached"] and info["outside"] and not info["blocking"])
        self.assertEqual((info["end"], info["waitStatus"]), ("the program went on", None))
        self.assertGreater(info["looks"]["stacks"], 0)
        self.ends_well(process)

    def check_a_busy_one_blocking(self, python):
        process = self.running(python, BUSY)
        recorded = self.attached(process.pid, "--blocking")
        self.assertEqual(recorded.hottest_line(), ("app.py", marked_line(self.work / "app.py")))
        self.assertTrue(recorded.info["blocking"])
        # Nothing moved under the reader.
        self.assertEqual({key: recorded.info["looks"][key] for key in ("again", "torn", "unreadable")},
                         {"again": 0, "torn": 0, "unreadable": 0})
        self.ends_well(process)


@on_two_interpreters
class Sleepers(Attaching):
    def check_asleep(self, python):
        """In CPU time it has nothing to show, and the way to see more is named; in wall time its one line has all."""
        process = self.running(python, ASLEEP)
        self.wait_for_state(process.pid, "S")
        done = self.attach(process.pid)
        self.assertEqual(done.status, 0, done)
        self.assertRegex(done.errors, "hardly any\\s+CPU time")
        self.assertIn("--mode wall", done.errors)
        recorded = self.attached(process.pid, "--mode", "wall")
        self.assertEqual(recorded.hottest_line(), ("app.py", marked_line(self.work / "app.py")))
        self.assertGreater(recorded.function("waits")["totalTime"], 0.9 * recorded.run["time"])
        self.assertLess(abs(recorded.run["time"] / recorded.run["duration"] - 1), 0.2)
        self.ends_well(process)

    def check_a_web_server(self, python):
        """Asleep it waits; busy, its requests show, though each has a thread that lives for less than a period."""
        port_file = self.work / "port"
        server = self.work / "server.py"
        server.write_text("import http.server, pathlib\n"
                          "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n"
                          f"pathlib.Path({str(port_file)!r} + '.new').write_text(str(server.server_port))\n"
                          f"pathlib.Path({str(port_file)!r} + '.new').rename({str(port_file)!r})\n"
                          "server.serve_forever()\n")
        process = self.start(python, server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not port_file.exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.wait_for_state(process.pid, "S")
        recorded = self.attached(process.pid, "--mode", "wall")
        self.assertEqual(recorded.function("select")["totalTime"], recorded.run["time"])
        self.assertEqual(recorded.function("handle_one_request")["rows"], 0)

        attaching = self.start(PYROMETER, "attach", process.pid, "-o", self.work / "busy.pyrometer",
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = port_file.read_text()
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
        attaching.send_signal(signal.SIGINT)
        self.assertEqual(attaching.wait(timeout=60), 0)
        recorded = Recorded(self, self.work / "busy.pyrometer")
        self.assertGreater(recorded.function("process_request_thread")["totalTime"], 0.05 * recorded.run["time"])
        self.assertGreater(recorded.function("do_GET")["totalTime"], 0)
        self.assertGreater(recorded.function("serve_forever")["totalTime"], 0)
        # What is shown is what it has used, and no more.
        self.assertLess(recorded.run["time"], 1.2 * recorded.run["cpu"])
        self.assertGreater(recorded.run["time"], 0.5 * recorded.run["cpu"])
        self.assertEqual(urllib.request.urlopen(f"http://127.0.0.1:{port}/").status, 200)


class Manners(Attaching):
    def test_ctrl_c_ends_it_and_not_the_program(self):
        process = self.running(PYTHON, BUSY)
        output = self.work / "out.pyrometer"
        attaching = self.start(PYROMETER, "attach", process.pid, "-o", output, stderr=subprocess.PIPE, text=True)
        self.assertIn("Ctrl-C ends this", attaching.stderr.readline())
        self.assertIsNone(attaching.poll())
        attaching.send_signal(signal.SIGINT)
        self.assertEqual(attaching.wait(timeout=60), 0, attaching.stderr.read())
        self.assertTrue(output.exists() or "No samples" in attaching.stderr.read())
        self.ends_well(process)

    def test_its_end_ends_attaching(self):
        process = self.running(PYTHON, BUSY)
        attaching = self.start(PYROMETER, "attach", process.pid, "-o", self.work / "out.pyrometer",
                               stderr=subprocess.PIPE, text=True)
        attaching.stderr.readline()
        time.sleep(0.3)
        self.ends_well(process)
        _, errors = attaching.communicate(timeout=60)
        self.assertEqual(attaching.returncode, 0, errors)
        self.assertIn(self.ask("info", self.work / "out.pyrometer")["end"], ("the program ended", "exit status 0"))

    def test_killed_it_leaves_the_program_running(self):
        """Also while it holds threads."""
        process = self.running(PYTHON, BUSY)
        attaching = self.start(PYROMETER, "attach", process.pid, "--blocking", "--rate", "10000",
                               "-o", self.work / "out.pyrometer", stderr=subprocess.PIPE, text=True)
        attaching.stderr.readline()
        time.sleep(0.3)
        attaching.kill()
        attaching.wait(timeout=60)
        self.ends_well(process)

    def test_children_are_sampled_too(self):
        text = ("import subprocess, sys\n"
                "child = subprocess.Popen([sys.executable, 'child.py'], stdout=subprocess.PIPE, stdin=subprocess.PIPE)\n"
                "child.stdout.readline()\n"
                "print('ready', flush=True)\n"
                "sys.stdin.readline()\n"
                "child.communicate(b'\\n')\n"
                "print('well')\n")
        (self.work / "child.py").write_text(BUSY)
        process = self.running(PYTHON, text)
        recorded = self.attached(process.pid)
        self.assertEqual(recorded.hottest_line(), ("child.py", marked_line(self.work / "child.py")))
        self.assertEqual(recorded.run["time"] > 0 and recorded.info["processes"], 2)
        without = self.attached(process.pid, "--no-children")
        self.assertEqual((without.info["processes"], without.samples), (1, 0))
        self.ends_well(process)

    def test_a_shell_with_python_below(self):
        (self.work / "child.py").write_text(BUSY)
        process = self.start("/bin/sh", "-c", f"{PYTHON} child.py; true", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        recorded = self.attached(process.pid)
        self.assertEqual(recorded.hottest_line()[0], "child.py")
        self.assertTrue(any("no Python" in note for note in recorded.info["notes"]), recorded.info["notes"])
        self.refused(self.attach(process.pid, "--no-children"), str(process.pid), "no Python")
        self.ends_well(process)

    def test_an_unprivileged_user_on_own_processes(self):
        self.own(self.work)
        path = self.work / "app.py"
        path.write_text(BUSY)
        self.work.chmod(0o777)
        process = self.start(*self.as_nobody(), "/usr/bin/python3.11", path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        room = self.work / "room"
        room.mkdir()
        room.chmod(0o777)
        output = room / "out.pyrometer"
        done = self.unprivileged(PYROMETER, "attach", process.pid, "-d", 1, "-o", output)
        if "ptrace_scope" in done.errors:
            self.assertEqual(done.status, 1, done)
        else:
            self.assertEqual(done.status, 0, done)
            self.assertEqual(Recorded(self, output).hottest_line()[0], "app.py")
        self.ends_well(process)


class BadPids(Attaching):
    def test_no_number(self):
        for word in ("nonsense", "0", "-1", "99999999999999999999", "4711.5"):
            done = self.pyrometer("attach", word)
            self.refused(done)
            self.assertEqual(done.status, 2, done)
        self.assertEqual(self.pyrometer("attach").status, 2)

    def test_bad_options(self):
        for options in (["-d", "0"], ["-d", "nan"], ["-d", "-1"], ["--rate", "0"], ["--mode", "none"]):
            self.assertEqual(self.pyrometer("attach", os.getpid(), *options).status, 2, options)

    def test_no_such_process(self):
        ended = subprocess.Popen(["/bin/true"])
        ended.wait()
        self.refused(self.attach(ended.pid), f"process {ended.pid}", "no such process")
        self.assertFalse(self.output.exists())

    def test_a_zombie(self):
        ended = self.start("/bin/true")
        self.wait_for_state(ended.pid, "Z")
        self.refused(self.attach(ended.pid), f"process {ended.pid}", "zombie")

    def test_a_thread(self):
        process = self.running(PYTHON, "import threading, time\n"
                                       "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n" + ASLEEP)
        others = [int(tid) for tid in os.listdir(f"/proc/{process.pid}/task") if int(tid) != process.pid]
        self.refused(self.attach(others[0]), f"thread of process {process.pid}")
        self.ends_well(process)

    def test_no_python(self):
        process = self.start("/bin/sleep", "1000")
        self.wait_for_state(process.pid, "S")
        self.refused(self.attach(process.pid), f"process {process.pid}", "no Python", "sleep", "3.11")
        self.assertFalse(self.output.exists())

    def test_another_users(self):
        if os.geteuid() != 0:
            done = self.attach(1)
        else:
            done = self.unprivileged(PYROMETER, "attach", self.running(PYTHON, ASLEEP).pid)
        self.refused(done, "belongs to user root", "sudo")

    def test_closed_to_others(self):
        """PR_SET_DUMPABLE 0."""
        self.work.chmod(0o777)
        self.own(self.work)
        path = self.work / "app.py"
        path.write_text("import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n" + ASLEEP)
        process = self.start(*self.as_nobody(), "/usr/bin/python3.11", path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        done = self.unprivileged(PYROMETER, "attach", process.pid)
        self.refused(done, f"process {process.pid}")
        self.assertRegex(done.errors, "PR_SET_DUMPABLE|ptrace_scope")
        self.ends_well(process)

    def forbidding(self, *numbers):
        """A program that starts another one without these system calls (x86-64's)."""
        rules = "".join(f"(0x15, 0, 1, {number}), (0x06, 0, 0, 0x00050001)," for number in numbers)
        path = self.work / "forbid.py"
        path.write_text(f"""\
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
rules = [(0x20, 0, 0, 0), {rules} (0x06, 0, 0, 0x7fff0000)]
code = b"".join(struct.pack("HBBI", *rule) for rule in rules)
room = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(room))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
""")
        return [PYTHON, path]

    def test_reading_forbidden(self):
        process = self.running(PYTHON, ASLEEP)
        done = self.execute([*self.forbidding(310), PYROMETER, "attach", process.pid])
        self.refused(done, f"process {process.pid}", "process_vm_readv")
        self.assertRegex(done.errors, "seccomp|ptrace_scope")
        self.ends_well(process)

    def test_ptrace_forbidden(self):
        """It is only --blocking that needs it."""
        process = self.running(PYTHON, BUSY)
        forbidding = self.forbidding(101)
        done = self.execute([*forbidding, PYROMETER, "attach", process.pid, "--blocking"])
        self.refused(done, f"process {process.pid}", "ptrace")
        done = self.execute([*forbidding, PYROMETER, "attach", process.pid, "-d", 0.5, "-o", self.work / "o.pyrometer"])
        self.assertEqual(done.status, 0, done)
        self.ends_well(process)

    def test_held_by_a_debugger(self):
        """--blocking says so; without it, reading goes on beside the debugger."""
        process = self.running(PYTHON, BUSY)
        tracer = self.start(PYTHON, "-c", "import ctypes, sys\n"
                            f"assert ctypes.CDLL(None).ptrace(0x4206, {process.pid}, 0, 0) == 0\n"
                            "print('held', flush=True)\nsys.stdin.readline()", stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
        self.assertEqual(tracer.stdout.readline(), "held\n")
        self.refused(self.attach(process.pid, "--blocking"), str(tracer.pid), "debugger")
        self.assertEqual(self.attached(process.pid).hottest_line()[0], "app.py")
        tracer.communicate("\n", timeout=60)
        self.ends_well(process)

    def test_stopped(self):
        """It runs nothing, and that is said; nothing wakes it."""
        process = self.running(PYTHON, BUSY)
        process.send_signal(signal.SIGSTOP)
        self.wait_for_state(process.pid, "T")
        for options in ([], ["--blocking"]):
            done = self.attach(process.pid, *options)
            self.assertEqual(done.status, 0, done)
            self.assertIn("was stopped", done.errors)
            self.assertEqual(self.state_of(process.pid), "T")
        recorded = self.attached(process.pid, "--mode", "wall")
        self.assertGreater(recorded.function("<module>")["totalTime"], 0.9 * recorded.run["time"])
        process.send_signal(signal.SIGCONT)
        self.ends_well(process)

    def test_killed_while_attached(self):
        process = self.running(PYTHON, BUSY)
        attaching = self.start(PYROMETER, "attach", process.pid, "--blocking", "--rate", "5000",
                               "-o", self.work / "out.pyrometer", stderr=subprocess.PIPE, text=True)
        attaching.stderr.readline()
        time.sleep(0.3)
        process.kill()
        _, errors = attaching.communicate(timeout=60)
        self.assertEqual(attaching.returncode, 0, errors)
        self.assertGreater(Recorded(self, self.work / "out.pyrometer").samples, 0)

    def test_many_that_end_at_once(self):
        """Whatever the moment: an answer, and nothing that hangs."""
        for wait in (0, 0.005, 0.01, 0.02, 0.04, 0.08):
            short = self.start(PYTHON, "-c", "x = sum(range(100000))")
            time.sleep(wait)
            done = self.attach(short.pid, seconds=5, timeout=60)
            self.assertIn(done.status, (0, 1), done)
            self.assertRegex(done.errors, r"(?m)^pyrometer", done)

    def test_in_another_mount_namespace(self):
        """Its files are found where it has them."""
        hidden = self.work / "hidden"
        hidden.mkdir()
        script = self.work / "start.sh"
        (self.work / "aside.py").write_text(BUSY)
        script.write_text(f"mount -t tmpfs none {hidden} && cp {self.work}/aside.py {hidden}/inside.py &&"
                          f" exec {PYTHON} {hidden}/inside.py\n")
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        process = self.start("unshare", *user, "--mount", "/bin/sh", script, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        recorded = self.attached(process.pid)
        self.assertEqual(recorded.hottest_line(), ("inside.py", marked_line(self.work / "aside.py")))
        self.assertIn("def outer", self.pyrometer("lines", self.output, "inside.py").text)
        self.ends_well(process)

    def test_in_another_pid_namespace(self):
        """Its threads have other ids there than here."""
        (self.work / "app.py").write_text(BUSY)
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        process = self.start("unshare", *user, "--pid", "--fork", "--kill-child", PYTHON, "app.py", stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        inside = int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
        recorded = self.attached(inside)
        self.assertEqual(recorded.hottest_line()[0], "app.py")
        self.ends_well(process)


class Upgraded(Attaching):
    def own_python(self):
        """A copy of the system's interpreter, to be deleted or replaced."""
        path = self.work / "python3.11"
        shutil.copy("/usr/bin/python3.11", path)
        return path

    def test_interpreter_deleted(self):
        python = self.own_python()
        process = self.running(python, BUSY, PYTHONHOME="/usr")
        python.unlink()
        self.assertEqual(self.attached(process.pid).hottest_line()[0], "app.py")
        self.ends_well(process)

    def test_interpreter_replaced(self):
        """What has its name now is not believed to be what runs."""
        python = self.own_python()
        process = self.running(python, BUSY, PYTHONHOME="/usr")
        other = self.work / "other"
        shutil.copy("/bin/true", other)
        other.rename(python)
        self.assertEqual(self.attached(process.pid).hottest_line()[0], "app.py")
        self.ends_well(process)

    def test_library_deleted(self):
        """Whoever has the right reads the mapping itself; others are told what has happened."""
        # It has its library in a file of its own, though the program has not.
        home = (INTERPRETERS / "python3.9").resolve().parent.parent
        library = next(home.glob("lib/*/libpython3.9.so.1.0"))
        copy = self.work / library.name
        shutil.copy(library, copy)
        source, program = self.work / "program.c", self.work / "program"
        source.write_text("int Py_BytesMain(int, char**);\n"
                          "int main(int count, char** words) { return Py_BytesMain(count, words); }\n")
        subprocess.run(["cc", "-o", program, source, copy, f"-Wl,-rpath,{self.work}", "-Wl,--allow-shlib-undefined"],
                       check=True)
        process = self.running(program, BUSY, PYTHONHOME=home)
        maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text()
        self.assertIn(str(copy), maps)
        copy.unlink()
        done = self.attach(process.pid)
        if done.status == 0:
            self.assertEqual(Recorded(self, self.output).hottest_line()[0], "app.py")
        else:
            self.refused(done, "libpython", "deleted or replaced", "root")
        self.ends_well(process)


class Terminal(Attaching):
    def test_status_line(self):
        """On a terminal it says how it goes, twice a second, in one line that is gone at the end."""
        import pty
        process = self.running(PYTHON, BUSY)
        ours, theirs = pty.openpty()
        attaching = subprocess.Popen([PYROMETER, "attach", str(process.pid), "-o", str(self.work / "out.pyrometer")],
                                     stderr=theirs, env=self.env | {"TERM": "xterm"})
        os.close(theirs)
        text = b""
        deadline = time.monotonic() + 60
        while not re.search(rb"samples, hottest: app.py:\d+ with", text):
            self.assertLess(time.monotonic(), deadline, text)
            text += os.read(ours, 65536)
        attaching.send_signal(signal.SIGTERM)
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(ours)
        self.assertEqual(attaching.wait(timeout=60), 0)
        self.assertIn(b"\r\x1b[K", text.split(b"Written")[0][-4000:])
        self.ends_well(process)


del Attaching, Bad
