"""Forks children that end at once, and some that become /bin/true. Prints the pids of the first as JSON."""

import json
import os
from time import process_time

COUNT = 8

ended, executed = [], []
for i in range(COUNT):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    ended.append(pid)
    pid = os.fork()
    if pid == 0:
        os.execv("/bin/true", ["true"])
    executed.append(pid)
for pid in ended + executed:
    os.waitpid(pid, 0)
end = process_time() + 0.2
while process_time() < end:
    pass
print(json.dumps([ended, executed]))
