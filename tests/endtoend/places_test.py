"""Samples fall on the right line, and in the right columns of it: many constructs, each compared with what the interpreter
itself said of its frames while they ran (tests/programs/places)."""

import json
import pathlib
import shutil
import zipfile

from harness import PROGRAMS, Case, marked_line, minor, on_each_interpreter
from intervals import SURE

FOLDER = PROGRAMS / "places"
BURN = "import time\n\n\ndef burn():\n    while time.process_time() < 0.25: sum(range(2000))  # hot\n\n\nburn()\n"


NOTHING = {"total": 0, "totalTime": 0}


def in_characters(place, texts):
    """The columns that the interpreter told, in bytes from 0, as `lines --json` has them: in characters from 1."""
    begin, more, end = place["columns"]
    line = place["line"]

    def column(line, count):
        return len(texts.get(line, "").encode()[:count].decode()) + 1 if line in texts else count + 1

    return line, column(line, begin), line + more, column(line + more, end)


@on_each_interpreter
class Places(Case):
    def check_each_construct(self, python):
        done = self.profile(python, FOLDER, options=("--rate", "1999"))
        self.assertEqual(done.status, 0, done)
        told = json.loads(done.stdout)
        recorded = self.recorded()
        call = marked_line(FOLDER / "__main__.py", "every construct")
        self.whole = sum(place["time"] for place in told if place["file"].endswith("__main__.py")
                         and place["line"] == call and not place["columns"])
        self.sampled = recorded.function("spin")
        evenness = recorded.run["effectiveSamples"] / recorded.samples
        self.count, self.even = self.sampled["total"] * evenness, evenness > 0.8
        files = sorted({place["file"] for place in told if not place["file"].startswith("<freed ")})
        own = [file for file in files if file.endswith(("constructs.py", "newer.py", "module.py", "inner.py", "less.py"))
               or file in ("<string>", "<made>", "<cached>", "<far>", "<shuffled>")]
        self.assertGreater(len(own), 7, files)
        for file in files:
            with self.subTest(file):
                self.compare(file, [place for place in told if place["file"] == file], minor(python), file in own)
        self.names_are_never_mixed(recorded)
        self.odd_names_are_whole(recorded, minor(python))
        for path, text in self.zipped_sources():
            self.assertEqual(text, (FOLDER / "module.py").read_text(), path)

    def close(self, what, seconds, row, only):
        """The share that was sampled is about the one that was measured; at least as large, where something else takes time
        there too (not `only`). On a busy machine some samples stand for much more time than others: then it is enough that
        the place was seen."""
        share = seconds / self.whole
        wanted, got = share * self.count, row["totalTime"] / self.sampled["totalTime"] * self.count
        said = f"{what}: {got:.0f} of {self.count:.0f} samples, {wanted:.0f} expected"
        if wanted > 30:
            self.assertGreater(row["total"], 0, said)
        if self.even:
            room = 4 + SURE * (wanted * (1 - min(share, 1))) ** 0.5
            self.assertGreater(got, wanted - room, said)
            if only and share < 0.98:
                self.assertLess(got, wanted + room, said)

    def compare(self, file, places, version, only):
        """`only`: nothing else in the file takes time."""
        shown = self.ask("lines", self.output, file)["lines"]
        rows = {row["line"]: row for row in shown}
        unknown = rows.pop(0, NOTHING)["total"]
        if file == "<long>":
            # The first samples may be over before the table has come.
            self.assertLess(unknown, (0.4 if self.even else 3) * sum(row["total"] for row in rows.values()))
            return
        self.assertLessEqual(unknown, 0.001 * self.sampled["total"] + 1, "samples on a line that is not known")
        lines = {place["line"]: place["time"] for place in places if not place["columns"]}
        for line, seconds in lines.items():
            self.close(f"{file}:{line}", seconds, rows.get(line, NOTHING), only)
        elsewhere = sum(row["self"] for line, row in rows.items() if line not in lines and not self.is_short(row))
        if only:
            self.assertLess(elsewhere, 0.03 * self.sampled["total"], shown)
        if version < 11:
            self.assertFalse([row for row in shown if "expressions" in row])
            return
        texts = {row["line"]: row["code"] for row in shown if "code" in row}
        expected = {in_characters(place, texts): place["time"] for place in places if place["columns"]}
        found = {}
        for row in shown:
            for part in row.get("expressions", ()):
                found[row["line"], part["column"], part["endLine"], part["endColumn"]] = part
        for place, seconds in expected.items():
            self.close(f"{file}:{place}", seconds, found.get(place, NOTHING), only)

    @staticmethod
    def is_short(row):
        """The lines of the short calls, and of what spends its own time."""
        return any(word in row.get("code", "") for word in ("tiny", "range(20000)", "return 1", "importlib", "zipfile"))

    def names_are_never_mixed(self, recorded):
        made = [row for row in recorded.functions if row["file"].startswith("<freed ")]
        self.assertGreater(len(made), 40 if self.even else 5)
        for row in made:
            number = row["file"].strip("<>").removeprefix("freed ")
            self.assertIn(row["name"], ("made_" + number, "<module>"), row)
        # Those that share their names each have their own lines: none has the samples of several.
        totals = [row["total"] for row in self.ask("lines", self.output, "<same>")["lines"]]
        self.assertGreater(len(totals), 20 if self.even else 3)
        self.assertLess(max(totals), (0.15 if self.even else 0.6) * sum(totals) + 10)

    def odd_names_are_whole(self, recorded, version):
        odd = [row for row in recorded.functions if row["file"] == "odd:file;\n \xe4.py"]
        name = "Odd.odd\u2028\xad" if version >= 11 else 'odd "name";\n\u4e2d\U0001f40d\t<&>'
        self.assertEqual([row["name"] for row in odd], [name])

    def zipped_sources(self):
        with zipfile.ZipFile(self.output) as bundle:
            for source in json.loads(bundle.read("sources.json")):
                if ".zip/" in source["path"] and source["path"].endswith("inner.py"):
                    yield source["path"], bundle.read(source["file"]).decode()

    def check_ways_to_start(self, python):
        """-c, standard input, -m, a folder, a zip file, a module without its source."""
        line = BURN.splitlines().index("    while time.process_time() < 0.25: sum(range(2000))  # hot") + 1
        program = self.work / "program"
        (program / "package").mkdir(parents=True)
        (program / "__main__.py").write_text(BURN)
        (program / "package" / "__main__.py").write_text(BURN)
        with zipfile.ZipFile(self.work / "program.pyz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__main__.py", BURN)
        bare = self.work / "bare"
        bare.mkdir()
        shutil.copy(program / "__main__.py", bare / "gone.py")
        self.plain(python, "-c", "import py_compile; py_compile.compile('gone.py', 'gone.pyc')", cwd=bare)
        (bare / "gone.py").unlink()
        ways = {("-c", BURN): "<string>", ("-",): "<stdin>", (program,): program / "__main__.py",
                ("-m", "package"): program / "package" / "__main__.py",
                (self.work / "program.pyz",): self.work / "program.pyz" / "__main__.py",
                (bare / "gone.pyc",): "gone.py"}
        for words, file in ways.items():
            with self.subTest(words=words):
                done = self.profile(python, *words, stdin=BURN.encode(), cwd=program)
                self.assertEqual(done.status, 0, done)
                row = max(self.recorded().lines, key=lambda row: row["selfTime"])
                self.assertEqual((row["file"], row["line"]), (str(file), line))
                has_text = isinstance(file, pathlib.Path)
                self.assertEqual(row["code"].endswith("# hot"), has_text, row)


if __name__ == "__main__":
    import unittest

    unittest.main()
