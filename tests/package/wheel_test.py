"""The wheel: what is in it, that it installs without a network, and that what it installs works."""

import os
import re
import subprocess
import sys
import zipfile

from packaged import Case, TOP, WHEEL
from harness import PYTHON


class Wheel(Case):
    def test_contents(self):
        with zipfile.ZipFile(WHEEL) as archive:
            names = archive.namelist()
            entry = archive.getinfo("pyrometer/bin/pyrometer")
            self.assertEqual(entry.external_attr >> 16 & 0o777, 0o755)
            self.assertTrue(all(info.date_time[0] == 1980 for info in archive.infolist()))
            metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        for wanted in ("pyrometer/lib/pyrometer/libpyrometer_sampler.so", "pyrometer/__init__.py",
                       "pyrometer/__main__.py", "pyrometer/lib/licenses/libzip4"):
            self.assertIn(wanted, names)
        self.assertFalse([name for name in names if "__pycache__" in name])
        self.assertIn("Requires-Python: >=3.9", metadata)
        version = re.search(r"project\(pyrometer VERSION (\S+)", (TOP / "CMakeLists.txt").read_text())[1]
        self.assertIn(f"Version: {version}\n", metadata)

    def test_record(self):
        """Debian's `wheel` compares every file with its digest."""
        done = self.execute(["/usr/bin/python3", "-m", "wheel", "unpack", "--dest", self.work / "unpacked", WHEEL])
        self.assertEqual(done.status, 0, done)

    def test_tag_is_true(self):
        """No binary in it asks for more of the system than the tag says."""
        promised = tuple(map(int, re.search(r"manylinux_(\d+)_(\d+)_x86_64", WHEEL.name).groups()))
        with zipfile.ZipFile(WHEEL) as archive:
            archive.extractall(self.work)
        for path in (self.work / "pyrometer").rglob("*"):
            if path.is_file() and path.open("rb").read(4) == b"\x7fELF":
                dynamic = subprocess.run(["readelf", "-dV", path], capture_output=True, text=True, check=True).stdout
                for found in re.findall(r"GLIBC_(\d+)\.(\d+)", dynamic):
                    self.assertLessEqual(tuple(map(int, found)), promised, path)
                for needed in re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic):
                    beside = (self.work / "pyrometer" / "lib" / needed).exists()
                    self.assertTrue(beside or needed.startswith(("libc.", "libm.", "ld-linux")), f"{path}: {needed}")

    def test_built_twice_is_equal(self):
        again = subprocess.run([sys.executable, TOP / "sampler" / "python" / "build_wheel.py",
                                os.path.dirname(os.path.dirname(os.environ["PYROMETER"])), self.work],
                               stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        with open(again, "rb") as file:
            self.assertEqual(file.read(), WHEEL.read_bytes())

    def test_virtual_environment(self):
        """As a user does it: venv, pip install, import, python -m, the command."""
        done = self.execute(["/usr/bin/python3", "-m", "venv", self.work / "venv"])
        self.assertEqual(done.status, 0, done)
        del self.env["PYTHONPATH"]
        python = self.work / "venv" / "bin" / "python"
        done = self.execute([python, "-m", "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check",
                             WHEEL])
        self.assertEqual(done.status, 0, done)
        (self.work / "app.py").write_text("import time\ndef spin():\n  while time.process_time() < 0.4: pass\nspin()\n"
                                          "import sys; print(sys.prefix, sys.argv[1:])\n")
        done = self.execute([python, "-m", "pyrometer", "-o", "out.prof", "app.py", "-x", "y"])
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.text, f"{self.work / 'venv'} ['-x', 'y']\n")
        code = "import pyrometer; print([n for n, _ in pyrometer.read_profile('out.prof').top_profile() if 'spin' in n])"
        done = self.execute([python, "-c", code])
        self.assertIn(":spin:2:", done.text, done)
        done = self.execute([self.work / "venv" / "bin" / "pyrometer", "show", "out.prof"])
        self.assertIn("spin", done.text, done)
        self.assertEqual(self.execute([python, "-m", "pip", "check"]).status, 0)


class Module(Case):
    """python -m pyrometer, for those who know python -m vmprof."""

    def setUp(self):
        super().setUp()
        self.env["PYTHONPATH"] = os.environ["PYROMETER_TEST_SITE"]
        (self.work / "app.py").write_text("import time\nwhile time.process_time() < 0.3: pass\n"
                                          "raise SystemExit(5)\n")

    def module(self, *words):
        return self.execute([PYTHON, "-m", "pyrometer", *words])

    def test_options(self):
        for options in (["--mem", "--lines", "-p", "0.002"], ["--no-native", "--period", "0.002"],
                        ["--config", "settings.ini"]):
            (self.work / "settings.ini").write_text("[global]\nperiod = 0.002\nmem = yes\nlines = yes\n")
            done = self.module("-o", "out.pyrometer", *options, "app.py")
            self.assertEqual(done.status, 5, done)
            self.assertEqual(self.ask("info", "out.pyrometer")["rateAsked"], 500)
            (self.work / "out.pyrometer").unlink()

    def test_config(self):
        """With a heading and without one; the command line wins."""
        for heading in ("", "[global]\n"):
            (self.work / "settings.ini").write_text(heading + "output = by_file.prof\nweb-url = http://vmprof.com\n"
                                                    "web-auth = secret\n")
            done = self.module("--config", "settings.ini", "app.py")
            self.assertEqual(done.status, 5, done)
            self.assertTrue((self.work / "by_file.prof").exists())
            self.assertIn("web-url does nothing: vmprof's server is gone", done.errors)
            self.assertIn("web-auth does nothing", done.errors)
            self.assertNotIn("secret", done.errors)
            done = self.module("--config", "settings.ini", "-o", "by_flag.prof", "app.py")
            self.assertEqual(done.status, 5, done)
            self.assertTrue((self.work / "by_flag.prof").exists())
            (self.work / "by_file.prof").unlink()
            (self.work / "by_flag.prof").unlink()

    def test_server(self):
        done = self.module("--web-url", "http://localhost", "--web-auth", "secret", "-o", "out.prof", "app.py")
        self.assertEqual(done.status, 5, done)
        self.assertIn("--web-url does nothing", done.errors)
        done = self.module("--web", "app.py")
        self.assertEqual(done.status, 125, done)
        self.assertIn("nothing is sent anywhere", done.errors)

    def test_other_commands(self):
        self.assertIn("pyrometer 0.", self.module("--version").text)
        self.assertIn("Usage: pyrometer run", self.module("--help").text)
        self.assertIn("nothing.py: no such program", self.module("nothing.py").errors)
        self.module("-o", "out.prof", "app.py")
        self.assertIn("app.py", self.module("show", "out.prof").text)
