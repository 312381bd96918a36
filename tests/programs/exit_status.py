"""Ends with status 3, and says so on standard error."""

import sys

print("on standard output")
print("on standard error", file=sys.stderr)
sys.exit(3)
