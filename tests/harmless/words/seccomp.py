"""A strict sandbox: any system call but read, write and exit kills, and none is made for us."""
# status: 7
import ctypes
import os

from _help import burn

PR_SET_SECCOMP, SECCOMP_MODE_STRICT, SYS_EXIT = 22, 1, 60 if os.uname().machine == "x86_64" else 93
libc = ctypes.CDLL(None)
burn()
print("before", flush=True)
write, syscall, numbers = os.write, libc.syscall, range(3_000_000)
libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0)
for number in numbers:
    pass
write(1, b"after\n")
syscall(SYS_EXIT, 7)
