"""sigtimedwait and sigwaitinfo: nothing of ours comes out, and no wait ends before its time."""
import os
import signal
import time

from _help import burn, calls

both = [signal.SIGURG, signal.SIGUSR1]
for wanted in (both, [signal.SIGUSR1]):
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    for i in range(60):
        burn(0.002)
        begin = time.monotonic()
        if (found := signal.sigtimedwait(wanted, 0.002)) is not None or time.monotonic() - begin < 0.0019:
            print("wrong", found, time.monotonic() - begin)
    for number in wanted:
        os.kill(os.getpid(), number)
        info = signal.sigwaitinfo(wanted)
        print(info.si_signo, info.si_code, info.si_pid == os.getpid())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
print("in C", calls().waits_cut_short(9, 200, 1000))
