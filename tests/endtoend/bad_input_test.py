"""What goes wrong on the user's side gets a message that says what, where and what to do: never a crash, a hang, a
half-written file or a silent nothing. A test for each way."""

import os
import random
import shlex
import shutil
import stat
import subprocess

from harness import PROGRAMS, PYROMETER, PYTHON, TOP, Finished
from refusals import Bad


class Programs(Bad):
    def test_no_such_program(self):
        self.refused(self.profile(PYTHON, "nothing_here.py"), "nothing_here.py")
        self.refused(self.pyrometer("run", "--", "nothing_here.py"), "nothing_here.py")
        self.refused(self.pyrometer("run", "no-such-command-anywhere"), "no-such-command-anywhere")
        self.assertFalse(self.output.exists())

    def test_no_program_at_all(self):
        self.refused(self.pyrometer("run"))

    def test_a_directory(self):
        (self.work / "folder").mkdir()
        self.refused(self.profile(PYTHON, "folder"), "folder")
        self.assertFalse(self.output.exists())

    def test_a_folder_that_can_be_run_is_run(self):
        """A folder with a __main__.py is a program to Python, so it is to us."""
        folder = self.work / "app"
        folder.mkdir()
        (folder / "__main__.py").write_text("print('main of a folder')\n")
        done = self.profile(PYTHON, folder)
        self.assertEqual((done.status, done.text), (0, "main of a folder\n"), done)

    def test_not_python(self):
        done = self.pyrometer("run", "/bin/true")
        self.assertEqual(done.status, 0, "it ran, and its status is its own")
        self.assertRegex(done.errors, "No Python was sampled: /bin/true")
        self.refused(self.pyrometer("run", "--python", "/bin/true", PROGRAMS / "short.py"), "/bin/true")
        self.refused(self.pyrometer("run", "--python", "/no/python", PROGRAMS / "short.py"), "/no/python")

    def test_not_python_a_broken_file(self):
        broken = self.work / "broken"
        broken.write_bytes(b"\x7fELF" + bytes(range(200)))
        broken.chmod(0o755)
        self.refused(self.pyrometer("run", "--python", broken, PROGRAMS / "short.py"), "broken")

    def test_program_that_is_not_python_source(self):
        """The interpreter itself says so best: its message, its status."""
        path = self.work / "words.py"
        path.write_text("this is not Python\n")
        alone, ours = self.plain(PYTHON, path), self.profile(PYTHON, path)
        self.assertEqual((ours.status, ours.stderr), (alone.status, alone.stderr))

    def test_python_too_old(self):
        path = self.fake_python("2.7.18", 0x020712F0)
        done = self.pyrometer("run", "--python", path, PROGRAMS / "short.py")
        self.refused(done, "2.7", "3.11")

    def test_python_unknown(self):
        path = self.fake_python("3.99.0", 0x036300F0)
        done = self.pyrometer("run", "--python", path, PROGRAMS / "short.py")
        self.refused(done, "3.99", "3.11")

    def fake_python(self, version, number):
        """An ELF program that says it is that Python, in every way that we might ask: -V, -c, and the version in the
        memory image (`Py_Version`)."""
        source = self.work / "fake.cpp"
        source.write_text(f"""\
            #include <cstdio>
            #include <cstring>
            extern "C" {{
            __attribute__((visibility("default"), used)) extern const unsigned long Py_Version = {number:#x};
            __attribute__((visibility("default"), used, section(".PyRuntime"))) char _PyRuntime[4096] = {{1}};
            __attribute__((visibility("default"), used)) const char* Py_GetVersion() {{ return "{version} (main)"; }}
            }}
            int main(int argc, char** argv) {{
              if (argc == 2 && (!strcmp(argv[1], "-V") || !strcmp(argv[1], "--version"))) puts("Python {version}");
              return 0;
            }}
            """)
        path = self.work / f"python{version.rsplit('.', 1)[0]}"
        subprocess.run(["g++", "-rdynamic", "-o", path, source], check=True, capture_output=True)
        return path

    def test_not_readable(self):
        path = self.work / "secret.py"
        path.write_text("print('secret')\n")
        path.chmod(0o000)
        self.work.chmod(0o777)
        done = self.unprivileged(PYROMETER, "run", "--python", "/usr/bin/python3.11", path)
        self.refused(done, "secret.py", "ermission")

    def test_not_readable_profile(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "short.py").status, 0)
        self.output.chmod(0o000)
        self.refused(self.unprivileged(PYROMETER, "show", self.output), str(self.output), "ermission")

    def test_static_interpreter(self):
        path = self.work / "python3.11"
        source = TOP / "tests" / "unit" / "run" / "static_python.cpp"
        subprocess.run(["g++", "-static", "-o", path, source], check=True, capture_output=True)
        done = self.pyrometer("run", "--python", path, PROGRAMS / "short.py")
        self.refused(done, str(path), "statically linked", "--outside")

    def test_setuid_interpreter(self):
        path = self.work / "python3.11"
        shutil.copy("/usr/bin/python3.11", path)
        path.chmod(0o4755)
        self.assertTrue(path.stat().st_mode & stat.S_ISUID)
        self.work.chmod(0o777)
        done = self.unprivileged(PYROMETER, "run", "--python", path, PROGRAMS / "short.py")
        self.refused(done, str(path), "set-user-ID")


