"""Files that others wrote, through the command line: each sample in each command, logs of PyPy's JIT, logs in a
recording."""

import gzip
import json
import shutil
import zipfile

from harness import TOP, Case

GOLDEN = TOP / "tests" / "golden"


def samples(kind):
    return sorted(path for path in (GOLDEN / kind).iterdir() if path.suffix not in (".txt", ".md"))


class Profiles(Case):
    def test_show(self):
        for path in samples("vmprof"):
            for view in ("flat", "tree", "lines", "memory", "states"):
                with self.subTest(path.name, view=view):
                    self.assertTrue(self.pyrometer("show", path, view).text)
                    self.assertIn("view", self.ask("show", path, view))

    def test_info_and_lines(self):
        for path in samples("vmprof"):
            with self.subTest(path.name):
                self.assertIn("vmprof", self.ask("info", path)["format"])
                if self.ask("info", path)["run"]["samples"] and path.name.startswith("cpython311-lines"):
                    self.assertRegex(self.pyrometer("lines", path, "record_cpython.py").text, r"(?m)^ *\d+\.\d %.* 18 ")

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
