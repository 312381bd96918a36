"""Where the executable and the sampler library are: in this package, as the wheel installs it, or, while Pyrometer itself
is worked on, below the folder that PYROMETER_HOME names (what `cmake --install` has as its prefix)."""

import os

from .errors import VMProfError

_HERE = os.path.dirname(os.path.abspath(__file__))


def home():
    return os.environ.get("PYROMETER_HOME") or _HERE


def _part(*names):
    path = os.path.join(home(), *names)
    if not os.path.exists(path):
        raise VMProfError(f"{path} does not exist: install the package again (from its wheel; the sources alone have no "
                          "executable)")
    return path


def executable():
    return _part("bin", "pyrometer")


def library():
    return _part("lib", "pyrometer", "libpyrometer_sampler.so")
