"""A limit of open files: the program may open as many as without us."""
# limits: -n 24
import os
import resource

from _help import burn

print(resource.getrlimit(resource.RLIMIT_NOFILE))
burn()
files = []
try:
    while True:
        files.append(os.open("/dev/null", os.O_RDONLY))
        burn(0.002)
except OSError as error:
    print(error.errno, files)
