"""read_profile, Stats and Tree: files of vmprof whose facts are known, and what is counted in them."""

import io
import json
import unittest

import jsonschema

from packaged import Case, GOLDEN, HERE, SITE, TOP, pyrometer
from harness import PYTHON, interpreters
from pyrometer import Stats, Tree

VMPROF = GOLDEN / "vmprof"

# Samples, as an independent decoder and vmprof's own reader count them.
SAMPLES = {
    "cpython311-lines-mem.prof": 74, "cpython311-lines.prof": 99, "cpython311-native-lines.prof": 98,
    "cpython311-threads.prof": 99, "pypy7311-long-names.prof.gz": 0, "pypy7311-truncated-in-name.prof": 0,
    "pypy7311-32bit.prof.gz": 164, "pypy7311-cpu.prof.gz": 202, "pypy7311-killed.prof.gz": 127,
    "pypy7311-mem.prof.gz": 152, "pypy7311-native.prof.gz": 178, "pypy7311-realtime.prof.gz": 150,
    "pypy7311-truncated-in-sample.prof.gz": 65, "pypy7311-twice.prof.gz": 52, "pypy7319-native.prof.gz": 84,
    "synth-v0.prof": 3, "synth-v1.prof": 3, "synth-v2-pypy.prof": 3, "synth-v3-memory.prof": 3, "synth-v4-lines-memory.prof": 3,
    "synth-v5.prof": 3, "synth-v6-32bit-memory.prof": 3, "synth-v6-no-trailer.prof": 3, "synth-v6-pypy.prof": 3,
    "synth-v6-win64-lines.prof": 3, "synth-v7-fork.prof": 3,
}
# Those whose samples have times stand for them: each comes as often as its time asks for.
TIMED = {"pypy801-mem.prof.gz": 134, "pypy801-realtime.prof.gz": 228, "synth-v7.prof": 3}


