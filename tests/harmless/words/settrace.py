"""sys.settrace: the same events, in every thread."""
# pythons: all
import collections
import sys
import threading

events = collections.Counter()


def trace(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events[frame.f_code.co_name, event] += 1
    return trace


def work(n):
    total = 0
    for i in range(n):
        total += helper(i)
    return total


def helper(i):
    return [k * i for k in range(3)][-1]


threading.settrace(trace)
sys.settrace(trace)
print(work(20000))
thread = threading.Thread(target=work, args=(5000,))
thread.start()
thread.join()
sys.settrace(None)
for key in sorted(events):
    print(key, events[key])
