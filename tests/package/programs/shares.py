"""Known shares through enable and disable: a half, three tenths, two tenths, in a thread that existed before, in this one,
in one that begins afterwards. What is done before, within stop_sampling (twice, started once) and afterwards counts for
nothing. Prints the CPU seconds that each function truly took while it counted."""

import json
import threading

import pyrometer
from work import burn

taken = {}
go = threading.Event()


def elder():
    go.wait()
    taken["elder"] = burn(0.5)  # elder


def own():
    taken["own"] = burn(0.3)  # own


def younger():
    taken["younger"] = burn(0.2)  # younger


def unwanted():
    burn(0.3)


unwanted()
thread = threading.Thread(target=elder)
thread.start()
with open("out.prof", "w+b") as file:
    pyrometer.enable(file.fileno(), lines=True, memory=True)
    own()
    pyrometer.stop_sampling()
    pyrometer.stop_sampling()
    unwanted()
    pyrometer.start_sampling()
    unwanted()
    pyrometer.start_sampling()
    go.set()
    other = threading.Thread(target=younger)
    other.start()
    thread.join()
    other.join()
    pyrometer.disable()
unwanted()
print(json.dumps(taken))
