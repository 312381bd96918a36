"""What a program can see of itself: environment, descriptors, dispositions, threads, limits, scheduling."""
# pythons: all
# ways: inside outside
import os
import resource
import signal
import subprocess
import sys
import threading

from _help import burn


def show():
    names = [name for name in os.environ if name not in ("HOME", "XDG_STATE_HOME", "PWD", "_", "SHLVL")]
    print(sorted((name, os.environ[name]) for name in names))
    print(sorted(os.listdir("/proc/self/fd"), key=int))
    print({int(number): signal.getsignal(number) for number in signal.valid_signals()
           if signal.getsignal(number) not in (signal.SIG_DFL, None)}.keys())
    print(len(os.listdir("/proc/self/task")), threading.active_count())
    print([resource.getrlimit(number) for number in range(16)])
    print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)))
    print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), signal.sigpending())
    print(oct(os.umask(0o22)), os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid(), os.isatty(0))
    print(sys.argv[1:], getattr(sys, "orig_argv", [])[1:-1], sys.flags, sys.gettrace(), sys.getprofile())
    with open("/proc/self/status") as file:
        print([line for line in file if line.startswith(("SigBlk", "SigIgn", "NoNewPrivs", "Seccomp:"))])


show()
burn()
show()
print(subprocess.run(["env", "-u", "HOME", "-u", "XDG_STATE_HOME", "-u", "PWD", "-u", "_", "-u", "SHLVL"],
                     capture_output=True, text=True, check=True).stdout)
for shell in "sh", "bash":  # bash has a setenv of its own
    print(subprocess.run([shell, "-c", "ls /proc/self/fd | wc -l; echo $LD_PRELOAD $PYROMETER_SESSION; export -p | grep -cE 'LD_|PYR'; "
                          "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status"], capture_output=True, text=True, check=True))
print(subprocess.run(["bash", "-c", "declare -p LD_PRELOAD PYROMETER_SESSION; printenv LD_PRELOAD"], capture_output=True, text=True,
                     env=os.environ | {"LD_PRELOAD": "libm.so.6"}, check=False))