class Files(Case):
    def test_samples(self):
        for name, samples in SAMPLES.items():
            with self.subTest(name):
                stats = pyrometer.read_profile(VMPROF / name, virtual_only=False)
                self.assertEqual(len(stats.profiles), samples)
                if samples:
                    self.assertEqual(stats.get_tree().count, samples)
        for name, samples in TIMED.items():
            with self.subTest(name):
                stats = pyrometer.read_profile(VMPROF / name, virtual_only=False)
                self.assertGreaterEqual(len(stats.profiles), samples)
                self.assertEqual(stats.get_tree().count, len(stats.profiles))
        files = {path.name for path in VMPROF.iterdir() if path.name.endswith((".prof", ".prof.gz"))}
        self.assertEqual(files, set(SAMPLES) | set(TIMED), "each file there is read")

    def test_threads(self):
        stats = pyrometer.read_profile(VMPROF / "cpython311-threads.prof")
        threads = [profile[2] for profile in stats.profiles]
        self.assertEqual(sorted(threads.count(thread) for thread in set(threads)), [31, 31, 37])

    def test_memory(self):
        for name, least, most in (("cpython311-lines-mem.prof", 15424, 15608), ("pypy7311-mem.prof.gz", 55684, 66076)):
            sizes = [profile[3] for profile in pyrometer.read_profile(VMPROF / name).profiles]
            self.assertEqual((min(sizes), max(sizes)), (least, most))

    def test_interpreter_and_flags(self):
        stats = pyrometer.read_profile(VMPROF / "cpython311-lines.prof")
        self.assertEqual((stats.interp, stats.profile_lines, stats.profile_memory), ("cpython", True, False))
        self.assertEqual(stats.getmeta("os"), "linux")
        stats = pyrometer.read_profile(VMPROF / "pypy7311-cpu.prof.gz")
        self.assertEqual((stats.interp, stats.profile_lines), ("pypy", False))
        self.assertGreater(stats.get_runtime_in_microseconds(), 700_000)
        self.assertGreater(stats.get_tree().cumulative_meta()["jit"], 0)

    def test_stacks(self):
        """main calls work, three times, in two threads."""
        stats = pyrometer.read_profile(VMPROF / "synth-v4-lines-memory.prof")
        self.assertEqual(sorted(profile[2] for profile in stats.profiles), [0x77, 0x77, 0x78])
        tree = stats.get_tree()
        self.assertIn("main", tree.name)
        self.assertEqual([child.count for child in tree.children.values()], [3])
        self.assertEqual(tree["work"].self_count, 3)
        self.assertEqual(sum(tree["work"].lines.values()), 3)
        self.assertEqual(stats.display(0), [tree.name, tree["work"].name])

    def test_native_frames(self):
        native = pyrometer.read_profile(VMPROF / "cpython311-native-lines.prof", virtual_only=False)
        virtual = pyrometer.read_profile(VMPROF / "cpython311-native-lines.prof")
        self.assertEqual(len(native.profiles), 98)
        self.assertTrue(any(name.startswith("n:") for name in native.adr_dict.values()))
        self.assertFalse(any(name.startswith("n:") for name in virtual.adr_dict.values()))
        whole = native.get_tree()
        flat = whole.flatten()
        self.assertEqual(flat.count, whole.count)
        names = []
        flat.walk(lambda node: names.append(node.name))
        self.assertFalse([name for name in names if name.startswith("n:")])

    def test_second_part(self):
        self.assertEqual(len(pyrometer.read_profile(VMPROF / "pypy7311-twice.prof.gz", part=2).profiles), 49)

    def test_json_keeps_its_schema(self):
        schema = json.loads((TOP / "daemon/exporters/json/profile.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        for name in ("cpython311-lines-mem.prof", "pypy7311-native.prof.gz", "pypy7311-twice.prof.gz"):
            document = pyrometer.export_json(VMPROF / name)
            jsonschema.validate(document, schema)
            self.assertEqual(sorted(document), sorted(schema["properties"]), "what is written is described")
            self.assertEqual(sorted(document["run"]), sorted(schema["properties"]["run"]["properties"]))

    def test_open_file(self):
        data = (VMPROF / "cpython311-lines.prof").read_bytes()
        self.assertEqual(len(pyrometer.read_profile(io.BytesIO(data)).profiles), 99)

    def test_a_bundle(self):
        """Where samples stand for different times, so do those here."""
        program = self.work / "program.py"
        program.write_text(f"import sys\nsys.path.insert(0, {str(HERE / 'programs')!r})\nfrom work import burn\n"
                           "def much(): burn(0.9)\ndef little(): burn(0.3)\nmuch()\nlittle()\n")
        done = self.profile(PYTHON, program)
        self.assertEqual(done.status, 0, done)
        stats = pyrometer.read_profile(self.output)
        counts = self.counts_of(stats)
        samples = self.ask("info", self.output)["run"]["effectiveSamples"]
        self.agree(0.75, counts["much"] / (counts["much"] + counts["little"]) * samples, samples, "much")
        self.assertIn("program.py", stats.getargv())
        self.assertGreater(stats.get_runtime_in_microseconds(), 1_000_000)
        tree = stats.get_tree()
        module = tree if "<module>" in tree.name else tree["program.py"]
        self.assertEqual(sum(module["much"].lines.values()), counts["much"])

    def test_faults(self):
        for name, data, word in (("none.prof", None, "no such file"), ("empty.prof", b"", "empty"),
                                 ("text.prof", b"no profile at all" * 9, "")):
            path = self.work / name
            if data is not None:
                path.write_bytes(data)
            with self.assertRaises(pyrometer.VMProfError) as caught:
                pyrometer.read_profile(path)
            self.assertIn(name, str(caught.exception))
            self.assertIn(word, str(caught.exception))
        stats = pyrometer.read_profile(VMPROF / "pypy7311-long-names.prof.gz")
        self.assertEqual(stats.profiles, [])
        with self.assertRaises(pyrometer.EmptyProfileFile):
            stats.get_tree()


class Counting(unittest.TestCase):
    def setUp(self):
        self.names = {1: "py:main:1:a.py", 2: "py:spam:2:a.py", 3: "py:spam_more:3:a.py", 5: "n:strlen:0:libc.so"}
        self.stats = Stats([([1, 2, 3], 1, 7, 0), ([1, 2, 2, 5], 1, 7, 0), ([1, 3], 1, 8, 0), ([1], 1, 8, 0)], self.names,
                           meta={"argv": "a.py -x"}, states=[None, "native", "jit", "jit"])

    def test_functions(self):
        self.assertEqual(self.stats.functions, {1: 4, 2: 2, 3: 2, 5: 1})
        self.assertEqual(dict(self.stats.top_profile())["py:spam:2:a.py"], 2)
        called, total = self.stats.function_profile(1)
        self.assertEqual((dict(called), total), ({2: 2, 3: 2, 5: 1}, 4))
        self.assertEqual(called[0], (5, 1))
        called, total = self.stats.function_profile(2)
        self.assertEqual((dict(called), total), ({2: 1, 3: 1, 5: 1}, 2))
        self.assertEqual(self.stats.function_profile(99), ([], 0))

    def test_names(self):
        self.assertEqual(sorted(self.stats.find_addrs_containing_name("spam")), [2, 3])
        self.assertEqual(self.stats._get_name(99), "<unknown code>")
        self.assertEqual(self.stats.get_addr_info(2), ("py", "spam", 2, "a.py"))
        self.assertIsNone(self.stats.get_addr_info(99))
        self.assertEqual((self.stats.getargv(), self.stats.getmeta("os", "?")), ("a.py -x", "?"))
        self.assertEqual(self.stats.get_runtime_in_microseconds(), 0)

    def test_tree(self):
        tree = self.stats.get_tree()
        self.assertEqual((tree.name, tree.count, tree.self_count), ("py:main:1:a.py", 4, 1))
        self.assertEqual(repr(Tree(1, "foo", 2, {2: Tree(2, "bar", 2)})), "<Node: foo (2) [(2, bar)]>")
        self.assertEqual(tree["spam"].addr, 2)  # exactly that name, before others that contain it
        self.assertEqual(tree["more"].addr, 3)
        self.assertEqual(tree[3].count, 1)
        self.assertEqual(tree[""].addr, 2)
        with self.assertRaises(KeyError):
            tree["eggs"]
        self.assertEqual(tree.cumulative_meta(), {"native": 1, "jit": 2})
        self.assertEqual(json.loads(tree.as_json())[:4], ["py:main:1:a.py", "1", 4, {"jit": 1}])
        self.assertEqual(json.loads(tree["spam"].as_json())[4][0][:3], ["py:spam_more:3:a.py", "3", 1])
        flat = tree.flatten()
        self.assertEqual(flat["spam"]["spam"].meta, {"native": 1})
        self.assertEqual(flat["spam"]["spam"].self_count, 1)
        self.assertEqual(tree, self.stats.get_tree())
        self.assertNotEqual(tree, flat)

    def test_lines(self):
        stats = Stats([([1, -10, 2, -20], 1, 0, 0), ([1, -11, 2, -20], 1, 0, 0)], self.names, profile_lines=True)
        tree = stats.get_tree()
        self.assertEqual(tree.lines, {10: 1, 11: 1})
        self.assertEqual(tree["spam"].lines, {20: 2})
        self.assertEqual(stats.functions, {1: 2, 2: 2})

    def test_threads_without_a_common_root(self):
        tree = Stats([([1], 1, 0, 0), ([3], 1, 0, 0)], self.names).get_tree()
        self.assertEqual((tree.name, tree.count, tree.self_count), ("<all>", 2, 0))

    def test_depth(self):
        """As deep as programs recurse: no recursion here."""
        deep = Stats([(list(range(1, 20_001)), 1, 0, 0)]).get_tree()
        seen = []
        deep.walk(lambda node: seen.append(node.addr))
        self.assertEqual(len(seen), 20_000)
        self.assertEqual(deep, deep.flatten())
        self.assertTrue(deep.as_json().endswith("]" * 40_000))


class Interpreters(Case):
    def test_reads_on_each(self):
        """The package is plain Python for all of them."""
        code = "import pyrometer, sys; print(len(pyrometer.read_profile(sys.argv[1]).profiles))"
        for name, python in interpreters():
            with self.subTest(name):
                done = self.execute([python, "-W", "error", "-c", code, VMPROF / "cpython311-lines.prof"],
                                    env={"PYTHONPATH": SITE})
                self.assertEqual((done.text, done.errors), ("99\n", ""))
