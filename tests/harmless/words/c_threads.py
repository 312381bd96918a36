"""Threads made by C code, without a Python state and with one of PyGILState_Ensure."""
# pythons: all
import ctypes
import threading

from _help import calls

library = calls()
CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int)
library.threads.argtypes = [ctypes.c_int, ctypes.c_double, CALLBACK]
seen = []


def called(number):
    seen.append((number, sum(range(100000))))
    threading.local().value = number


print("without", library.threads(8, 0.02, CALLBACK()))
for i in range(5):
    print("with", library.threads(8, 0.004, CALLBACK(called)))
print(sorted(seen) == sorted([(number, sum(range(100000))) for number in range(8)] * 5), threading.active_count())
