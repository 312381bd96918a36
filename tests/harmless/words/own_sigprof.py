"""The program's own profiler: ITIMER_PROF and a SIGPROF handler, and ITIMER_VIRTUAL beside it."""
import signal

from _help import burn

seen = {signal.SIGPROF: 0, signal.SIGVTALRM: 0}
others = []


def handler(number, frame):
    seen[number] += 1
    if frame.f_code.co_name not in ("burn", "<module>"):
        others.append(frame.f_code.co_name)


for number in seen:
    print(signal.signal(number, handler))
print(signal.setitimer(signal.ITIMER_PROF, 0.004, 0.004), signal.setitimer(signal.ITIMER_VIRTUAL, 0.004, 0.004))
while min(seen.values()) < 50:
    burn(0.01)
print(signal.setitimer(signal.ITIMER_PROF, 0)[1], signal.setitimer(signal.ITIMER_VIRTUAL, 0)[1], others)
