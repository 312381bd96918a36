"""Many threads that begin and end, with values of their own; daemon threads at the interpreter's end."""
# pythons: all
import threading

from _help import burn

local = threading.local()
ended = []


class Ends:
    def __del__(self):
        ended.append(sum(range(300)))


def thread(number):
    local.value = Ends()
    sum(range(2000))


for i in range(20):
    threads = [threading.Thread(target=thread, args=(n,)) for n in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
print(len(ended))


def forever():
    while True:
        sum(range(100))


for i in range(4):
    threading.Thread(target=forever, daemon=True).start()
burn(0.05)
