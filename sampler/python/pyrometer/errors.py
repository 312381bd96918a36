"""What goes wrong in this package, besides OSError for files and ValueError for values."""


class VMProfError(Exception):
    """Sampling, or reading a profile, did not work; the message says why and what to do."""


class StateError(VMProfError, ValueError):
    """Enabled twice, or disabled without having been enabled. (vmprof raises ValueError there.)"""


class AlreadyRecording(StateError):
    """This process is being recorded already: by enable(), or by `pyrometer run`."""


class EmptyProfileFile(VMProfError):
    """The profile has no samples with a Python frame, so there is no tree of calls."""
