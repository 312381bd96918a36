"""chroot, for a user who may: sampling goes on, more threads than segments start, nothing is looked for inside."""
import ctypes
import os
import threading

from _help import burn

CLONE_NEWUSER = 0x10000000
encodings = "".encode("utf-8").decode("latin-1"), "".encode("idna")
os.mkdir("root")
if os.geteuid() != 0:
    ctypes.CDLL(None).unshare(CLONE_NEWUSER)
try:
    os.chroot("root")
    os.chdir("/")
except PermissionError as error:
    print(error.strerror)
burn()
ready = threading.Barrier(121)


def thread():
    burn(0.002)
    ready.wait()


threads = [threading.Thread(target=thread) for i in range(120)]
for each in threads:
    each.start()
ready.wait()
for each in threads:
    each.join()
print(len(threads), os.path.exists("/proc"))
