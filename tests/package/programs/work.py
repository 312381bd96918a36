"""What the other programs do with their time, measured by the thread's own CPU clock."""

import time


def burn(seconds):
    """Uses that much CPU time in the calling thread. How much it truly was."""
    begin = time.thread_time()
    while time.thread_time() < begin + seconds:
        pass
    return time.thread_time() - begin