class Output(Bad):
    def test_output_into_a_folder_that_does_not_exist(self):
        target = self.work / "nowhere" / "out.pyrometer"
        self.refused(self.profile(PYTHON, PROGRAMS / "short.py", output=target), str(target.parent))
        self.assertFalse(target.parent.exists())

    def test_output_into_a_folder_that_cannot_be_written(self):
        place = self.work / "locked"
        place.mkdir(mode=0o555)
        target = place / "out.pyrometer"
        self.work.chmod(0o777)
        done = self.unprivileged(PYROMETER, "run", "--python", "/usr/bin/python3.11", "-o", target,
                                 PROGRAMS / "short.py")
        self.refused(done, str(place), "ermission")
        self.assertEqual(list(place.iterdir()), [])

    def test_output_that_is_a_folder(self):
        self.refused(self.profile(PYTHON, PROGRAMS / "short.py", output=self.work), str(self.work))

    def test_export_into_a_folder_that_does_not_exist(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "short.py").status, 0)
        target = self.work / "nowhere" / "out.txt"
        self.refused(self.pyrometer("export", self.output, "--to", "collapsed", "-o", target), str(target))

    def test_export_to_an_unknown_format(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "short.py").status, 0)
        self.refused(self.pyrometer("export", self.output, "--to", "marble"), "marble", "speedscope")

    def test_two_runs_with_one_output(self):
        """Both end well, and the file is whole: it is one of the two."""
        target = self.work / "same.pyrometer"
        command = [PYROMETER, "run", "--quiet", "--python", PYTHON, "-o", target, "--"]
        runs = [self.start(*command, PROGRAMS / name, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for name in ("recursion.py", "decorators.py")]
        ends = [Finished(run.wait(60), run.stdout.read(), run.stderr.read()) for run in runs]
        for end in ends:
            self.assertIn(end.status, (0, 1, 2), end)
            if end.status:  # refused: then the program was not started, and the message says why
                self.refused(end, str(target))
        self.assertTrue(any(end.status == 0 for end in ends), ends)
        functions = {row["name"] for row in self.ask("show", target, "flat", "--all")["functions"] if row["self"]}
        self.assertEqual(len(functions & {"work", "busy"}), 1, functions)
        self.assertEqual([path.name for path in self.work.iterdir()], [target.name], "nothing lies about")


class Limits(Bad):
    def limited(self, limit, *arguments):
        command = " ".join(shlex.quote(str(word)) for word in arguments)
        return self.execute(["bash", "-c", f"ulimit {limit}; exec {command}"])

    def honest(self, done, *expected):
        """The program ran to its right end, and we say what is missing; or it was refused with a message."""
        self.assertGreaterEqual(done.status, 0, done)
        self.assertNotIn("terminate called", done.errors)
        self.assertRegex(done.errors, "(?i)" + "|".join(expected), done)
        self.assertRegex(done.errors, "(?m)^(pyrometer|note): ", done)
        self.assertIn((done.status, done.text), ((0, "over\n"), (125, "")), done)

    def test_no_memory_for_the_ring_address_space(self):
        for kilobytes in (60_000, 40_000, 25_000):
            with self.subTest(kilobytes=kilobytes):
                done = self.limited(f"-v {kilobytes}", PYROMETER, "run", "--python", PYTHON, PROGRAMS / "short.py")
                if done.status == 127 or "error while loading shared libraries" in done.errors:
                    continue  # not even the loader has room: not ours to say
                if done.status == 0 and "sampl" in done.errors and not self.complains(done):
                    continue  # there was room enough
                self.honest(done, "memory", "ulimit")

    def complains(self, done):
        return any(word in done.errors.lower() for word in ("memory", "ulimit"))

    def test_no_memory_for_the_ring_file_size(self):
        done = self.limited("-f 1", PYROMETER, "run", "--python", PYTHON, PROGRAMS / "short.py")
        self.honest(done, "file size", "ulimit", "too large", "memory")

    def test_no_descriptors(self):
        for limit in (3, 5, 8, 12):
            with self.subTest(limit=limit):
                done = self.limited(f"-n {limit}", PYROMETER, "run", "--python", PYTHON, PROGRAMS / "short.py")
                if "error while loading shared libraries" in done.errors:
                    continue
                if done.status == 0 and "over" in done.text:
                    continue
                self.honest(done, "open files", "ulimit", "descriptor")

    def on_small_disk(self, script):
        """Runs a shell script with $disk, a file system of one megabyte that only it sees."""
        disk = self.folder / "disk"
        disk.mkdir()
        text = f"mount -t tmpfs -o size=1m,mode=777 none {disk} && disk={disk} && {script}"
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
        return self.execute([*alone, "sh", "-c", text])

    def test_disk_full_bundle(self):
        # One page is left: less than any recording.
        script = f"""
            head -c 1044000 /dev/zero >$disk/filler
            {PYROMETER} run --quiet --python {PYTHON} -o $disk/out.pyrometer {PROGRAMS}/recursion.py
            echo "status $?" >&2
            ls $disk"""
        done = self.on_small_disk(script)
        self.assertIn("out.pyrometer", done.errors)
        self.assertRegex(done.errors, "(?i)no space|full", done)
        self.assertNotIn("terminate", done.errors)
        self.assertIn("makes a kept run of it", done.errors)
        again = self.pyrometer("run", "--python", PYTHON, PROGRAMS / "short.py")
        self.assertRegex(again.errors, "recovered .*recursion", "what was promised is true")
        self.assertEqual(done.text.split(), [self.plain(PYTHON, PROGRAMS / "recursion.py").text.strip(), "filler"],
                         "the program's output is whole, and no half-written file is left")

    def test_disk_full_state_folder(self):
        """The recording cannot be kept as it grows: the program runs to its end all the same, and it is said."""
        script = f"""
            mkdir $disk/state && head -c 1020000 /dev/zero >$disk/filler
            XDG_STATE_HOME=$disk/state {PYROMETER} run --python {PYTHON} {PROGRAMS}/recursion.py"""
        done = self.on_small_disk(script)
        self.assertRegex(done.errors, "(?i)no space|full", done)
        self.assertIn(self.plain(PYTHON, PROGRAMS / "recursion.py").text, done.text)

    def test_disk_full_state_folder_with_an_output_elsewhere(self):
        """The run is whole where -o says: from the start on without a recording, or with one that ends early."""
        for filler in (1_048_576, 1_020_000):
            with self.subTest(filler=filler):
                self.output = self.work / f"{filler}.pyrometer"
                shutil.rmtree(self.folder / "disk", ignore_errors=True)
                script = f"""
                    mkdir $disk/state && head -c {filler} /dev/zero >$disk/filler 2>/dev/null
                    XDG_STATE_HOME=$disk/state {PYROMETER} run --python {PYTHON} --rate 5000 -o {self.output} \
                        {PROGRAMS}/recursion.py
                    find $disk/state -name 'recursion*' -o -name '*.pyrometer'"""
                done = self.on_small_disk(script)
                self.assertRegex(done.errors, "(?i)no space|full", done)
                self.assertIn("Written.", done.errors)
                self.assertEqual(done.text, self.plain(PYTHON, PROGRAMS / "recursion.py").text, "nothing is left there")
                recorded = self.recorded()
                self.assertEqual(recorded.hottest_function(), "work")
                self.assertTrue(recorded.info["finished"])
                self.assertEqual(recorded.info["damage"], [])
                self.assertIn("def descend(depth):", self.pyrometer("lines", self.output, "recursion.py").text)

    def test_disk_full_state_folder_says_what_is_kept(self):
        """Without -o there is no other place: nothing may claim that the run is kept."""
        script = f"""
            mkdir $disk/state && head -c 1048576 /dev/zero >$disk/filler 2>/dev/null
            XDG_STATE_HOME=$disk/state {PYROMETER} run --python {PYTHON} {PROGRAMS}/recursion.py
            find $disk/state -name 'recursion*'"""
        done = self.on_small_disk(script)
        self.assertNotRegex(done.errors, "Kept|next pyrometer run", done)
        self.assertRegex(done.errors, "(?m)^pyrometer: .*(full|not be kept)", done)
        self.assertEqual(done.text, self.plain(PYTHON, PROGRAMS / "recursion.py").text, "nothing is left there")

    def test_disk_full_export(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py").status, 0)
        for form in ("vmprof", "collapsed", "speedscope"):
            with self.subTest(form=form):
                shutil.rmtree(self.folder / "disk", ignore_errors=True)
                script = f"""
                    head -c 1048576 /dev/zero >$disk/filler 2>/dev/null
                    {PYROMETER} export {self.output} --to {form} -o $disk/out.file
                    echo "status $?"
                    ls $disk"""
                done = self.on_small_disk(script)
                self.assertNotIn("status 0", done.text)
                self.assertRegex(done.errors, "(?i)no space|full", done)
                self.assertIn("out.file", done.errors)
                self.assertEqual(done.text.split()[2:], ["filler"], "no half-written file")


class Profiles(Bad):
    def read_all(self, path):
        """Every command that reads a profile, on this file."""
        yield self.pyrometer("show", path)
        yield self.pyrometer("show", path, "tree")
        yield self.pyrometer("info", path)
        yield self.pyrometer("lines", path, PROGRAMS / "short.py")
        yield self.pyrometer("export", path, "--to", "collapsed", "-o", self.work / "out.txt")

    def test_profile_that_does_not_exist(self):
        for done in self.read_all(self.work / "none.pyrometer"):
            self.refused(done, "none.pyrometer")

    def test_profile_that_is_a_folder_of_something_else(self):
        for done in self.read_all(self.work):
            self.refused(done, str(self.work))

    def test_profile_that_is_empty(self):
        path = self.work / "empty.pyrometer"
        path.touch()
        for done in self.read_all(path):
            self.refused(done, "empty")
        self.assertFalse((self.work / "out.txt").exists())

    def test_profile_of_random_bytes(self):
        dice = random.Random(7)
        for size in (1, 63, 64, 1000, 100_000):
            path = self.work / f"random{size}"
            path.write_bytes(dice.randbytes(size))
            for done in self.read_all(path):
                self.refused(done, path.name)

    def test_profile_that_is_cut(self):
        """Whatever the cut leaves is shown or refused, never a crash; what is shown says that something is missing."""
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py").status, 0)
        vmprof = self.work / "out.vmprof"
        self.assertEqual(self.pyrometer("export", self.output, "--to", "vmprof", "-o", vmprof).status, 0)
        for whole in (self.output, vmprof):
            data = whole.read_bytes()
            path = self.work / ("cut" + whole.suffix)
            for share in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
                with self.subTest(kind=whole.suffix, share=share):
                    path.write_bytes(data[:int(len(data) * share)])
                    done = self.pyrometer("info", path)
                    self.assertGreaterEqual(done.status, 0, done)
                    if done.status:
                        self.refused(done, path.name)
                    else:
                        self.assertRegex(done.text + done.errors, "(?i)cut|damage|missing|incomplete|end", done)

    def test_bundle_that_is_cut_gives_what_is_in_it(self):
        """Samples come before source texts: those that are there are shown, and it is told where the file is cut."""
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py", options=("--rate", "1000")).status, 0)
        whole, data = self.recorded(), self.output.read_bytes()
        samples = data.index(b"PYROSMP1")
        end = data.index(b"PK\x03\x04", samples)
        # The last fiftieth of the stream is less than half of the samples; code is described at its beginning.
        for size, least in ((len(data) - 1, whole.samples), (end, whole.samples),
                            (end - (end - samples) // 50, whole.samples // 2)):
            with self.subTest(size=size, of=len(data), end=end):
                self.output.write_bytes(data[:size])
                cut = self.recorded()
                self.assertGreaterEqual(cut.samples, least)
                self.assertLessEqual(cut.samples, whole.samples)
                self.assertEqual(cut.hottest_function(), whole.hottest_function())
                self.assertEqual(cut.run["command"], whole.run["command"])
                offset = cut.info["damage"][0]["offset"]
                self.assertTrue(0 < offset <= size, cut.info["damage"])
                self.assertIn("cut or damaged here", cut.info["damage"][0]["what"])
                self.assertIn("cut", self.pyrometer("show", self.output).text)

    def test_profile_with_changed_bytes(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py").status, 0)
        data = bytearray(self.output.read_bytes())
        dice = random.Random(3)
        path = self.work / "changed.pyrometer"
        for _ in range(30):
            changed = bytearray(data)
            for _ in range(dice.randint(1, 20)):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            path.write_bytes(changed)
            done = self.pyrometer("show", path)
            self.assertGreaterEqual(done.status, 0, done)
            if done.status:
                self.refused(done)

    def test_source_that_is_not_in_the_profile(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py").status, 0)
        self.refused(self.pyrometer("lines", self.output, PROGRAMS / "threads.py"), "threads.py")


class CommandLine(Bad):
    def test_unknown_words(self):
        for words in (("dance",), ("show",), ("run", "--speed", "fast", "x.py"), ("show", "x", "sideways"),
                      ("run", "--mode", "lunar", "x.py")):
            with self.subTest(words=words):
                self.refused(self.pyrometer(*words))

    def test_output_pipe_that_is_closed(self):
        self.assertEqual(self.profile(PYTHON, PROGRAMS / "recursion.py").status, 0)
        done = self.execute(["bash", "-c", f"'{PYROMETER}' show '{self.output}' --all | head -n 1; exit ${{PIPESTATUS[0]}}"])
        self.assertNotIn("terminate", done.errors)
        self.assertLess(len(done.errors), 200)


del Bad
