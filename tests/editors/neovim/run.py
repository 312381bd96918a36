"""Runs the tests with Neovim (see neovim_test.py and ../../run_tests.py).

    run.py --pyrometer PROGRAM --newer ROOT [PATTERN...]

PROGRAM is bin/pyrometer of an installation; ROOT is where tests/interpreters/fetch.sh has unpacked a younger Neovim than
Debian bookworm's, the packages `neovim` and `tmux` of which are wanted too.
"""

import argparse
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

import run_tests  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", required=True, type=pathlib.Path)
    parser.add_argument("--newer", required=True, type=pathlib.Path)
    parser.add_argument("--python", default="/usr/bin/python3.11", help="the interpreter that programs run on")
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_args()
    for program in ("/usr/bin/nvim", shutil.which("tmux") or "tmux", options.newer / "usr/bin/nvim", options.pyrometer):
        if not pathlib.Path(program).exists():
            print(f"missing: {program} (.ci/install all; tests/interpreters/fetch.sh FOLDER neovim)")
            print("0 passed, 1 failed")
            return 1
    os.environ["PYROMETER"] = str(options.pyrometer.resolve())
    os.environ["PYROMETER_TEST_PYTHON"] = options.python
    os.environ["PYROMETER_TEST_NEWER_NEOVIM"] = str(options.newer.resolve())
    return run_tests.run(HERE, options.patterns)


if __name__ == "__main__":
    sys.exit(main())
