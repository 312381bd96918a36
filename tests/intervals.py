"""The interval of a share, as the profiler computes its own (Wilson 1927)."""

import math

# Standard errors that a sampled share may be away from the true one: one comparison of some millions is further off by
# chance, and ./check makes thousands.
SURE = 5


def wilson(hits, samples, z):
    """`z` standard errors to either side: 1.96 for 95 %, 2.576 for 99 %."""
    if samples <= 0:
        return 0.0, 1.0
    share = hits / samples
    middle = (share + z * z / (2 * samples)) / (1 + z * z / samples)
    half = z / (1 + z * z / samples) * math.sqrt(share * (1 - share) / samples + z * z / (4 * samples * samples))
    return middle - half, middle + half
