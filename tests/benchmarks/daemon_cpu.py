"""How much CPU time sampling takes of Pyrometer itself, as a share of one core, at several rates: the CPU time of the
whole tree less that of the program, which says its own at its end.

  daemon_cpu.py [--seconds 10] [--runs 5] [--rates auto,100,1000,10000] [--program mixed] [--outside yes]
"""

import pathlib

import measure


def main():
    options = measure.arguments(__doc__, seconds=10.0, runs=5, rates="auto,100,1000,10000", outside="no",
                                program="mixed")
    flags = ["--outside"] if options.outside == "yes" else []
    with measure.folder() as place:
        path = measure.program(place, options.program, options.seconds, options.python)
        profile = pathlib.Path(place, "out.pyrometer")
        for rate in options.rates.split(","):
            shares = []
            for _ in range(options.runs):
                once = measure.Once([options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile,
                                     "--rate", rate, *flags, "--", path], path=path)
                shares.append((once.cpu - once.own_cpu) / once.own_wall)
            print("rate {}: {:.2f} % of a core (95 %: {:.2f} to {:.2f}, {} runs), {:.0f} Hz reached".format(
                rate, *(part * 100 for part in measure.bootstrap(shares)), len(shares),
                measure.info(options, profile)["run"]["rate"]), flush=True)


if __name__ == "__main__":
    main()
