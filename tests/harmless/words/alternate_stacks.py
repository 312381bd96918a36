"""A handler on an alternate stack of the usual size runs there, and nothing below that stack is touched."""
# pythons: all
from _help import calls

print("wrong", calls().alternate_stack(10))
