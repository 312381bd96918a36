"""signal.set_wakeup_fd hears of the program's signals, and of none of ours."""
import os
import signal
import socket

from _help import burn

ours, theirs = socket.socketpair()
ours.setblocking(False)
theirs.setblocking(False)
for number in (signal.SIGURG, signal.SIGUSR1):
    signal.signal(number, lambda number, frame: None)
print(signal.set_wakeup_fd(theirs.fileno()))
burn()
try:
    print("unasked", ours.recv(100))
except BlockingIOError:
    print("nothing")
for i in range(20):
    os.kill(os.getpid(), (signal.SIGURG, signal.SIGUSR1)[i % 2])
    burn(0.002)
print(ours.recv(100))
