"""A program that goes into the background as a daemon does: twice forked, a session of its own, no descriptors."""
import os

from _help import burn

burn(0.05)
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.chdir("/")
os.umask(0)
out = os.dup(1)
os.closerange(0, 3)
for i in range(3):
    os.open("/dev/null", os.O_RDWR)
burn(0.1)
os.write(out, f"daemon {os.getsid(0) != os.getpid()} {os.listdir('/proc/self/fd')}\n".encode())
os._exit(0)
