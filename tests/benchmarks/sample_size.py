"""Bytes a sample takes in the recording's stream, which is what the ring carries, by the depth of the stack. Descriptions
of code and the texts of names are in it.

  sample_size.py [--seconds 3] [--depths 5,30,100]
"""

import pathlib
import zipfile

import measure

PROGRAM = """
import time
def leaf(n):
    total = 0
    for i in range(n): total += i * i % 7
    return total
def other(n): return sum(i % 3 for i in range(n))
def down(depth):
    if depth: return down(depth - 1)
    end = time.thread_time() + SECONDS
    while time.thread_time() < end:
        leaf(2000); other(2000)
down(DEPTH)
"""


def main():
    options = measure.arguments(__doc__, seconds=3.0, depths="5,30,100")
    with measure.folder() as place:
        path = pathlib.Path(place, "deep.py")
        profile = pathlib.Path(place, "out.pyrometer")
        for depth in options.depths.split(","):
            path.write_text(PROGRAM.replace("SECONDS", str(options.seconds)).replace("DEPTH", depth))
            measure.Once([options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile,
                          "--rate", "1000", "--no-mem", "--", path])
            run = measure.info(options, profile)["run"]
            with zipfile.ZipFile(profile) as bundle:
                entry = bundle.getinfo("samples")
            print(f"depth {depth:>3}: {entry.file_size / run['samples']:6.1f} bytes a sample in the ring "
                  f"({run['samples']} samples)", flush=True)


if __name__ == "__main__":
    main()
