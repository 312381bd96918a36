"""errno stays what it was, in C and as Python sees it."""
# ways: inside outside
import ctypes
import os

from _help import burn, calls

library = calls()
library.errno_changes.argtypes = [ctypes.c_double]
print("changes", library.errno_changes(0.3))
ctypes.set_errno(42)
burn()
print("ctypes", ctypes.get_errno())
wrong = 0
for i in range(20000):
    try:
        os.stat("/no/such/file")
    except OSError as error:
        wrong += error.errno != 2
print("wrong", wrong)
