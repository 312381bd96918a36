"""python -m pyrometer program.py [arguments]: what `pyrometer run` does, with this interpreter. Its options stand before
the program: -o FILE, -p SECONDS, --mem, --config FILE and so on (--help lists them). Other commands work as well:
python -m pyrometer show FILE.

The executable reads the options; nothing is decided here but whether the words are a command of its own.
"""

import os
import sys

from . import installed
from .errors import VMProfError


def command_line(words):
    """What the executable is told."""
    if words and (words[0].startswith("-") and words[0] != "--version" or words[0].endswith(".py")
                  or os.path.exists(words[0])):
        return ["run", "--python", sys.executable, *words]
    return words


def _become(words):
    try:
        os.execv(installed.executable(), ["pyrometer", *words])
    except (VMProfError, OSError) as error:
        sys.exit(f"pyrometer: {error}")


def main():
    _become(command_line(sys.argv[1:]))


def command():
    """The command `pyrometer` of an environment in which the wheel is installed."""
    _become(sys.argv[1:])


if __name__ == "__main__":
    main()
