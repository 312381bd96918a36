"""A crash under faulthandler: its traceback, and the end by SIGSEGV."""
# pythons: all
# options: -X faulthandler
# status: -11
# samples: 0
import ctypes
import threading
import time

from _help import burn


def crash():
    burn(0.1)
    print("now", flush=True)
    ctypes.string_at(8)


waiting = threading.Event()
threading.Thread(target=waiting.wait, daemon=True).start()
while not waiting._cond._waiters: time.sleep(0.01)  # noqa: E701
crash()
