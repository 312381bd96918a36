"""vfork, by C code and by subprocess: the parent's state is not touched by the child."""
import ctypes
import signal
import subprocess

from _help import burn, calls

library = calls()
command = (ctypes.c_char_p * 4)(b"/bin/sh", b"-c", b"exit 3", None)
print(library.vforks(30, command))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
print(library.vforks(10, command))
print(signal.sigpending(), signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGURG]))
for i in range(30):
    burn(0.002)
    done = subprocess.run(["/bin/sh", "-c", "echo $((6 * 7)); exit 4"], capture_output=True, check=False)
    if (done.returncode, done.stdout, done.stderr) != (4, b"42\n", b""):
        print("wrong", done)
try:
    subprocess.run(["/no/such/program"], check=False)
except FileNotFoundError as error:
    print(error)
