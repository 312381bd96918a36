"""Prints what it was given. Options that look like ours, empty words and words with blanks must arrive as they are."""

import os
import sys

print(sys.argv[1:])
print(os.path.basename(sys.argv[0]), __name__, sys.orig_argv[1:] and os.path.basename(sys.orig_argv[1]))
print([name for name in os.environ if name.startswith(("PYROMETER", "LD_PRELOAD"))])
