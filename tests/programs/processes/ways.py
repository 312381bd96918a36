"""Starts Python in every way that there is; each child computes in a function named after the way, and tells what it
sees in its environment and how it was ended. What is printed is the same with and without Pyrometer.
"""

import ctypes
import os
import subprocess
import sys
import tempfile

CHILD = """
import os, sys
from time import process_time
def {way}():
    end = process_time() + 0.15
    while process_time() < end:
        pass
{way}()
print("{way}", sorted(name for name in os.environ if name != "_"), flush=True)
sys.exit({status})
"""

OWN = {"ONLY": "this", "PATH": "/usr/bin:/bin"}
folder = tempfile.mkdtemp()


def script(way, status=0):
    path = os.path.join(folder, way + ".py")
    with open(path, "w") as out:
        out.write(CHILD.format(way=way, status=status))
    return path


def waited(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def tell(way, result):
    print(way, result, flush=True)


python = sys.executable
libc = ctypes.CDLL(None)

tell("run", subprocess.run([python, script("by_run", 3)]).returncode)
tell("own env", subprocess.run([python, script("own_env", 4)], env=OWN).returncode)
tell("preexec", subprocess.run([python, script("preexec")], preexec_fn=lambda: None, close_fds=True).returncode)
tell("shell", subprocess.run(f"{python} {script('in_shell', 6)} | cat; exit 7", shell=True).returncode)
tell("env -i", subprocess.run(f"env -i {python} {script('env_i', 8)}", shell=True).returncode)
tell("system", os.waitstatus_to_exitcode(os.system(f"{python} {script('by_system', 9)}")))
tell("popen", os.popen(f"{python} {script('by_popen', 10)}").read())
tell("posix_spawn", waited(os.posix_spawn(python, [python, script("by_posix_spawn", 11)], OWN)))
tell("posix_spawnp", waited(os.posix_spawnp(python, [python, script("by_posix_spawnp", 12)], os.environ)))
tell("spawnv", os.spawnv(os.P_WAIT, python, [python, script("by_spawnv", 13)]))
tell("spawnlpe", os.spawnlpe(os.P_WAIT, python, python, script("by_spawnlpe", 14), OWN))

child = os.fork()
if child == 0:
    fd = os.open(python, os.O_RDONLY)
    os.execve(fd, [python, script("by_fexecve", 15)], OWN)
tell("fexecve", waited(child))

child = os.fork()
if child == 0:
    libc.execl(python.encode(), python.encode(), script("by_execl", 16).encode(), None)
tell("execl", waited(child))

child = os.fork()
if child == 0:
    libc.execlp(python.encode(), python.encode(), script("by_execlp", 17).encode(), None)
tell("execlp", waited(child))

child = os.fork()
if child == 0:
    own = (ctypes.c_char_p * 2)(b"ONLY=this", None)
    libc.execle(python.encode(), python.encode(), script("by_execle", 18).encode(), None, own)
tell("execle", waited(child))

sys.stdout.flush()
tell("C system", libc.system(f"{python} {script('c_system', 19)}".encode()) >> 8)
libc.popen.restype = ctypes.c_void_p
stream = libc.popen(f"{python} {script('c_popen', 20)} >&2".encode(), b"r")
tell("C popen", libc.pclose(ctypes.c_void_p(stream)) >> 8)
tell("missing", [error for error in [subprocess.run(["/bin/sh", "-c", "/no/such/program"],
                                                    stderr=subprocess.DEVNULL).returncode]])
tell("environment", sorted(os.environ))
tell("environment of env", subprocess.run(["env"], capture_output=True, env=OWN).stdout)
