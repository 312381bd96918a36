# Imported by PyPy's site module because our folder is on PYTHONPATH: switches on PyPy's own profiler, whose samples
# the preloaded library takes, and goes without a trace. What it says to that library, it writes to a descriptor that
# is not open.


def _begin():
    import os
    import sys

    here = os.path.dirname(__file__)
    sys.path[:] = [folder for folder in sys.path if folder != here]
    sys.path_importer_cache.pop(here, None)
    path = os.environ.get("PYTHONPATH", "")
    if path.startswith(here + ":"):
        os.environ["PYTHONPATH"] = path[len(here) + 1:]
    elif path == here:
        del os.environ["PYTHONPATH"]

    def say(*words):
        text = " ".join(map(str, words)).encode()
        return os.write(0x20000002, text) == len(text)

    known = "_vmprof" in sys.modules
    try:
        native = say("start")
        try:
            import _vmprof

            _vmprof.enable(0x20000000, 0.000999, 0, 0, int(native), 0)
            version = sys.pypy_version_info
            try:
                say("ready", sys.hexversion, version[0] << 24 | version[1] << 16 | version[2] << 8)
            except OSError:
                _vmprof.disable()
        finally:
            say("stop")
    except Exception as error:
        try:
            say("failed", error)
        except OSError:
            pass
    if not known:
        sys.modules.pop("_vmprof", None)


_begin()
# The program's own, if it has one; that it has none is told by the same ImportError as without us.
import sys  # noqa: E402

del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402,F401
