"""sys.setprofile: the same events, in every thread; and cProfile beside us."""
# pythons: all
import collections
import cProfile
import pstats
import sys
import threading

events = collections.Counter()


def profile(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events[frame.f_code.co_name, event] += 1


def work(n):
    total = 0
    for i in range(n):
        total += helper(i)
    return total


def helper(i):
    return max(i, 3)


threading.setprofile(profile)
sys.setprofile(profile)
print(work(30000))
thread = threading.Thread(target=work, args=(5000,))
thread.start()
thread.join()
sys.setprofile(None)
threading.setprofile(None)
for key in sorted(events):
    print(key, events[key])
with cProfile.Profile() as counted:
    work(20000)
print(pstats.Stats(counted).total_calls)
