"""faulthandler.dump_traceback_later and register: their tracebacks while sampled."""
# pythons: all
# options: -X faulthandler
import faulthandler
import os
import signal
import subprocess

from _help import burn

# The watchdog walks this thread's frames without the GIL, and on 3.9 crashes where they change under it: so they stand
# still, in a read that somebody else ends who has seen the last line.
SEEN = 'while read -r line; do echo "$line"; case "$line" in *"in <module>"*) exit;; esac; done'

burn()
take, give = os.pipe()
with subprocess.Popen(["/bin/sh", "-c", SEEN], stdin=take, stdout=subprocess.PIPE) as reader:
    faulthandler.dump_traceback_later(0.2, file=give, exit=False)
    text = reader.stdout.read().decode()
faulthandler.cancel_dump_traceback_later()
print("Timeout (0:00:00.200000)!" in text, "most recent call first" in text)
faulthandler.register(signal.SIGUSR1, chain=False)


def send():
    os.kill(os.getpid(), signal.SIGUSR1)


for i in range(20):
    send()
    sum(range(100000))
burn()
