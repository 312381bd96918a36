"""A package that is run with -m package, to see that its modules are found as with the interpreter alone.

The profile must show: `grind` in package/work.py as hottest.
"""
