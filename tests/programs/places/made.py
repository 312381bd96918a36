"""Code that is in no ordinary file: made by exec, eval and compile, moved, renamed, frozen, zipped, without a source, very
long."""

import ast
import importlib
import linecache
import os
import py_compile
import shutil
import sys
import zipfile

from clock import spin

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = {"spin": spin}

FUNCTION = """

def {0}(
    n
):
    return [
        n,
        spin({1})
    ]
"""


def function(name="made", file="<made>", seconds=0.003, before=0):
    names = dict(NAMES)
    exec(compile("\n" * before + FUNCTION.format(name, seconds), file, "exec"), names)
    return names[name]


def executed():
    exec("\nif 1:\n  (\n   spin())\n", NAMES)
    eval("[\n 1,\n spin()]", NAMES)
    function()(1)
    text = "def cached():\n  return 1, \\\n   spin()\ncached()\n"
    linecache.cache["<cached>"] = len(text), None, text.splitlines(True), "<cached>"
    exec(compile(text, "<cached>", "exec"), dict(NAMES))
    tree = ast.parse("a = 1; spin()\nspin(\n)")
    exec(compile(ast.increment_lineno(tree, 1_000_000), "<far>", "exec"), dict(NAMES))
    # Two nodes that say they come from below and above.
    tree = ast.parse("spin()\nspin()\nspin()")
    ast.increment_lineno(tree.body[0], 700), ast.increment_lineno(tree.body[1], 90)
    exec(compile(tree, "<shuffled>", "exec"), dict(NAMES))


def renamed():
    given = function()
    code = given.__code__.replace(co_name='odd "name";\n中\U0001f40d\t<&>', co_filename="odd:file;\n ä.py",
                                  co_firstlineno=4000)
    if sys.version_info >= (3, 11):
        code = code.replace(co_qualname="Odd.odd\u2028\xad")
    type(given)(code, NAMES)(1)


def zipped():
    """A package in a zip file, as zipimport runs it."""
    if not os.path.exists("zipped.zip"):
        with zipfile.ZipFile("zipped.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(os.path.join(HERE, "module.py"), "zipped/inner.py")
            archive.writestr("zipped/__init__.py", "")
        sys.path.insert(0, os.path.abspath("zipped.zip"))
    importlib.import_module("zipped.inner").work()


def without_source():
    if not os.path.exists("sourceless.pyc"):
        shutil.copy(os.path.join(HERE, "module.py"), "sourceless.py")
        py_compile.compile("sourceless.py", "sourceless.pyc", os.path.abspath("sourceless.py"))
        os.remove("sourceless.py")
        sys.path.insert(0, os.getcwd())
    importlib.import_module("sourceless").work()


LONG = "def long():\n" + "  a = 1; b = a\n" * (17_000 if sys.version_info >= (3, 11) else 34_000) + "  spin(0.15)\n" + "  a = 1\n" * 10
LONG_CODE = []


def long():
    """A line table of more than 64 KiB: it comes in parts, as the program goes on."""
    if not LONG_CODE:
        names = dict(NAMES)
        exec(compile(LONG, "<long>", "exec"), names)
        LONG_CODE.append(names["long"])
        code = names["long"].__code__
        table = code.co_linetable if sys.version_info >= (3, 10) else code.co_lnotab
        assert len(table) > 65536, len(table)
    LONG_CODE[0]()


def freed():
    """Code objects that come to the addresses of others: of another name, and of the same one with other lines."""
    for i in range(60):
        function("made_%05d" % i, "<freed %05d>" % i, 0.001)(1)
        function("same", "<same>", 0.001, i * 7 % 60)(1)


ALL = (executed, renamed, zipped, without_source, long, freed)
