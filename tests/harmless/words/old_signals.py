"""SIGURG handlers set by the functions from before sigaction: they run for the program's own signals, and none of ours."""
import ctypes
import os
import signal

from _help import burn, calls

library = calls()
libc = ctypes.CDLL(None, use_errno=True)
NUMBER = int(signal.SIGURG)
count = ctypes.cast(library.count_signal, ctypes.c_void_p)
HOLD = ctypes.c_void_p(2)
burn(0.05)


def named(address):
    return {None: "default", 1: "ignored", 2: "held", count.value: "counts", 2 ** 64 - 1: "error"}[address]


def setter(name):
    function = getattr(libc, name)
    function.restype = ctypes.c_void_p
    return function


def state():
    with open("/proc/self/status") as file:
        blocked = next(int(line.split()[1], 16) for line in file if line.startswith("SigBlk"))
    return library.take_count(), library.action_flags(NUMBER), blocked >> (NUMBER - 1) & 1


def go_on():
    """Ours come, if they do; then one of the program's own, and another."""
    burn(0.01)
    print("none", *state())
    for _ in range(2):
        os.kill(os.getpid(), NUMBER)
        burn(0.002)
        print("one", *state(), flush=True)


for name in "signal", "bsd_signal", "ssignal", "__sysv_signal", "sysv_signal", "sigset":
    function = setter(name)
    print(name, named(function(NUMBER, count)))
    go_on()
    print(named(function(NUMBER, ctypes.c_void_p(-1))), ctypes.get_errno() != 0)
    print(named(function(NUMBER, None)), named(setter("signal")(NUMBER, None)), *state())
for interrupts in 1, 0:
    print("siginterrupt", libc.siginterrupt(NUMBER, interrupts), *state())
    print(named(setter("signal")(NUMBER, count)))
    go_on()
    print(libc.siginterrupt(NUMBER, 1 - interrupts), *state(), libc.siginterrupt(NUMBER, interrupts), *state())
print("sigignore", libc.sigignore(NUMBER), named(setter("signal")(NUMBER, count)))
sigset = setter("sigset")
print("hold", named(sigset(NUMBER, HOLD)), *state())
go_on()
print(named(sigset(NUMBER, HOLD)), named(sigset(NUMBER, count)), *state())
go_on()
print("sighold", libc.sighold(NUMBER), *state(), libc.sighold(0), libc.sigrelse(1000))
go_on()
print(libc.sigrelse(NUMBER), *state())
bit = 1 << (NUMBER - 1)
print("sigblock", libc.sigblock(bit | 1 << (signal.SIGUSR1 - 1)), *state(), signal.pthread_sigmask(signal.SIG_BLOCK, []))
go_on()
print(libc.sigsetmask(1) == bit | 1 << (signal.SIGUSR1 - 1), *state(), libc.sigsetmask(0))
print(named(setter("signal")(NUMBER, None)))
burn(0.1)
