"""greenlet: stacks switched in C many times a second, also between threads."""
# pythons: 3.11
# needs: greenlet
import threading

import greenlet

from _help import burn

total = 0


def deep(depth, other):
    global total
    if depth:
        return deep(depth - 1, other)
    while True:
        total += 1
        sum(range(200))
        other[0].switch()


def run():
    one, two = [None], [None]
    one[0] = greenlet.greenlet(lambda: deep(30, two))
    two[0] = greenlet.greenlet(lambda: deep(3, one))

    def stop(*_):
        raise StopIteration

    main = greenlet.getcurrent()

    def worker(number):
        count = 0
        for i in range(8000):
            count += number
            sum(range(100))
            main.switch()
        return count

    workers = [greenlet.greenlet(worker) for i in range(5)]
    results = [None] * 5
    while not all(w.dead for w in workers):
        for i, w in enumerate(workers):
            if not w.dead:
                results[i] = w.switch(i)
    print(results)

    def pingpong(count):
        a = greenlet.greenlet(lambda: [b.switch() for i in range(count)])
        b = greenlet.greenlet(lambda: [a.switch() for i in range(count)])
        a.switch()
        return a.dead, b.dead

    print(pingpong(20000))


run()
threads = [threading.Thread(target=run) for i in range(3)]
for thread in threads:
    thread.start()
    thread.join()
try:
    greenlet.greenlet(lambda: 1 / 0).switch()
except ZeroDivisionError as error:
    print(error)
burn(0.05)
