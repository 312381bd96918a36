"""Writes the line tables of code objects and what the interpreter itself makes of them, for line_tables_test.cpp.

A sample of the standard library and some odd code is compiled. For each code object:

    code FIRST_LINE TABLE_IN_HEX
    UNITS LINE BEGIN_COLUMN END_LINE END_COLUMN      a run of two-byte code units with one place; -1: none

The first line says which format the tables have, by its number in sample_stream.h. An instruction without a line has the
line of the one before it, or the first line.
"""

import itertools
import os
import sys
import types
import warnings

SUM = 300_000  # bytes of source

ODD = [
    "f(\n  1,\n  2)\n" * 3,
    "x = [a\n for a in b\n  if c] + (\n\n lambda:\n   yes)(\n)\n",
    "@one\n@two(\n 3)\ndef f():\n  pass\n" + "\n" * 300 + "class C:\n  a = 1\n",
    "def f():\n  try:\n    a()\n  finally:\n    b()\n  with c as d,\\\n e:\n    return {\n     1: 2,\n     3: 4}\n",
    "grö = 'ß' + ä(ü)\n" + "v = " + " + ".join("name%d" % i for i in range(400)) + "\n",
    "\n".join("a%d = b%d(c)[%d]" % (i, i, i) for i in range(20000)) + "\n",  # a table of more than 64 KiB
    "if x:\n" + "\n" * 1000 + "  y()\nelse:\n  z()\nwhile 1:\n  if q: break\n",
    "async def f():\n  async for a in b:\n    await c(\n a)\n  async with d: yield\n",
]
if sys.version_info >= (3, 10):
    ODD.append("match x:\n  case {'a': [1, *y]} if z:\n    w()\n  case C(a=1) | None:\n    pass\n")


def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


def places(code):
    """(line, begin column, end line, end column) of each unit as the interpreter says it."""
    count = len(code.co_code) // 2
    if sys.version_info >= (3, 11):
        return [(line, begin, end_line, end) for line, end_line, begin, end in code.co_positions()]
    if sys.version_info >= (3, 10):
        lines = [None] * count
        for start, end, line in code.co_lines():
            lines[start // 2:end // 2] = [line] * ((end - start) // 2)
    else:
        import ctypes

        ask = ctypes.pythonapi.PyCode_Addr2Line
        ask.argtypes = [ctypes.py_object, ctypes.c_int]
        lines = [ask(code, 2 * unit) for unit in range(count)]
    return [(line, None, None, None) for line in lines]


def dump(code, out):
    table = code.co_lnotab if sys.version_info < (3, 10) else code.co_linetable
    out.write("code %d %s\n" % (code.co_firstlineno, table.hex() or "-"))
    last = code.co_firstlineno
    for place, run in itertools.groupby(places(code)):
        last = place[0] if place[0] is not None else last
        rest = [-1 if number is None else number for number in place[1:]]
        out.write("%d %d %d %d %d\n" % (len(list(run)), last, *rest))


def main():
    warnings.simplefilter("ignore")
    out = sys.stdout
    out.write("format %d\n" % (0 if sys.version_info < (3, 10) else 1 if sys.version_info < (3, 11) else 2))
    library = os.path.dirname(os.__file__)
    names = sorted(name for name in os.listdir(library)
                   if name.endswith(".py") and os.path.isfile(os.path.join(library, name)))
    left = SUM
    for name in names[::3]:
        with open(os.path.join(library, name), "rb") as file:
            source = file.read()
        if len(source) < left:
            left -= len(source)
            for code in codes(compile(source, name, "exec")):
                dump(code, out)
    for source in ODD:
        for code in codes(compile(source, "odd", "exec")):
            dump(code, out)


main()
