"""The rate that is reached against the rate asked, with 1 and with 16 threads.

Every thread needs CPU time all along; the interpreter lets one run at a time, so the rate is that of samples by CPU
time: a sample for each 1/rate seconds of it.

  rate.py [--seconds 4] [--rates 100,1000,10000] [--threads 1,16] [--flags=--outside]
"""

import pathlib

import measure

PROGRAM = """
import threading, time
def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: sum(range(100))
threads = [threading.Thread(target=work, args=(SECONDS / THREADS,)) for _ in range(THREADS)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def main():
    options = measure.arguments(__doc__, seconds=4.0, rates="100,1000,10000", threads="1,16", flags="")
    with measure.folder() as place:
        path = pathlib.Path(place, "threads.py")
        profile = pathlib.Path(place, "out.pyrometer")
        for count in options.threads.split(","):
            path.write_text(PROGRAM.replace("SECONDS", str(options.seconds)).replace("THREADS", count))
            for rate in options.rates.split(","):
                measure.Once([options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile,
                              "--rate", rate, *options.flags.split(), "--", path])
                run = measure.info(options, profile)["run"]
                print(f"{rate:>6} Hz asked, {count:>2} threads: {run['rate']:8.1f} Hz "
                      f"({run['rate'] / float(rate):.1%}), {run['samples']} samples, {run['dropped']} dropped, "
                      f"{run['time'] / run['cpu'] if run['cpu'] else 0:.1%} of the CPU time accounted for", flush=True)


if __name__ == "__main__":
    main()
