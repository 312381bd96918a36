"""Files that others wrote, through the command line: each sample in each command, logs of PyPy's JIT, logs in a
recording."""

import gzip
import json
import os
import re
import shutil
import signal
import zipfile
from types import SimpleNamespace

from harness import PYROMETER, TOP, Case
from terminal import Terminal

GOLDEN = TOP / "tests" / "golden"


def samples(kind):
    return sorted(path for path in (GOLDEN / kind).iterdir() if path.suffix not in (".txt", ".md"))


def facts(path):
    """What the text beside a sample says of it."""
    text = path.with_name(path.name + ".txt").read_text()
    stacks = re.findall(r"(?m)^\d+ \(\d+ ns\) (.*)$", text)
    return SimpleNamespace(format=re.match(r"format (.*), part", text)[1],
                           samples=int(re.search(r"(?m)^(\d+) samples", text)[1]),
                           has_lines=not re.search(r"(?m)^no lines", text),
                           lines={int(line) for stack in stacks for line in re.findall(r":(\d+)(?: > |$)", stack)})


class Profiles(Case):
    def test_show(self):
        for path in samples("vmprof"):
            for view in ("flat", "tree", "lines", "memory", "states"):
                with self.subTest(path.name, view=view):
                    self.assertTrue(self.pyrometer("show", path, view).text)
                    self.assertIn("view", self.ask("show", path, view))

    def test_info(self):
        for path in samples("vmprof"):
            with self.subTest(path.name):
                told, known = self.ask("info", path), facts(path)
                self.assertEqual((told["format"], told["run"]["samples"], told["hasLines"]),
                                 (known.format, known.samples, known.has_lines))
                # What vmprof does not write down.
                self.assertEqual((told["waitStatus"], told["end"]), (None, None))
                self.assertEqual([row["end"] for row in told["processList"]], [None] * len(told["processList"]))
                shown = self.pyrometer("info", path).text
                self.assertRegex(shown, rf"(?m)^file +{re.escape(path.name)}$")
                self.assertRegex(shown, rf"(?m)^file format +{known.format}$")
                self.assertNotIn("exit status", shown)

    def test_lines(self):
        """Where the file has lines, those of its stacks; where it has none, how many samples are in the source."""
        for path in samples("vmprof"):
            known = facts(path)
            source = {"cpyth": "record_cpython.py", "synth": "synth.py"}.get(path.name[:5], "workload.py")
            with self.subTest(path.name, source=source):
                shown = self.pyrometer("lines", path, source)
                if known.samples == 0:
                    self.assertEqual(shown.status, 1, shown)
                    self.assertIn("no sample was taken in this file", shown.errors)
                    continue
                self.assertEqual(shown.status, 0, shown)
                self.assertRegex(shown.text, rf"^{source}  \d+\.\d % of all time\n")
                lines = self.ask("lines", path, source)["lines"]
                self.assertEqual({row["line"] for row in lines if row["line"]}, known.lines)
                for line in known.lines:
                    self.assertRegex(shown.text, rf"(?m)% .* {line} │")
                if not known.has_lines:
                    self.assertRegex(shown.text, r"\d samples are somewhere in this file, and the recording does not say")

    def test_a_file_of_two(self):
        path = GOLDEN / "vmprof" / "pypy7311-twice.prof.gz"
        for part, count in ((1, 52), (2, 49)):
            shown = self.pyrometer("show", path, "--part", part)
            self.assertIn(f"{count} samples", shown.text)
            self.assertIn(f"this is profile {part} of the 2 in the file", shown.text)
        none = self.pyrometer("show", path, "--part", 3)
        self.assertEqual(none.status, 1, none)
        self.assertIn("there is no part 3: the file holds 2 profiles", none.errors)

    def test_export(self):
        for path in samples("vmprof"):
            for target in ("vmprof", "pyrometer", "speedscope", "collapsed", "json"):
                with self.subTest(path.name, target=target):
                    done = self.pyrometer("export", path, "--to", target, "-o", self.work / "out")
                    self.assertEqual(done.status, 0, done)
                    self.assertTrue((self.work / "out").stat().st_size or target == "collapsed")


