"""Ends after ten milliseconds. The profile may hold few samples or none, and must say what to do about it."""

import time

end = time.monotonic() + 0.01
while time.monotonic() < end:
    pass
print("over")
