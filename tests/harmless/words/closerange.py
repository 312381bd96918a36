"""os.closerange over everything, before and after: nothing of ours is there to close, nothing is in the way."""
import os
import threading

from _help import burn

print(os.open("/dev/null", os.O_RDONLY))
os.closerange(3, 1 << 20)
burn(0.05)
files = [os.open("/dev/null", os.O_RDONLY) for i in range(5)]
print(files)
os.closerange(3, 1 << 20)
threads = [threading.Thread(target=burn, args=(0.002,)) for i in range(80)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(os.open("/dev/null", os.O_RDONLY))
os.closerange(0, 1)
print(os.open("/dev/null", os.O_RDONLY))
