"""A true overflow of the C stack under faulthandler, whose alternate stack then is the only one."""
# pythons: all
# options: -X faulthandler
# status: -11
# samples: 0
import ctypes
import resource

from _help import burn, calls

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
burn(0.1)
print("now", flush=True)
calls().overflow(ctypes.c_long(1 << 40))
