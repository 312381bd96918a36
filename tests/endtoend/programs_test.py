"""The programs of tests/programs, each on each interpreter: what they print and how they end is as without Pyrometer,
and the profile shows what the program's first comment says it must."""

import re
import shutil
import unittest

from harness import PROGRAMS, PYTHON, Case, marked_line, minor, on_each_interpreter, on_two_interpreters


class Programs(Case):
    def both(self, python, *arguments, same_errors=True, tidy=lambda text: text, **more):
        """Runs it with and without us and compares; gives back the profile."""
        alone = self.plain(python, *arguments, **more)
        ours = self.profile(python, *arguments, **more)
        self.assertEqual(ours.status, alone.status, ours)
        self.assertEqual(tidy(ours.stdout), tidy(alone.stdout))
        if same_errors:
            self.assertEqual(tidy(ours.stderr), tidy(alone.stderr))
        return self.recorded()

    def hot(self, recorded, function, path, mark="hot", share=0.5):
        """That function and that line are the hottest by self time, with at least that share of it."""
        line = marked_line(path, mark)
        self.assertEqual(recorded.hottest_line(), (path.name, line))
        whole = sum(row["selfTime"] for row in recorded.lines)
        row = next(row for row in recorded.lines if row["line"] == line and row["file"].endswith(path.name))
        self.assertGreater(row["selfTime"], share * whole)
        self.assertGreaterEqual(row["total"], row["self"])
        self.assertIn(function, [row["name"].rsplit(".", 1)[-1] for row in recorded.functions if row["self"]])
        self.assertGreater(recorded.samples, 10, "on a busy machine, of hundreds")


@on_each_interpreter
class OnEachInterpreter(Programs):
    """What depends on how the interpreter keeps its frames, code and lines."""

    def check_recursion(self, python):
        path = PROGRAMS / "recursion.py"
        recorded = self.both(python, path)
        self.hot(recorded, "work", path)
        descend = recorded.function("descend")
        self.assertLessEqual(descend["total"], recorded.samples)
        self.assertGreater(descend["total"], 0.5 * recorded.samples)
        line = recorded.heat(path)[marked_line(path, "recursive")]
        self.assertLessEqual(line["total"], recorded.samples)
        self.assertGreater(line["total"], 0.5 * recorded.samples)

    def check_threads(self, python):
        path = PROGRAMS / "threads.py"
        recorded = self.both(python, path)
        left, right = recorded.function("left")["selfTime"], recorded.function("right")["selfTime"]
        self.assertGreater(min(left, right), 0.25 * (left + right))
        self.assertGreaterEqual(recorded.info["threads"], 2)

    def check_generators(self, python):
        path = PROGRAMS / "generators.py"
        recorded = self.both(python, path)
        self.hot(recorded, "<genexpr>", path)
        self.assertGreater(recorded.function("squares")["total"], 0.5 * recorded.samples)
        self.assertGreaterEqual(recorded.function("consume")["total"], recorded.function("squares")["total"])

    def check_decorators(self, python):
        path = PROGRAMS / "decorators.py"
        recorded = self.both(python, path)
        self.hot(recorded, "busy", path)
        self.assertEqual(recorded.hottest_function().rsplit(".", 1)[-1], "busy")
        for wrapper in ("counting", "doubling"):
            self.assertGreater(recorded.function(wrapper)["total"], 0.5 * recorded.samples)

    def check_multiline(self, python):
        path = PROGRAMS / "multiline.py"
        self.hot(self.both(python, path), "evaluate", path, share=0.6)

    def check_comprehension(self, python):
        path = PROGRAMS / "comprehension.py"
        recorded = self.both(python, path)
        inner = "<listcomp>" if int(python.rsplit(".", 1)[1].rstrip("t")) < 12 else "table"
        self.hot(recorded, inner, path, share=0.5)

    def check_exceptions(self, python):
        path = PROGRAMS / "exceptions.py"
        recorded = self.both(python, path)
        self.hot(recorded, "settle", path)
        self.assertGreater(recorded.function("attempt")["total"], 0.5 * recorded.samples)

    def check_exec_code(self, python):
        recorded = self.both(python, PROGRAMS / "exec_code.py")
        row = max(recorded.lines, key=lambda row: row["selfTime"])
        self.assertEqual((row["file"], row["line"]), ("<generated>", 4))

    def check_module(self, python):
        recorded = self.both(python, "-m", "package", "one", "-m", "two", cwd=PROGRAMS)
        self.hot(recorded, "grind", PROGRAMS / "package" / "work.py")

    def check_uncaught(self, python):
        path = PROGRAMS / "uncaught.py"
        self.hot(self.both(python, path), "<genexpr>", path)

    def check_deep(self, python):
        path = PROGRAMS / "deep.py"
        recorded = self.both(python, path)
        self.hot(recorded, "bottom", path)
        sink = recorded.function("sink")
        self.assertLessEqual(sink["total"], recorded.samples)
        self.assertGreater(sink["total"], 0.5 * recorded.samples)

    def check_names_that_are_not_ascii(self, python):
        place = self.work / "Übung ‒ 日本"
        place.mkdir()
        path = shutil.copy(PROGRAMS / "straße_été.py", place)
        recorded = self.both(python, path)
        self.hot(recorded, "größe_zählen", PROGRAMS / "straße_été.py")
        # Code objects have had qualified names since 3.11.
        name = "Wörter.größe_zählen" if minor(python) >= 11 else "größe_zählen"
        self.assertIn(name, [row["name"] for row in recorded.functions])


