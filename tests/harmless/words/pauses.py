"""pause and sigsuspend end by the signal that they wait for, and by none of ours."""
from _help import burn, calls

library = calls()
print("pause", library.pauses_cut_short(100, 0), "sigsuspend", library.pauses_cut_short(100, 1))
burn(0.1)
