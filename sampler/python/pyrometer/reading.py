"""Reading profiles: any file that the executable reads becomes a Stats."""

import datetime
import json
import os
import shutil
import subprocess
import tempfile

from . import installed
from .errors import VMProfError
from .stats import Stats

# What is worth a word in a node's meta, by the names of the exporter.
_STATES = {"jit": "jit", "warmup": "warmup", "gc": "gc", "native": "native"}


def export_json(path, part=1):
    """Everything that is in a profile, as `pyrometer export --to json` tells it."""
    with tempfile.TemporaryFile() as text:
        done = subprocess.run([installed.executable(), "export", os.fspath(path), "--to", "json", "-o", "-", "--part",
                               str(part)], stdout=text, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            message = done.stderr.decode(errors="replace").strip()
            raise VMProfError(message.removeprefix("pyrometer: "))
        text.seek(0)
        return json.load(text)


def read_profile(prof_file, virtual_only=True, part=1):
    """A profile as Stats. `prof_file` is a path, or a file that is open for reading. With `virtual_only` its frames are
    Python functions; without it native ones are there too. `part` is for files that hold several profiles, from 1."""
    if not hasattr(prof_file, "read"):
        return _stats(export_json(prof_file, part), virtual_only)
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(prof_file, copy)
        copy.flush()
        return _stats(export_json(copy.name, part), virtual_only)


def _time(nanoseconds):
    return datetime.datetime.fromtimestamp(nanoseconds // 1_000_000_000).replace(
        microsecond=nanoseconds % 1_000_000_000 // 1000)


def _address(number, function):
    """As our vmprof files have it: even, and odd for native functions."""
    return (number + 1) * 16 + (function["kind"] == "native")


def _name(function, files):
    language = "n" if function["kind"] == "native" else "py"
    return f"{language}:{function['name']}:{function['line']}:{files[function['file']]['path'] or '-'}"


class _Memory:
    """The resident memory of a sample's process at its time, in kB."""

    def __init__(self, document):
        self._points, self._at = {}, {}
        for process, time, size in document["memory"]:
            self._points.setdefault(process, []).append((time, size // 1024))
        for points in self._points.values():
            points.sort()

    def at(self, process, time):
        points = self._points.get(process)
        if not points:
            return 0
        i = self._at.get(process, 0)
        while i > 0 and points[i][0] > time:
            i -= 1
        while i + 1 < len(points) and points[i + 1][0] <= time:
            i += 1
        self._at[process] = i
        return points[i][1]


def _copies(samples, run):
    """How often each sample is counted. Where samples stand for more or less time, in periods of a quarter of the mean,
    the rest carried on: so all that is counted has its share of the time, as in a vmprof file made of the same run."""
    if not run["trueWeights"] or not samples:
        return [1] * len(samples)
    period = max(run["totalWeightNs"] // len(samples) // 4, 1000)
    copies, carried = [], period // 2
    for sample in samples:
        count, carried = divmod(carried + sample[3], period)
        copies.append(count)
    return copies


class _Traces:
    """Stacks as lists of addresses, the outermost function first, each made once and shared by its samples."""

    def __init__(self, document, addresses, leave_out):
        self._stacks, self._frames, self._lines = document["stacks"], document["frames"], document["run"]["hasLines"]
        self._addresses, self._leave_out, self._made = addresses, leave_out, {}

    def of(self, stack):
        if stack not in self._made:
            frames, at = [], stack
            while at is not None:
                at, frame = self._stacks[at][:2]
                frames.append(self._frames[frame])
            trace = self._made[stack] = []
            for frame in reversed(frames):
                if not self._leave_out[frame[0]]:
                    trace += (self._addresses[frame[0]], -frame[1]) if self._lines else (self._addresses[frame[0]],)
        return self._made[stack]


def _stats(document, virtual_only):
    run, functions, files = document["run"], document["functions"], document["files"]
    addresses = [_address(number, function) for number, function in enumerate(functions)]
    left_out = [virtual_only and function["kind"] == "native" for function in functions]
    traces = _Traces(document, addresses, left_out)
    memory, threads = _Memory(document), document["threads"]
    words = [_STATES.get(name) for name in document["vmStates"]]
    profiles, states = [], []
    copies = _copies(document["samples"], run)
    for row, (stack, thread, time, _, vm, _) in enumerate(document["samples"]):
        trace = traces.of(stack)
        if not trace or not copies[row]:
            continue
        when = time if run["hasTimes"] else row
        profile = (trace, 1, threads[thread]["tid"], memory.at(threads[thread]["process"], when))
        profiles.extend([profile] * copies[row])
        states.extend([words[vm]] * copies[row])

    names = {addresses[number]: _name(function, files) for number, function in enumerate(functions)
             if not left_out[number]}
    meta = dict(run["meta"])
    if run["argv"]:
        meta.setdefault("argv", " ".join(run["argv"]))
    start = _time(run["startUnixNs"]) if run["startUnixNs"] else None
    end = _time(run["startUnixNs"] + run["durationNs"]) if start and run["durationNs"] else None
    interpreter = "pypy" if run["interpreter"].lower().startswith("pypy") else "cpython"
    return Stats(profiles, names, {int(block, 16) for block in document["jitBlocks"]}, interp=interpreter, meta=meta, start_time=start, end_time=end,
                 profile_lines=run["hasLines"],
                 profile_memory=bool(document["memory"]), states=states)
