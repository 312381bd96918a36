"""Coroutines in C on small stacks of their own (swapcontext), while sampled; also where only an alternate stack has room."""
import ctypes

from _help import calls

library = calls()
library.coroutines.argtypes = [ctypes.c_double]
print("lost turns", library.coroutines(0.4))
print("counted", library.on_small_stack(200_000_000))
