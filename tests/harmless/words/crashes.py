"""An end by a signal of the program's own doing: no handler, no traceback, the same status."""
# ways: inside outside
# status: -6
# samples: 3
import os
import sys

from _help import burn

burn()
print("before")
sys.stdout.flush()
os.abort()
