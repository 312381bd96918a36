"""os.wait() for any child: the program's own and none of ours."""
# ways: inside outside
import os
import signal

from _help import burn


def nobody():
    try:
        print("somebody", os.wait())
    except ChildProcessError:
        print("nobody")


def nobody_now():
    try:
        print("somebody", os.waitid(os.P_ALL, 0, os.WEXITED | os.WSTOPPED | os.WNOHANG))
    except ChildProcessError:
        print("nobody")


nobody()
ended = []
signal.signal(signal.SIGCHLD, lambda number, frame: ended.append(number))
burn()
nobody_now()
children = {}
for number in range(5):
    child = os.fork()
    if child == 0:
        burn(0.02)
        os._exit(number)
    children[child] = number
while children:
    pid, status = os.wait()
    if children.pop(pid) != os.waitstatus_to_exitcode(status):
        print("wrong", status)
nobody()
print(len(ended) > 0, set(ended))