@on_two_interpreters
class OnTwoInterpreters(Programs):
    """What hardly does."""

    def check_arguments(self, python):
        words = ["--rate", "7", "-o", "x y", "", "--", "-m", "ü", "--help"]
        self.both(python, PROGRAMS / "arguments.py", *words)

    def check_standard_input(self, python):
        path = PROGRAMS / "standard_input.py"
        text = "".join(f"word{i}\n" for i in range(50)).encode() + b"no newline at the end"
        self.hot(self.both(python, path, stdin=text), "score", path, share=0.4)

    def check_exit_status(self, python):
        self.both(python, PROGRAMS / "exit_status.py")

    def check_exit_in_thread(self, python):
        path = PROGRAMS / "exit_in_thread.py"
        self.hot(self.both(python, path), "after", path)

    def check_killed(self, python):
        path = PROGRAMS / "killed.py"
        self.hot(self.both(python, path), "before", path)

    def check_segfault(self, python):
        path = PROGRAMS / "segfault.py"
        self.hot(self.both(python, path), "before", path)

    def check_much_output(self, python):
        recorded = self.both(python, PROGRAMS / "much_output.py")
        self.assertLess(recorded.info["run"]["duration"], 60e9)

    def check_crlf(self, python):
        path = PROGRAMS / "crlf.py"
        self.assertIn(b"\r\n", path.read_bytes())
        recorded = self.both(python, path)
        self.hot(recorded, "work", path)
        self.assertNotIn("\r", self.pyrometer("lines", self.output, path).text)

    def check_reached_by_a_symlink(self, python):
        link = self.work / "linked.py"
        link.symlink_to(PROGRAMS / "recursion.py")
        recorded = self.both(python, link)
        line = marked_line(PROGRAMS / "recursion.py")
        self.assertEqual(recorded.hottest_line()[1], line)
        # Asked for by the link or by the file that it leads to: the same lines.
        self.assertEqual(recorded.heat(link), recorded.heat(PROGRAMS / "recursion.py"))

    def check_rewrites_itself(self, python):
        path = self.work / "rewrites_itself.py"
        line = marked_line(PROGRAMS / "rewrites_itself.py")
        shutil.copy(PROGRAMS / "rewrites_itself.py", path)
        done = self.profile(python, path, path)
        self.assertEqual(done.status, 0, done)
        recorded = self.recorded()
        self.assertEqual(recorded.hottest_line(), (path.name, line))
        shown = self.ask("lines", self.output, path)
        text = next(row.get("code", "") for row in shown["lines"] if row["line"] == line)
        self.assertTrue(text.rstrip().endswith("# hot") or shown["changedDuringRun"], shown)

    def check_end_after_ten_milliseconds(self, python):
        self.both(python, PROGRAMS / "short.py")
        # At this rate it has too few samples however slow the machine is.
        done = self.pyrometer("run", "--python", python, "--rate", "50", PROGRAMS / "short.py")
        self.assertEqual(done.status, 0)
        self.assertIn("over", done.text)
        # Where others have the cores it looks like a program that sleeps.
        self.assertRegex(done.errors, r"Let\s+the\s+program\s+run\s+longer|use\s+--mode\s+wall", "says what to do about it")


class Pytest(Case):
    """Debian's pytest belongs to Debian's interpreter."""

    def test_m_pytest_on_a_small_suite(self):
        command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", PROGRAMS / "suite")
        alone, ours = self.plain(PYTHON, *command), self.profile(PYTHON, *command)
        self.assertEqual(ours.status, 0, ours)

        def without_times(text):
            return re.sub(rb"in [0-9.]+s", b"in TIME", text)

        self.assertEqual(without_times(ours.stdout), without_times(alone.stdout))
        path = PROGRAMS / "suite" / "test_small.py"
        self.assertEqual(self.recorded().hottest_line(), (path.name, marked_line(path)))


class Example(Case):
    def test_the_hottest_line_is_the_marked_one(self):
        path = PROGRAMS / "example.py"
        self.assertEqual(self.profile(PYTHON, path).status, 0)
        self.assertEqual(self.recorded().hottest_line(), (path.name, marked_line(path)))
        # And it is what a person sees first.
        shown = self.pyrometer("show", self.output).text
        first = re.search(r"example\.py:(\d+)", shown)
        self.assertIsNotNone(first, shown)
        self.assertEqual(int(first[1]), marked_line(path), shown)


class Memory(Case):
    def test_growth_is_on_the_line_that_keeps(self):
        path = PROGRAMS / "memory.py"
        self.assertEqual(self.profile(PYTHON, path).status, 0)
        shown = self.ask("show", self.output, "memory")
        self.assertGreater(shown["processes"][0]["peak"], 200_000_000)
        grown = {row["line"]: row["bytes"] for row in shown["lines"] if row["file"].endswith(path.name)}
        first = marked_line(path)
        inside = sum(amount for line, amount in grown.items() if first <= line <= first + 3)
        self.assertGreater(inside, 120_000_000, shown["lines"])


if __name__ == "__main__":
    unittest.main()
