"""Its forked child asks Pyrometer for a session while that stands still for longer than a child waits. Prints the child's
pid. Not for a run without Pyrometer: it stops its parent process for a while.
"""

import os
import pathlib
import signal
import subprocess
import threading
import time


def in_child():
    end = time.process_time() + 0.6
    while time.process_time() < end:
        pass


def stands_still(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


recorder = os.getppid()
waker = subprocess.Popen(["/bin/sh", "-c", f"read word; sleep 1.5; kill -CONT {recorder}"], stdin=subprocess.PIPE)
os.kill(recorder, signal.SIGSTOP)
while not stands_still(recorder):
    time.sleep(0.001)
pid = os.fork()
if pid == 0:
    waker.stdin.write(b"now\n")
    waker.stdin.flush()
    # A child that starts a thread asks before that.
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    while stands_still(recorder):
        time.sleep(0.01)
    in_child()
    os._exit(0)
_, status = os.waitpid(pid, 0)
waker.stdin.close()
waker.wait()
print(pid)
raise SystemExit(os.waitstatus_to_exitcode(status))
