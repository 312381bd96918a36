"""The decorator, the context manager, Profiler, and a recording after the other."""

import json

import pyrometer
from work import burn


@pyrometer.profile("decorated.prof", lines=True)
def decorated(depth=1):
    """Says something."""
    burn(0.1)
    if depth > 0:
        decorated(depth - 1)
    return "returned"


def within():
    burn(0.1)


answer = decorated()
enabled_after = pyrometer.is_enabled()
with pyrometer.profile("out.prof", memory=True) as context:
    within()
    path = pyrometer.get_profile_path()
profiler = pyrometer.Profiler()
try:
    profiler.get_stats()
    early = "nothing was said"
except pyrometer.VMProfError as error:
    early = str(error)
with profiler.measure():
    within()
counts = dict(profiler.get_stats().top_profile())
try:
    with pyrometer.profile("raised.prof"):
        within()
        raise KeyError("passed on")
except KeyError:
    raised = not pyrometer.is_enabled()
print(json.dumps({"answer": answer, "doc": decorated.__doc__, "enabled": enabled_after, "path": path, "early": early,
                  "done": context.done, "counts": counts, "raised": raised,
                  "decorated": dict(pyrometer.read_profile("decorated.prof").top_profile())}))
