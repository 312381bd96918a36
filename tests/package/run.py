"""Runs the tests of the Python package, as its wheel installs it (see README.md here and ../run_tests.py).

    run.py --pyrometer PROGRAM --interpreters FOLDER [PATTERN...]     PROGRAM: bin/pyrometer of an installation;
                                                                      PATTERN: part of a test's name
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import run_tests  # noqa: E402


def main():
    options = run_tests.options("interpreters")
    pyrometer = options.pyrometer.resolve()
    os.environ.pop("PYROMETER_HOME", None)
    with tempfile.TemporaryDirectory(prefix="pyrometer-wheel-") as folder:
        wheel = subprocess.run([sys.executable, TOP / "sampler" / "python" / "build_wheel.py", pyrometer.parent.parent,
                                folder], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        # One folder for all interpreters: the wheel's tag says that it suits them.
        site = pathlib.Path(folder) / "site"
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile",
                        "--disable-pip-version-check", "--root-user-action=ignore", "--target", site, wheel], check=True)
        os.environ["PYROMETER_TEST_WHEEL"], os.environ["PYROMETER_TEST_SITE"] = wheel, str(site)
        return run_tests.run(HERE, options.patterns, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
