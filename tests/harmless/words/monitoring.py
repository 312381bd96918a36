"""sys.monitoring: the same events, and its tool numbers are all free."""
# pythons: 3.12+
import collections
import sys

monitoring = sys.monitoring
print([monitoring.get_tool(number) for number in range(6)])
events = collections.Counter()


def count(name):
    def seen(code, *rest):
        if code.co_filename == __file__:
            events[name, code.co_name] += 1

    return seen


def work(n):
    total = 0
    for i in range(n):
        total += helper(i)
    return total


def helper(i):
    return i if i % 2 else -i


monitoring.use_tool_id(monitoring.PROFILER_ID, "counts")
wanted = 0
for name in ("PY_START", "PY_RETURN", "LINE", "CALL", "JUMP"):
    event = getattr(monitoring.events, name)
    wanted |= event
    monitoring.register_callback(monitoring.PROFILER_ID, event, count(name))
monitoring.set_events(monitoring.PROFILER_ID, wanted)
print(work(30000))
monitoring.set_events(monitoring.PROFILER_ID, 0)
for key in sorted(events):
    print(key, events[key])
