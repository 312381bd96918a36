"""Dies of SIGSEGV after some work: the profile must show `before` as hottest, the end must be that signal."""

import ctypes
import resource


def before():
    total = 0
    for i in range(15_000_000):
        total += i * i % 7  # hot
    return total


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
print(before(), flush=True)
ctypes.string_at(0)
