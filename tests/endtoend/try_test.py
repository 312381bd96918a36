"""./try as a stranger types it. It builds into a folder of its own here, which the compiler cache makes quick."""

import json
import os
import re

from harness import PROGRAMS, TOP, Case, marked_line


class Try(Case):
    lane = "the build folder"

    def attempt(self, *arguments):
        # The real home is kept: the compiler's cache is there.
        done = self.execute([TOP / "try", *arguments], timeout=290, env={"HOME": os.environ["HOME"]})
        self.assertEqual(done.status, 0, done)
        return done.text + done.errors

    def files(self, said):
        found = re.findall(r"(\S+\.(?:pyrometer|speedscope\.json|collapsed\.txt))", said)
        self.assertEqual(len(set(found)), 3, said)
        return {ending: next(self.work / name for name in found if name.endswith("." + ending))
                for ending in ("pyrometer", "speedscope.json", "collapsed.txt")}

    def test_example(self):
        said = self.attempt()
        line = marked_line(PROGRAMS / "example.py")
        first = re.search(r"example\.py:(\d+)", said)
        self.assertIsNotNone(first, said)
        self.assertEqual(int(first[1]), line, said)
        files = self.files(said)
        self.assertGreater(self.ask("info", files["pyrometer"])["run"]["samples"], 50)
        scope = json.loads(files["speedscope.json"].read_text())
        self.assertIn("edit_distance", [frame["name"] for frame in scope["shared"]["frames"]])
        weights = [int(row.rsplit(" ", 1)[1]) for row in files["collapsed.txt"].read_text().splitlines()]
        self.assertGreater(sum(weights), 0)

    def test_another_program(self):
        said = self.attempt(PROGRAMS / "recursion.py", "an argument")
        self.assertIn(f"recursion.py:{marked_line(PROGRAMS / 'recursion.py')}", said)
        self.files(said)
