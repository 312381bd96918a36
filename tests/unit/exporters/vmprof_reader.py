"""Reads a vmprof file of version 6 by the published rules and prints it as JSON. It shares no code with the importer
and insists on what the reference reader insists on: count 1, an even number of cells, no unknown marker.

vmprof_reader.py FILE
"""

import json
import struct
import sys


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        piece = self.data[self.at:self.at + size]
        assert len(piece) == size, "the file is cut"
        self.at += size
        return piece

    def byte(self):
        return self.take(1)[0]

    def words(self, count):
        return struct.unpack(f"<{count}q", self.take(8 * count))

    def string(self):
        return self.take(self.words(1)[0]).decode("utf-8")


def read(data):
    file = Cursor(data)
    zero, three, zero_too, period, windows = file.words(5)
    assert (zero, three, zero_too, windows) == (0, 3, 0, 0)
    profile = {"period": period, "names": {}, "meta": {}, "samples": []}
    while file.at < len(data):
        marker = file.byte()
        if marker == 5:
            assert struct.unpack(">h", file.take(2)) == (6,)
            flags = file.byte()
            profile.update(flags=flags, interpreter=file.take(file.byte()).decode())
            pairs, lines, memory = flags & 8, flags & 2, flags & 1
            assert bool(pairs) == (profile["interpreter"] == "pypy")
        elif marker == 6 or marker == 3:
            profile["start" if marker == 6 else "end"] = file.words(2)
            file.take(8)
            if marker == 3:
                assert file.at == len(data)
                return profile
        elif marker == 7:
            key = file.string()
            assert key not in profile["meta"]
            profile["meta"][key] = file.string()
        elif marker in (2, 8):
            identity = file.words(1)[0]
            assert identity % 2 == (marker == 8)
            name = file.string()
            assert len(name.split(":", 3)) == 4
            profile["names"][identity] = name
        elif marker == 1:
            count, depth = file.words(2)
            assert count == 1 and 0 <= depth <= 65536
            assert depth % 2 == 0 or not (pairs or lines)
            cells = file.words(depth)
            frames = list(zip(cells[::2], cells[1::2])) if pairs or lines else [(0, cell) for cell in cells]
            thread = file.words(1)[0]
            # PyPy's kind 6 is the address of machine code; the others that occur name code. A killed process leaves
            # code without a name.
            assert not pairs or all(kind in (1, 3, 6, 7) for kind, _ in frames)
            profile["samples"].append({
                "stack": [[first, code if pairs and first == 6 else profile["names"].get(code, f"no name for {code}")]
                          for first, code in reversed(frames)],
                "thread": thread,
                "memory": file.words(1)[0] if memory else None,
            })
        else:
            raise AssertionError(f"marker {marker} at {file.at - 1}")
    return profile  # without a trailer: the process was killed


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as opened:
        print(json.dumps(read(opened.read()), indent=1, ensure_ascii=True, sort_keys=True))
