"""How much longer a program takes under Pyrometer.

In rounds of shuffled order the same program runs alone and in each of the ways asked for (ways.py lists them); a round's
runs are neighbours in time, so their ratios cancel what the machine does meanwhile. Median of the ratios, interval by
bootstrap. Before that, what each way must be asked for so that it reaches the rate is found out.

  overhead.py [--pairs 30] [--seconds 10] [--rate 1000] [--programs calls,mixed,arrays] [--ways defaults,floor,inside,outside]
              [--cpus 0,1]

`own time` is the program's, without the starts of interpreter and profiler; `whole command` has them in it; `CPU beside`
is what the profiler itself uses, in cores. --cpus 0 puts everything, the sampling process too, on one core.
"""

import statistics

import measure
import ways

COMPARED = ("floor", "austin", "sampling")  # what our own ways are set against as well


def row(*cells):
    print("| {:<13} | {:>6} | {:>6} | {:<27} | {:<27} | {:>10} |".format(*cells), flush=True)


def table(options, python, name, chosen):
    """One program's table."""
    with measure.folder() as place:
        path = measure.program(place, name, options.seconds, python)
        all_ways = ways.Ways(options, place, path, python, options.rate)
        print(f"\n{name}, CPython {measure.version(python)}, {options.seconds:g} s, {options.pairs} rounds, "
              + (f"everything on core {options.cpus}" if options.cpus else "no core chosen"), flush=True)
        for way in chosen:
            all_ways.reach(way)
        results = measure.pairs({way: lambda way=way: all_ways.once(way) for way in ["alone", *chosen]}, options.pairs)

    row("way", "asked", "rate", "own time", "whole command", "CPU beside")
    row("---", "---:", "---:", "---", "---", "---:")
    alone = results["alone"]
    row("alone", "", "", *(f"{statistics.median(times):.3f} s" for times in (
        [once.own_wall for once in alone], [once.wall for once in alone])), "")
    for way in chosen:
        once = results[way]
        beside = statistics.median((run.cpu - run.own_cpu) / run.own_wall for run in once)
        row(way, f"{all_ways.asked[way]:.0f}" if way in ways.RATES else "",
            f"{statistics.median(run.rate for run in once):.0f}" if once[0].rate else "",
            measure.percent(measure.bootstrap(measure.ratios(results, way, "alone", lambda run: run.own_wall))),
            measure.percent(measure.bootstrap(measure.ratios(results, way, "alone"))), f"{beside:.3f}")
    for way in chosen:
        for other in chosen:
            if other in COMPARED and way not in (*COMPARED, "idle"):
                print(f"{way} against {other}, own time: " + measure.percent(
                    measure.bootstrap(measure.ratios(results, way, other, lambda run: run.own_wall))), flush=True)


def arguments(description, **defaults):
    return measure.arguments(description, pairs=30, rate=1000, cpus="", interpreters=measure.INTERPRETERS, **defaults)


def main():
    options = arguments(__doc__, seconds=10.0, programs="mixed", ways="defaults,floor,inside,outside")
    for name in options.programs.split(","):
        table(options, options.python, name, options.ways.split(","))


if __name__ == "__main__":
    main()
