"""Prints what a program can see of its surroundings, and closes descriptors that it did not open."""

import os
import sys
import tempfile
import time


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(i * i for i in range(2000))


print("argv", sys.argv)
print("main", __name__, sorted(sys.modules["__main__"].__dict__))
print("path", sys.path)
print("modules", sorted(sys.modules))
print("cached", sorted(sys.path_importer_cache))
print("environment", sorted(os.environ.items()))
print("flags", sys.flags)
print("limit", sys.getrecursionlimit())
print("input", sys.stdin.readline())
burn(0.1)
print("open", [fd for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{fd}")])
os.closerange(3, 100)
with tempfile.TemporaryDirectory() as folder:
    files = [open(os.path.join(folder, str(i)), "w+b", buffering=0) for i in range(8)]
    print("numbers", [file.fileno() for file in files])
    for file in files:
        file.write(b"mine")
    burn(0.3)
    for file in files:
        file.seek(0)
        print("found", file.read())
print("last", sys.exc_info(), flush=True)
if len(sys.argv) > 1 and sys.argv[1] == "raise":
    raise ValueError("as it should be")
sys.exit(7)
