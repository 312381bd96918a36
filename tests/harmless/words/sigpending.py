"""sigpending: nothing while nothing was sent, and what the program sent to itself."""
import os
import signal

from _help import burn

signal.signal(signal.SIGURG, lambda number, frame: print("handled", number))
for i in range(20):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG, signal.SIGUSR2])
    burn(0.01)
    if signal.sigpending():
        print("wrong", signal.sigpending())
    if i % 5 == 0:
        os.kill(os.getpid(), signal.SIGURG)
        burn(0.01)
        print(sorted(int(number) for number in signal.sigpending()))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    burn(0.005)
