"""Three asyncio tasks burn half, three tenths and two tenths of the CPU time, taking turns: one with a name, one with a name
beyond Latin-1, one without, which is called after its coroutine. A callback burns a little in no task. The program measures
each part and prints the shares of the tasks.
"""

import asyncio
import json
import time

taken = {"fetch": 0.0, "разбор": 0.0, "store": 0.0}


def burn(seconds):
    start = time.process_time()
    while time.process_time() < start + seconds:
        sum(range(100))
    return time.process_time() - start


async def step(name, seconds):
    await asyncio.sleep(0)
    taken[name] += burn(seconds)


async def work(name, seconds):
    while sum(taken.values()) < 2:
        await step(name, seconds)


async def store():
    while sum(taken.values()) < 2:
        await asyncio.sleep(0.0001)
        await step("store", 0.002)


async def main():
    asyncio.get_running_loop().call_later(0.1, burn, 0.05)
    # What is awaited directly is its awaiter's time, which is a task called "main".
    await asyncio.gather(
        asyncio.create_task(work("fetch", 0.005), name="fetch"),
        asyncio.create_task(work("разбор", 0.003), name="разбор"),
        asyncio.create_task(store()),
    )


asyncio.run(main())
print(json.dumps(taken))
