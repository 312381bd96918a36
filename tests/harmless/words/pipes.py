"""Large writes to a pipe that is full are whole, as those of a program that is not looked at."""
import os
import threading

from _help import burn

reading, writing = os.pipe()
received = 0


def read():
    global received
    while data := os.read(reading, 8192):
        received += len(data)
        sum(range(300))


thread = threading.Thread(target=read)
thread.start()
short = 0
for i in range(60):
    sum(range(2000))
    short += os.write(writing, bytes(300000)) != 300000
os.close(writing)
thread.join()
print(short, received)
burn(0.05)
