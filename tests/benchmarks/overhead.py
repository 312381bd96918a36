"""How much longer a program takes under Pyrometer.

In rounds of shuffled order the same program runs alone and in each of the ways asked for; a round's runs are neighbours
in time, so their ratios cancel what the machine does meanwhile. Median of the ratios, interval by bootstrap.

  defaults   pyrometer run
  floor      a library preloaded whose SIGURG handler is empty, signalled 1 000 times a second from another process:
             what sampling inside costs at least
  1kHz       pyrometer run --rate 1000 --no-mem; reads less than the floor only by chance
  1kHz-mem   pyrometer run --rate 1000
  outside    pyrometer run --outside --rate 1000
  idle       the sampler is loaded and not asked for anything (an environment with LD_PRELOAD alone)

  overhead.py [--pairs 30] [--seconds 10] [--ways defaults,floor,1kHz,1kHz-mem,outside] [--cpus 0,1] [--program mixed]

--cpus 0 puts everything, the sampling process too, on one core.
"""

import json
import pathlib
import subprocess

import measure

SAMPLER = "libpyrometer_sampler.so"


def main():
    options = measure.arguments(__doc__, pairs=30, seconds=10.0, ways="defaults,floor,1kHz,1kHz-mem,outside", cpus="",
                                program="mixed", out="")
    cpus = options.cpus or None
    build = measure.TOP / "build" / "tests" / "benchmarks"
    with measure.folder() as place:
        path = measure.program(place, options.program, options.seconds, options.python)
        profile = pathlib.Path(place, "out.pyrometer")
        run = [options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile]

        def profiled(*flags):
            once = measure.Once([*run, *flags, "--", path], cpus=cpus)
            info = json.loads(subprocess.run([options.pyrometer, "info", profile, "--json"], check=True,
                                             capture_output=True).stdout)
            once.rate = info["run"]["rate"]
            once.samples = info["run"]["samples"]
            return once

        def floor():
            once = measure.Once([build / "signaller", "1000", build / "libempty_handler.so", options.python, path],
                                cpus=cpus)
            once.rate = float(once.errors.rsplit("rate ", 1)[1])
            return once

        sampler = next(options.pyrometer.parent.parent.rglob(SAMPLER))
        every = {
            "alone": lambda: measure.Once([options.python, path], cpus=cpus),
            "defaults": profiled,
            "floor": floor,
            "1kHz": lambda: profiled("--rate", "1000", "--no-mem"),
            "1kHz-mem": lambda: profiled("--rate", "1000"),
            "outside": lambda: profiled("--outside", "--rate", "1000"),
            "idle": lambda: measure.Once([options.python, path], env={"LD_PRELOAD": str(sampler)}, cpus=cpus),
        }
        ways = ["alone", *options.ways.split(",")]
        results = measure.pairs({way: every[way] for way in ways}, options.pairs)

    print(f"{options.program}, {options.seconds:.0f} s, {options.pairs} rounds, "
          + (f"everything on core {cpus}" if cpus else "two cores"))
    base = measure.bootstrap([once.wall for once in results["alone"]])
    print(f"  alone      {base[0]:.3f} s ({base[1]:.3f} to {base[2]:.3f})")
    for way in ways[1:]:
        figure = measure.bootstrap(measure.ratios(results, way, "alone"))
        rates = [once.rate for once in results[way] if hasattr(once, "rate")]
        achieved = f", at {sorted(rates)[len(rates) // 2]:.0f} Hz" if rates else ""
        print(f"  {way:<10} {measure.percent(figure)}{achieved}")
    if "floor" in ways:
        for way in ways:
            if way.startswith("1kHz"):
                figure = measure.bootstrap(measure.ratios(results, way, "floor"))
                print(f"  {way} against the floor: {measure.percent(figure)}")
    if options.out:
        rows = {way: [vars(once) for once in runs] for way, runs in results.items()}
        pathlib.Path(options.out).write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
