"""What an editor waits for: `pyrometer serve` over its pipes, as the tests' client speaks to it.

    serve.py [--pyrometer PROGRAM] [--python PYTHON] [--starts 40] [--samples 10000000] [--only NAME...]

    start      from exec to the answer to initialize
    flight     50 requests at once, 25 of them cancelled, with the profile of `--samples` samples behind them
    editor     inlay hints of 5 000 lines, hover, line heat and more on that profile, one question at a time
    edits      10 000 edits on a document of 100 000 lines, and the heat of it afterwards
    live       from the begin of a line to its heat at the client, asked for when profileChanged comes
"""

import argparse
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests" / "transcripts"))

from client import Client  # noqa: E402

LINES = 5000


def uri(path):
    return f"file://{path}"


def milliseconds(values):
    values = sorted(values)
    return (f"median {1000 * statistics.median(values):.2f} ms, least {1000 * values[0]:.2f}, "
            f"most {1000 * values[-1]:.2f} ({len(values)} times)")


def write_profile(path, source, samples):
    """A vmprof file, version 6 with lines: 50 functions of 100 lines each in one file, every line hot, stacks of four
    frames, three threads. The layout: daemon/importers/vmprof/README.md."""
    dice = random.Random(1)
    functions = [(0x10000 * (i + 1), f"py:function_{i}:{100 * i + 1}:{source}") for i in range(50)]

    def stack():
        cells = b""
        for _ in range(4):
            number = dice.randrange(50)
            cells += struct.pack("<qQ", 100 * number + 1 + dice.randrange(100), functions[number][0])
        return b"\x01" + struct.pack("<qq", 1, 8) + cells + struct.pack("<q", dice.randrange(3) + 1)

    # Every line is the innermost of some stack.
    known = []
    for line in range(1, LINES + 1):
        leaf = struct.pack("<qQ", line, functions[(line - 1) // 100][0])
        rest = stack()
        known.append(rest[:17] + leaf + rest[33:])
    with open(path, "wb") as file:
        file.write(struct.pack("<qqqqq", 0, 3, 0, 1000, 0))
        file.write(b"\x05\x00\x06\x02" + b"\x07" + b"cpython")
        file.write(b"\x06" + struct.pack("<qq", 1_700_000_000, 0) + b"UTC".ljust(8, b"\0"))
        written = 0
        while written < samples:
            count = min(100_000, samples - written)
            file.write(b"".join(dice.choices(known, k=count)))
            written += count
        for number, name in functions:
            file.write(b"\x02" + struct.pack("<Qq", number, len(name)) + name.encode())
        file.write(b"\x03" + struct.pack("<qq", 1_700_000_000 + samples // 1000, 0) + b"UTC".ljust(8, b"\0"))


class Measures:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.env = os.environ | {"XDG_STATE_HOME": str(self.folder / "state"), "HOME": str(self.folder)}

    def client(self):
        return Client([self.options.pyrometer, "serve"], self.env, self.folder)

    def connected(self):
        client = self.client()
        client.request("initialize", {"processId": os.getpid(), "rootUri": uri(self.folder), "capabilities": {},
                                      "initializationOptions": {"settings": {"python": self.options.python}}})
        client.notify("initialized", {})
        return client

    def timed(self, client, method, params, times=20):
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            client.request(method, params, seconds=120)
            taken.append(time.perf_counter() - began)
        return milliseconds(taken)

    def start(self):
        taken = []
        for _ in range(self.options.starts):
            began = time.perf_counter()
            client = self.client()
            client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
            taken.append(time.perf_counter() - began)
            client.close_input()
            client.wait_for_exit()
            client.kill()
        print("start to the answer to initialize:", milliseconds(taken))
        # The same of a program that does nothing but be started, for comparison.
        taken = []
        for _ in range(self.options.starts):
            began = time.perf_counter()
            subprocess.run(["/bin/true"], check=True)
            taken.append(time.perf_counter() - began)
        print("  /bin/true, for comparison:", milliseconds(taken))

    def big(self):
        """A daemon that holds the big profile, with its source open."""
        if not hasattr(self, "held"):
            self.source = self.folder / "source.py"
            self.source.write_text("".join(f"value_{i} = {i}  # a line of the program\n" for i in range(LINES)))
            profile = self.folder / "big.prof"
            write_profile(profile, self.source, self.options.samples)
            self.held = self.connected()
            self.held.notify("textDocument/didOpen", {"textDocument": {
                "uri": uri(self.source), "languageId": "python", "version": 1, "text": self.source.read_text()}})
            began = time.perf_counter()
            answer = self.held.request("pyrometer/open", {"uri": uri(profile)}, seconds=300)
            print(f"open {answer['samples']} samples ({profile.stat().st_size / 1e6:.0f} MB of vmprof): "
                  f"{time.perf_counter() - began:.1f} s; the daemon holds {self.held.resident() / 1e6:.0f} MB")
        return self.held

    def editor(self):
        client = self.big()
        document = {"uri": uri(self.source)}
        client.notify("workspace/didChangeConfiguration", {"settings": {"pyrometer": {"threshold": 0}}})
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": LINES, "character": 0}}
        hints = client.request("textDocument/inlayHint", {"textDocument": document, "range": whole})
        print(f"inlay hints of {len(hints)} lines:",
              self.timed(client, "textDocument/inlayHint", {"textDocument": document, "range": whole}))
        part = {"start": {"line": 2000, "character": 0}, "end": {"line": 2060, "character": 0}}
        print("inlay hints of 60 lines:",
              self.timed(client, "textDocument/inlayHint", {"textDocument": document, "range": part}))
        print("hover:", self.timed(client, "textDocument/hover", {
            "textDocument": document, "position": {"line": 2345, "character": 3}}))
        print("line heat:", self.timed(client, "pyrometer/lineHeat", {"uri": uri(self.source)}))
        print("line heat of one thread:", self.timed(client, "pyrometer/lineHeat", {
            "uri": uri(self.source), "filter": {"threads": [1]}}, 5))
        print("code lenses:", self.timed(client, "textDocument/codeLens", {"textDocument": document}))
        print("functions:", self.timed(client, "pyrometer/functions", {}))
        print("flame:", self.timed(client, "pyrometer/flame", {}, 5))
        print("timeline:", self.timed(client, "pyrometer/timeline", {}, 5))

    def flight(self):
        client = self.big()
        document = {"uri": uri(self.source)}
        dice = random.Random(2)
        questions = [("textDocument/hover", {"textDocument": document, "position": {"line": 77, "character": 1}}),
                     ("textDocument/codeLens", {"textDocument": document}), ("pyrometer/functions", {}),
                     ("pyrometer/flame", {}), ("pyrometer/timeline", {}),
                     ("pyrometer/lineHeat", {"uri": uri(self.source), "filter": {"threads": [1]}})]
        taken, refused = [], 0
        for _ in range(10):
            began = time.perf_counter()
            sent = [client.ask(*dice.choice(questions)) for _ in range(50)]
            for number in dice.sample(sent, 25):
                client.notify("$/cancelRequest", {"id": number})
            for number in sent:
                refused += client.answer(number, 120).get("error", {}).get("code") == -32800
            taken.append(time.perf_counter() - began)
        print(f"50 requests in flight, 25 cancelled ({refused} of 250 in time), to the last answer:",
              milliseconds(taken))

    def edits(self):
        client = self.connected()
        path = self.folder / "long.py"
        path.write_text("import time\nend = time.time() + 1\nwhile time.time() < end: pass\n" + "x = 1\n" * 100_000)
        client.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri(path), "languageId": "python", "version": 1, "text": path.read_text()}})
        run = client.request("pyrometer/run", {"program": uri(path)})["run"]
        client.expect("pyrometer/profileChanged", lambda said: said["profile"] == run and said["state"] == "finished",
                      seconds=120)
        dice = random.Random(4)
        began = time.perf_counter()
        for version in range(2, 10_002):
            line = dice.randrange(3, 90_000)
            client.notify("textDocument/didChange", {
                "textDocument": {"uri": uri(path), "version": version},
                "contentChanges": [{"range": {"start": {"line": line, "character": 0},
                                              "end": {"line": line + version % 2, "character": 0}},
                                    "text": dice.choice(("y = 2\n", "\n\n", "", "# z"))}]})
        heat = client.request("pyrometer/lineHeat", {"uri": uri(path)}, seconds=300)
        taken = time.perf_counter() - began
        hottest = max(heat["lines"], key=lambda row: row["share"])["line"]
        print(f"10 000 edits on 100 000 lines and the heat of them: {taken:.2f} s, {1e6 * taken / 10_000:.0f} us each; "
              f"the hot line is line {hottest}, as it must be: {hottest == 2}")
        print("one edit and the heat after it:", end=" ")
        each = []
        for version in range(10_002, 10_052):
            began = time.perf_counter()
            client.notify("textDocument/didChange", {
                "textDocument": {"uri": uri(path), "version": version},
                "contentChanges": [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
                                    "text": "\n"}]})
            client.request("pyrometer/lineHeat", {"uri": uri(path)})
            each.append(time.perf_counter() - began)
        print(milliseconds(each))
        client.shut_down()
        client.kill()

    def live(self):
        """A program goes from line to line and says when; after each profileChanged the heat is asked for. What counts
        is the time from a line's begin to the first heat on it at the client. Both clocks are this machine's."""
        program = self.folder / "phases.py"
        phases = 40
        program.write_text("import time\n" + "".join(
            f"print('begin', time.time(), flush=True); end = time.time() + 0.33\nwhile time.time() < end: pass\n"
            for _ in range(phases)))
        client = self.connected()
        run = client.request("pyrometer/run", {"program": uri(program)})["run"]
        seen, over = {}, False
        while not over:
            said = client.expect("pyrometer/profileChanged", lambda said: said["profile"] == run)
            over = said["state"] == "finished"
            for row in client.request("pyrometer/lineHeat", {"uri": uri(program)})["lines"]:
                seen.setdefault(row["line"], time.time())
        written = "".join(said["text"] for said in client.heard_so_far("pyrometer/output"))
        began = [float(line.split()[1]) for line in written.splitlines()]
        taken = [seen[2 + 2 * number] - time_of for number, time_of in enumerate(began) if 2 + 2 * number in seen]
        print(f"a line's begin to its heat at the client, {len(taken)} of {phases} lines:", milliseconds(taken))
        client.shut_down()
        client.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", type=pathlib.Path, default=TOP / "build" / "installed" / "bin" / "pyrometer")
    parser.add_argument("--python", default="/usr/bin/python3.11")
    parser.add_argument("--starts", type=int, default=40)
    parser.add_argument("--samples", type=int, default=10_000_000)
    parser.add_argument("--only", nargs="*", default=["start", "editor", "flight", "edits", "live"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measures = Measures(options, folder)
        for name in options.only:
            getattr(measures, name)()
        if hasattr(measures, "held"):
            measures.held.kill()


if __name__ == "__main__":
    main()
