"""Signals to single threads (pthread_kill) while all of them are sampled: each handler runs as often as it was asked."""
import signal
import threading

from _help import burn

seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
stop = []


def thread():
    while not stop:
        sum(range(200))


threads = [threading.Thread(target=thread) for i in range(3)]
for each in threads:
    each.start()
for i in range(100):
    before = len(seen)
    signal.pthread_kill(threads[i % 3].ident, signal.SIGUSR1)
    while len(seen) == before:
        burn(0.0005)
stop.append(True)
for each in threads:
    each.join()
print(len(seen))
