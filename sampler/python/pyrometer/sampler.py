"""The sampler library in this process, loaded when it is first needed. Everything that speaks ctypes is here."""

import ctypes
import os
import threading

from . import installed
from .errors import VMProfError

_lock = threading.Lock()
_loaded = None


def _load():
    global _loaded
    with _lock:
        if _loaded is None:
            library = ctypes.CDLL(installed.library(), use_errno=False)
            texts = ctypes.POINTER(ctypes.c_char_p)
            library.pyrometer_start_recorder.argtypes = [ctypes.c_char_p, texts, texts, ctypes.c_int, ctypes.c_int]
            library.pyrometer_begin.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
            library.pyrometer_end.restype = None
            library.pyrometer_pause.argtypes = [ctypes.c_int]
            library.pyrometer_pause.restype = None
            _loaded = library
        return _loaded


def _texts(words):
    return (ctypes.c_char_p * (len(words) + 1))(*[os.fsencode(word) for word in words], None)


def start_recorder(command, output, report):
    """Starts the recorder as nobody's child. It inherits the two descriptors."""
    # What is preloaded into this process need not suit that one.
    environment = [name + b"=" + value for name, value in os.environb.items() if name != b"LD_PRELOAD"]
    error = _load().pyrometer_start_recorder(os.fsencode(command[0]), _texts(command), _texts(environment), output,
                                             report)
    if error:
        raise VMProfError(f"{command[0]} could not be started: {os.strerror(error)}")


def begin(folder):
    why = ctypes.create_string_buffer(512)
    if _load().pyrometer_begin(os.fsencode(folder), why, len(why)) != 0:
        reason = why.value.decode(errors="replace")
        raise VMProfError(reason or "the recorder did not take this process (its memory, or a limit such as ulimit -v, "
                                    "may be short)")


def end():
    _load().pyrometer_end()


def pause(paused):
    _load().pyrometer_pause(1 if paused else 0)


def is_sampled_by_run():
    """Whether `pyrometer run` samples this process: by its library, which is not the one that this package loads."""
    preloaded = getattr(ctypes.CDLL(None), "pyrometer_is_sampled", None)
    return preloaded is not None and preloaded() != 0


class _Symbol(ctypes.Structure):
    _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("name", ctypes.c_char_p),
                ("address", ctypes.c_void_p)]


def symbol_at(address):
    """(name, file) of the exported function that an address of this process lies in, or None."""
    symbol = _Symbol()
    dladdr = ctypes.CDLL(None).dladdr
    dladdr.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Symbol)]
    if not dladdr(address, ctypes.byref(symbol)) or not symbol.name:
        return None
    return symbol.name.decode(errors="replace"), os.fsdecode(symbol.file or b"-")
