"""Subinterpreters: made, run in threads and ended."""
# pythons: all
import sys
import threading

from _help import burn

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

SOURCE = "total = sum(i * i for i in range(60000))\nassert total == 71998200010000, total\ndef f(n): return n and f(n - 1)\nf(100)"


def run():
    for i in range(3):
        number = interpreters.create()
        for again in range(3):
            failed = (interpreters.exec if hasattr(interpreters, "exec") else interpreters.run_string)(number, SOURCE)
            if failed:
                print(failed)
        interpreters.destroy(number)


run()
threads = [threading.Thread(target=run) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
burn(0.05)
print(len(interpreters.list_all()), sys.version_info >= (3, 9))
