"""How much CPU time sampling takes of Pyrometer itself, as a share of one core, at several rates.

The CPU time of the whole tree less that of the program, which says its own at its end.

  daemon_cpu.py [--seconds 10] [--runs 5] [--rates auto,100,1000,10000] [--outside yes]
"""

import pathlib
import subprocess

import measure


def main():
    options = measure.arguments(__doc__, seconds=10.0, runs=5, rates="auto,100,1000,10000", outside="no",
                                program="mixed")
    with measure.folder() as place:
        path = measure.program(place, options.program, options.seconds, options.python)
        own = pathlib.Path(place, "own")
        text = path.read_text() + (f"\nimport time\nopen({str(own)!r}, 'w').write("
                                   "f'{time.process_time()} {time.clock_gettime(time.CLOCK_MONOTONIC)}')\n")
        path.write_text("import time\nbegan = time.clock_gettime(time.CLOCK_MONOTONIC)\n"
                        + text.replace("CLOCK_MONOTONIC)}", "CLOCK_MONOTONIC) - began}"))
        profile = pathlib.Path(place, "out.pyrometer")
        for rate in options.rates.split(","):
            shares = []
            for _ in range(options.runs):
                flags = ["--outside"] if options.outside == "yes" else []
                once = measure.Once([options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile,
                                     "--rate", rate, *flags, "--", path])
                cpu, wall = map(float, own.read_text().split())
                shares.append((once.cpu - cpu) / wall)
            info = subprocess.run([options.pyrometer, "info", profile], check=True, capture_output=True, text=True)
            figure = measure.bootstrap(shares)
            print("rate {}: {:.2f} % of a core (95 %: {:.2f} to {:.2f}, {} runs)".format(
                rate, *(part * 100 for part in figure), len(shares)), flush=True)
        print(info.stdout)


if __name__ == "__main__":
    main()
