"""No timer runs that the program did not set, and those that it sets run their time."""
# ways: inside outside
import signal
import time

from _help import burn

kinds = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
print([signal.getitimer(kind) for kind in kinds])
burn()
print([signal.getitimer(kind) for kind in kinds])
seen = []
signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
begin = time.monotonic()
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.02)
while len(seen) < 10:
    burn(0.002)
print("not early", time.monotonic() - begin > 0.05 + 9 * 0.02 - 0.001)
print(signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.getitimer(signal.ITIMER_REAL))