class Jitlogs(Case):
    def test_list_and_stages(self):
        for path in samples("jitlog"):
            traces = self.ask("jit", path)["traces"]
            self.assertTrue(traces, path.name)
            for trace in traces:
                for stage in {"recorded": "noopt", "optimised": "opt", "assembled": "asm"}.items():
                    shown = self.pyrometer("jit", path, "show", trace["id"], "--stage", stage[1])
                    self.assertEqual(shown.status, 0 if trace[stage[0]] else 1, shown)

    def test_sorted_and_filtered(self):
        log = GOLDEN / "jitlog" / "pypy801.jit.gz"
        largest = [trace["bytes"] for trace in self.ask("jit", log, "--sort", "bytes")["traces"]]
        self.assertEqual(largest, sorted(largest, reverse=True))
        bridges = self.ask("jit", log, "--kind", "bridge", "--function", "collatz")["traces"]
        self.assertEqual({trace["kind"] for trace in bridges}, {"bridge"})
        others = self.ask("jit", log, "--kind", "bridge", "--function", "summing")["traces"]
        self.assertEqual({trace["function"] for trace in others}, {"step", "summing"})

    def test_a_bridge_says_where_it_begins(self):
        """Its first operations are of no instruction of its own."""
        log = GOLDEN / "jitlog" / "pypy801.jit.gz"
        shown = self.ask("jit", log, "show", 6, "--stage", "asm")["shown"][0]
        self.assertIsNone(shown["operations"][0]["mergePoint"])
        self.assertEqual((shown["begins"]["id"], shown["begins"]["line"]), (4, 7))
        self.assertIn("goes on from operation 31 of trace 4", self.pyrometer("jit", log, "show", 6, "--asm").text)

    def test_beside_a_profile(self):
        for ending in (".jit", ".jit.gz"):
            shutil.copy(GOLDEN / "vmprof" / "pypy801-mem.prof.gz", self.work / "run.prof")
            log = GOLDEN / "jitlog" / "pypy801.jit.gz"
            data = log.read_bytes() if ending.endswith(".gz") else gzip.decompress(log.read_bytes())
            (self.work / ("run" + ending)).write_bytes(data)
            self.assertEqual(len(self.ask("jit", self.work / "run.prof")["traces"]), 13)
            self.assertIn("run" + ending, self.pyrometer("info", self.work / "run.prof").text)
            (self.work / ("run" + ending)).unlink()
        done = self.pyrometer("jit", self.work / "run.prof")
        self.assertEqual(done.status, 1)
        self.assertIn("holds no log of a JIT", done.errors)


class Recordings(Case):
    def test_logs_within(self):
        """As a run of PyPy leaves them."""
        self.output = self.work / "out.pyrometer"
        self.pyrometer("export", GOLDEN / "vmprof" / "pypy801-mem.prof.gz", "--to", "pyrometer", "-o", self.output)
        with zipfile.ZipFile(self.output, "a") as recording:
            log = gzip.decompress((GOLDEN / "jitlog" / "pypy801.jit.gz").read_bytes())
            recording.writestr("logs/0.jit", log, zipfile.ZIP_STORED)
            log = (GOLDEN / "pypylog" / "pypy7311-colour.pypylog").read_bytes()
            recording.writestr("logs/0.pypylog", log, zipfile.ZIP_DEFLATED)
        self.assertEqual(len(self.ask("jit", self.output)["traces"]), 13)
        self.assertIn("inputs", self.pyrometer("jit", self.output, "show", 4).text)
        self.assertEqual(len(self.ask("show", self.output, "phases")["sections"]), 5)
        self.assertIn("L2cache", self.pyrometer("show", self.output, "--section", "gc-hardware").text)
        info = self.pyrometer("info", self.output).text
        self.assertIn("logs/0.jit", info)
        self.assertIn("logs/0.pypylog", info)
        self.assertTrue(self.pyrometer("show", self.output).text)

    def test_pypylogs(self):
        for path in samples("pypylog"):
            with self.subTest(path.name):
                self.assertTrue(self.ask("show", path)["sections"])
                self.assertIn("sections", self.pyrometer("info", path).text)
        full = GOLDEN / "pypylog" / "pypy7311-full.pypylog.gz"
        self.assertIn("--end of the loop--", self.pyrometer("show", full, "--section", "jit-log-opt-loop").text)


class Interrupted(Case):
    """Reading what no machine reads while the line waits its second: a log, and then a hole of a terabyte."""

    def check(self, command, name, beginning):
        path = self.work / name
        path.write_bytes(beginning)
        os.truncate(path, 1 << 40)
        terminal = Terminal(self, PYROMETER, command, path)
        terminal.expect(f"{name}   0 % of 1.10 TB")
        self.assertIn("reading ", terminal.seen)
        terminal.type("\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT, terminal.seen)
        self.assertTrue(terminal.seen.endswith("\r\x1b[K"), terminal.seen)

    def test_pypylog(self):
        self.check("show", "a.pypylog", b"[1] {a\n[2] a}\n")

    def test_jitlog(self):
        self.check("jit", "a.jit", gzip.decompress((GOLDEN / "jitlog" / "pypy7311-killed.jit.gz").read_bytes()))
