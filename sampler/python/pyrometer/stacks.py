"""The present stack, and what its addresses mean."""

import sys

from . import sampler

_code = {}  # address -> (name, first line, file) of code that sample_stack_now has met


def sample_stack_now(skip=0):
    """The stack of the calling thread: the addresses of its code objects, innermost first, without the `skip` innermost
    ones. resolve_addr() tells what they are."""
    stack, frame = [], sys._getframe(1)
    while frame is not None:
        if skip > 0:
            skip -= 1
        else:
            code = frame.f_code
            stack.append(id(code))
            # Written anew each time: an address may belong to another object by now.
            _code[id(code)] = (getattr(code, "co_qualname", code.co_name), code.co_firstlineno, code.co_filename)
        frame = frame.f_back
    return stack


def resolve_addr(addr):
    """(name, line, file) of an address of this process, or None: of a code object that sample_stack_now() has told, or
    of a function that a shared library exports (whose line is 0)."""
    if addr in _code:
        return _code[addr]
    if addr <= 0:
        return None
    symbol = sampler.symbol_at(addr & ~1 if addr & 1 else addr)
    return None if symbol is None else (symbol[0], 0, symbol[1])


def resolve_many_addr(addrs):
    """A dict of those addresses that resolve_addr can tell of."""
    resolved = {addr: resolve_addr(addr) for addr in addrs}
    return {addr: place for addr, place in resolved.items() if place is not None}


# PyPy's own module has it by this name.
resolve_many_addrs = resolve_many_addr
