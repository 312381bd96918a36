"""Starts others in all the usual ways; each burns time in a function of its own."""

import multiprocessing
import os
import subprocess
import sys
import time

BURN = "import time\ndef {0}():\n    end = time.process_time() + 0.3\n    while time.process_time() < end: sum(i * i for i in range(2000))\n"
exec(BURN.format("forked"))
exec(BURN.format("pooled"))

if __name__ == "__main__":
    pid = os.fork()
    if pid == 0:
        forked()
        os._exit(0)
    os.waitpid(pid, 0)
    subprocess.run([sys.executable, "-c", BURN.format("started") + "started()"], check=True)
    process = multiprocessing.get_context("fork").Process(target=pooled)
    process.start()
    process.join()
    time.sleep(0.05)
    os.execv(sys.executable, [sys.executable, "-c", BURN.format("replaced") + "replaced()"])
