"""Waits that C code does not try again (usleep, sem_timedwait, poll, read...) are not cut short by us."""
# ways: inside outside
from _help import calls

library = calls()
kinds = ("usleep", "nanosleep", "clock_nanosleep", "poll", "ppoll", "select", "pselect", "epoll_wait", "sem_timedwait")
for number, kind in enumerate(kinds):
    print(kind, library.waits_cut_short(number, 300, 1000))
print("read", library.reads_cut_short(2500))
