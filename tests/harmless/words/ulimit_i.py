"""No room for queued signals: the kernel tells of no sender, and ours are known all the same."""
# limits: -i 0
import os
import signal

from _help import burn

burn(0.2)
seen = []
signal.signal(signal.SIGURG, lambda number, frame: seen.append(number))
for number in range(5):
    os.kill(os.getpid(), signal.SIGURG)
    burn(0.01)
print(len(seen))
signal.signal(signal.SIGURG, signal.SIG_IGN)
burn(0.05)
