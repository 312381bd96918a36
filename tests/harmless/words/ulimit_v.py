"""A limit of the address space: enough for the program is enough with us, and MemoryError comes as without."""
# limits: -v 1500000
import resource

from _help import burn

burn(0.1)
print(resource.getrlimit(resource.RLIMIT_AS))
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), 1500000 * 1024))
kept = []
try:
    while True:
        kept.append(bytearray(1 << 20))
        sum(range(2000))
except MemoryError:
    count = len(kept)
    kept.clear()
    print("no memory", 30 < count < 70)
burn(0.05)
