"""faulthandler.dump_traceback_later and register: their tracebacks while sampled."""
# pythons: all
# options: -X faulthandler
import faulthandler
import os
import signal

ended = []
signal.signal(signal.SIGUSR2, lambda number, frame: ended.append(number))


def spin(condition):
    while condition(): pass  # noqa: E701


def left():
    return not os.path.exists("dumped")


with open("dumped.new", "w+") as file:
    faulthandler.dump_traceback_later(0.2, file=file, exit=False)
    spin(lambda: os.fstat(file.fileno()).st_size < 60)
    faulthandler.cancel_dump_traceback_later()
    file.seek(0)
    text = file.read()
    print("Timeout (0:00:00.200000)!" in text, "most recent call first" in text)
faulthandler.register(signal.SIGUSR1, chain=False)


def send():
    os.kill(os.getpid(), signal.SIGUSR1)


for i in range(20):
    send()
    sum(range(100000))
