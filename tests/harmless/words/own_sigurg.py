"""The program's own SIGURG: its handler runs for its own signals, once for each, and never for ours."""
# pythons: all
# ways: inside outside
import os
import signal
import subprocess
import sys
import threading

from _help import burn

print(signal.getsignal(signal.SIGURG) is signal.SIG_DFL)
burn(0.05)
seen = []


def handler(number, frame):
    seen.append(number)


print(signal.signal(signal.SIGURG, handler) is signal.SIG_DFL, signal.getsignal(signal.SIGURG) is handler)
burn()
print("none", seen)
for i in range(200):
    os.kill(os.getpid(), signal.SIGURG)
    burn(0.0005)
print("sent by kill", len(seen))
for i in range(200):
    signal.pthread_kill(threading.get_ident(), signal.SIGURG)
    signal.raise_signal(signal.SIGURG)
print("sent to the thread", len(seen))
subprocess.run([sys.executable, "-c", "import os, signal; os.kill(os.getppid(), signal.SIGURG)"], check=True)
burn(0.01)
print("sent by another", len(seen))
signal.siginterrupt(signal.SIGURG, False)
burn(0.05)
print(signal.signal(signal.SIGURG, signal.SIG_IGN) is handler)
os.kill(os.getpid(), signal.SIGURG)
burn(0.05)
print("ignored", len(seen), signal.getsignal(signal.SIGURG))
print(signal.signal(signal.SIGURG, signal.SIG_DFL))
os.kill(os.getpid(), signal.SIGURG)
burn(0.05)
print("default", len(seen), set(seen))
