"""A true overflow of the C stack: the end is by SIGSEGV."""
# status: -11
# samples: 3
import ctypes
import resource

from _help import burn, calls

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
burn(0.1)
print("now", flush=True)
calls().overflow(ctypes.c_long(1 << 40))
