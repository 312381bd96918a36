"""A signal descriptor for SIGURG shows the program's signals and none of ours."""
import ctypes

from _help import calls

library = calls()
library.signals_of_descriptor.argtypes = [ctypes.c_double, ctypes.c_void_p]
numbers = (ctypes.c_int * 8)()
for i in range(3):
    count = library.signals_of_descriptor(0.05, numbers)
    print(count, sorted(numbers[:count]))
