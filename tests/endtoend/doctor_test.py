"""`pyrometer doctor`: what works here, what does not, and what to do about it."""

import json
import pathlib
import shutil
import subprocess

from harness import PYROMETER, PYTHON, Case, on_each_interpreter

NAMES = ["interpreter", "preload", "attach", "ptrace", "perf", "memory", "state folder", "debug symbols", "editors"]


class Doctoring(Case):
    def findings(self, *options, status=0, **more):
        done = self.pyrometer("doctor", "--json", *options, **more)
        self.assertEqual(done.status, status, done)
        said = json.loads(done.stdout)
        self.assertEqual(said["broken"], status != 0)
        self.assertEqual([finding["name"] for finding in said["findings"]], NAMES)
        for finding in said["findings"]:
            self.assertIn(finding["verdict"], ("fine", "limited", "broken"))
            self.assertTrue(finding["text"], finding)
            if finding["verdict"] != "fine":
                self.assertTrue(finding["advice"] or "not " in finding["text"], finding)
        return {finding["name"]: finding for finding in said["findings"]}


@on_each_interpreter
class Interpreters(Doctoring):
    def check_found_and_loaded(self, python):
        found = self.findings("--python", python)
        self.assertEqual([found[name]["verdict"] for name in ("interpreter", "preload", "memory")], ["fine"] * 3)
        self.assertIn(python.rsplit("python", 1)[1].rstrip("t"), found["interpreter"]["text"])


class Troubles(Doctoring):
    def test_as_text(self):
        done = self.pyrometer("doctor", "--python", PYTHON)
        self.assertEqual(done.status, 0, done)
        for name in NAMES:
            self.assertRegex(done.text, rf"(?m)^(fine|limited) +{name} ")

    def test_no_interpreter(self):
        found = self.findings("--python", "/no/python", status=1)
        self.assertEqual(found["interpreter"]["verdict"], "broken")
        self.assertIn("/no/python", found["interpreter"]["text"])
        self.assertIn("--python", found["interpreter"]["advice"])

    def test_none_on_the_path(self):
        self.assertEqual(self.findings(status=1, env={"PATH": "/nowhere"})["interpreter"]["verdict"], "broken")

    def test_interpreter_that_takes_nothing(self):
        """A sanitizer's, a static one: it says no to what is loaded before."""
        path = self.work / "python3.11"
        path.write_text(f"#!/bin/sh\nunset LD_PRELOAD\nexec {PYTHON} \"$@\"\n")
        path.chmod(0o755)
        found = self.findings("--python", path)
        self.assertEqual(found["preload"]["verdict"], "limited")
        self.assertIn("--outside", found["preload"]["advice"])

    def test_sampler_not_installed(self):
        place = self.folder / "installed"
        shutil.copytree(pathlib.Path(PYROMETER).parent.parent, place)
        for library in place.rglob("libpyrometer_sampler.so"):
            library.unlink()
        done = self.execute([place / "bin" / "pyrometer", "doctor", "--json", "--python", PYTHON])
        preload = next(one for one in json.loads(done.stdout)["findings"] if one["name"] == "preload")
        self.assertEqual(preload["verdict"], "limited")
        self.assertIn("libpyrometer_sampler.so", preload["text"])

    def test_state_folder(self):
        file = self.work / "file"
        file.write_text("")
        found = self.findings("--python", PYTHON, env={"XDG_STATE_HOME": str(file)})
        self.assertEqual(found["state folder"]["verdict"], "limited")
        self.assertIn("XDG_STATE_HOME", found["state folder"]["advice"])

    def test_editors(self):
        bare = self.work / "bin"
        bare.mkdir()
        found = self.findings("--python", PYTHON, env={"PATH": str(bare)})["editors"]
        self.assertEqual(found["verdict"], "limited")
        self.assertIn("PATH", found["advice"])
        editor = bare / "nvim"
        editor.write_text("#!/bin/sh\necho NVIM v0.7.2\n")
        editor.chmod(0o755)
        (bare / "pyrometer").symlink_to(PYROMETER)
        found = self.findings("--python", PYTHON, env={"PATH": f"{bare}:/bin"})["editors"]
        self.assertIn("Neovim v0.7.2", found["text"])
        self.assertIn("0.10", found["advice"])
        editor.write_text("#!/bin/sh\necho NVIM v0.10.4\n")
        found = self.findings("--python", PYTHON, env={"PATH": f"{bare}:/bin"})["editors"]
        self.assertEqual((found["verdict"], found["advice"]), ("fine", ""))

    def test_wrong_options(self):
        self.assertEqual(self.pyrometer("doctor", "--nonsense").status, 2)
        self.assertEqual(self.pyrometer("doctor", "word").status, 2)

    def test_output_that_is_full(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(PYROMETER), "doctor", "--python", PYTHON], stdout=full, stderr=subprocess.PIPE,
                                  env=self.env, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr)


del Doctoring
