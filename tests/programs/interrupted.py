"""Works until it is interrupted, then cleans up and ends with status 7.

The profile must show: `forever` as hottest, on the line marked "hot".
"""

import sys


def forever():
    total = 0
    while True:
        total += 1  # hot


print("ready", flush=True)
try:
    forever()
except KeyboardInterrupt:
    print("cleaned up", flush=True)
    sys.exit(7)
