"""The interpreter's own memory checks: PYTHONMALLOC=debug and development mode."""
# environment: PYTHONMALLOC=debug PYTHONDEVMODE=1
# pythons: all
import gc

from _help import burn


class Node:
    def __init__(self):
        self.other = self
        self.data = bytearray(100)


for i in range(40):
    nodes = [Node() for n in range(500)]
    exec(f"def function_{i}(): return {i}\nfunction_{i}()")
    del nodes
    gc.collect()
burn()
print(gc.garbage)
