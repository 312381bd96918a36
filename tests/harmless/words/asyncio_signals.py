"""asyncio with handlers for SIGURG and SIGUSR1, child processes and timeouts."""
import asyncio
import os
import signal


async def main():
    loop = asyncio.get_running_loop()
    seen = []
    for number in (signal.SIGURG, signal.SIGUSR1):
        loop.add_signal_handler(number, seen.append, int(number))
    for i in range(20):
        sum(range(20000))
        await asyncio.sleep(0.002)
    print("unasked", seen)
    for i in range(10):
        os.kill(os.getpid(), (signal.SIGURG, signal.SIGUSR1)[i % 2])
        sum(range(20000))
        await asyncio.sleep(0.01)
    print(seen)
    process = await asyncio.create_subprocess_exec("sh", "-c", "echo hello; exit 3", stdout=asyncio.subprocess.PIPE)
    print((await process.communicate())[0], process.returncode)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.05)
    except asyncio.TimeoutError:
        print("late")


asyncio.run(main())
