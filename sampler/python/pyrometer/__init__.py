"""Samples this Python program, and reads profiles: what vmprof offered, under its names.

    import pyrometer

    with pyrometer.profile("out.prof", lines=True):
        work()
    tree = pyrometer.read_profile("out.prof").get_tree()

The README beside this package says what sampling from within can do and what it cannot. To profile a whole program
without changing it: python -m pyrometer program.py, or pyrometer run program.py.
"""

from .errors import AlreadyRecording, EmptyProfileFile, StateError, VMProfError
from .live import (DEFAULT_PERIOD, disable, enable, get_profile_path, insert_real_time_thread, is_enabled,
                   remove_real_time_thread, start_sampling, stop_sampling)
from .profiler import Profiler, ProfilerContext, profile, sampling_stopped
from .reading import export_json, read_profile
from .stacks import resolve_addr, resolve_many_addr, resolve_many_addrs, sample_stack_now
from .stats import Stats
from .tree import Node, Tree
from .version import __version__

__all__ = ["AlreadyRecording", "DEFAULT_PERIOD", "EmptyProfileFile", "Node", "Profiler", "ProfilerContext",
           "StateError", "Stats", "Tree", "VMProfError", "__version__", "disable", "enable", "export_json", "get_profile_path",
           "insert_real_time_thread", "is_enabled", "profile", "read_profile", "remove_real_time_thread",
           "resolve_addr", "resolve_many_addr", "resolve_many_addrs", "sample_stack_now", "sampling_stopped",
           "start_sampling", "stop_sampling"]
