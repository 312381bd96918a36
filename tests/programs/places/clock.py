"""`spin` uses up CPU time and notes, for each frame above it, where that frame says that it is."""

import itertools
import sys
import time

clock = time.thread_time
times = {}  # (file, line, columns; None: all of the line) -> seconds with that place on the stack
known = {}


def columns(frame):
    """[begin, further lines, end] as PEP 657 has them, in bytes from 0; None where the interpreter does not know."""
    code, unit = frame.f_code, frame.f_lasti // 2
    if sys.version_info < (3, 11):
        return None
    line, end_line, begin, end = next(itertools.islice(code.co_positions(), unit, None))
    if None in (line, end_line, begin, end) or (line == end_line and begin >= end):
        return None
    return begin, end_line - line, end


def place(frame):
    if len(frame.f_code.co_code) < 10000:
        return frame.f_code.co_filename, frame.f_lineno, columns(frame)
    key = frame.f_code.co_filename, frame.f_lasti  # a long way in a long table: once is enough
    if key not in known:
        known[key] = frame.f_code.co_filename, frame.f_lineno, columns(frame)
    return known[key]


def spin(seconds=0.003):
    begin = clock()
    above, frame = set(), sys._getframe(1)
    while frame:
        file, line, span = place(frame)
        above.update({(file, line, None), (file, line, span)})
        frame = frame.f_back
    while clock() < begin + seconds:
        pass
    taken = clock() - begin
    for one in above:
        times[one] = times.get(one, 0) + taken


def told():
    """What was used up, for the test to compare with."""
    return [{"file": file, "line": line, "columns": span, "time": time}
            for (file, line, span), time in times.items()]
