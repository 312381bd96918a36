"""Coroutines in C on small stacks of their own (swapcontext), while sampled."""
import ctypes

from _help import calls

library = calls()
library.coroutines.argtypes = [ctypes.c_double]
print("lost turns", library.coroutines(0.4))
