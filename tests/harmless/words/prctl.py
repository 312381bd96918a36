"""prctl: name, dumpable, no new privileges, timer slack, death signal: as set, and no other."""
import ctypes

from _help import burn

PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_NAME, PR_GET_NAME = 2, 3, 4, 15, 16
PR_GET_SECCOMP, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_GET_CHILD_SUBREAPER = 21, 29, 30, 37
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
libc = ctypes.CDLL(None, use_errno=True)


def show():
    name, death, reaper = ctypes.create_string_buffer(16), ctypes.c_int(), ctypes.c_int()
    libc.prctl(PR_GET_NAME, name)
    libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(death))
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(reaper))
    print(name.value, death.value, reaper.value,
          *(libc.prctl(word, 0, 0, 0, 0) for word in (PR_GET_DUMPABLE, PR_GET_SECCOMP, PR_GET_TIMERSLACK,
                                                      PR_GET_NO_NEW_PRIVS)))


show()
burn()
print(libc.prctl(PR_SET_NAME, b"another name"), libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0),
      libc.prctl(PR_SET_TIMERSLACK, 70000, 0, 0, 0), libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
burn()
show()
