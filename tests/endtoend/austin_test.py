"""The same real program under Pyrometer and under Austin, a profiler that nobody here wrote: the functions that take
most of the time must be the same ones, with shares that agree.

The program is docutils turning a long document into HTML: parsing, regular expressions, a tree and its visitors. Each
profiler samples a run of its own, so both shares scatter: they agree when their difference is within five standard
errors of a difference between two shares, plus two points for what differs between the two runs and between the two ways
of looking. Austin reads the interpreter's memory while it runs, and so sees some stacks that never were: a point is the
order of what it states itself as its error.
"""

import collections
import math
import pathlib
import re

from harness import INTERPRETERS, Case
from intervals import SURE

TOLERANCE = 0.02

# Without garbage collection, which falls on other lines in each run and takes a third of the time.
CONVERT = """\
import gc, sys
gc.disable()
from docutils.core import publish_string
text = open(sys.argv[1], encoding="utf-8").read()
print(len(publish_string(text, writer_name="html5", settings_overrides={"report_level": 5})) > 100_000)
"""


def document(chapters):
    """A long reStructuredText document with a bit of everything."""
    parts = []
    for number in range(chapters):
        title = f"Chapter {number}"
        parts.append(f"""\
{title}
{"=" * len(title)}

Some *emphasised* text with ``literals``, a `link {number} <http://example.org/{number}>`_ and **strong words**,
repeated enough that the inline markup has something to look for in chapter {number}.

* a list item with *markup*
* another one, number {number}

  * nested, with ``code``

#. first
#. second

+--------+---------+
| cell   | {number:<7} |
+--------+---------+
| *one*  | ``two`` |
+--------+---------+

.. note:: A note in chapter {number}, with :sub:`roles` and :sup:`others`.

::

    literal block {number}

Term {number}
    Its definition, in **some** words.

""")
    return "\n".join(parts)


class Austin(Case):
    alone = True

    def setUp(self):
        super().setUp()
        self.program = self.work / "convert.py"
        self.program.write_text(CONVERT)
        self.text = self.work / "document.rst"
        self.text.write_text(document(800))
        self.python = "/usr/bin/python3.11"  # the one that Debian's docutils belongs to

    def austin(self):
        """{(file, function): self microseconds}, number of samples."""
        path = self.work / "austin.out"
        # Now and then it does not recognise an interpreter that has just been started, and says so with status 32.
        for attempt in range(10):
            done = self.execute([INTERPRETERS / "austin", "-t", "3s", "-i", "1000us", "-o", path, self.python,
                                 self.program, self.text], timeout=240)
            if done.status != 32:
                break
        self.assertEqual(done.status, 0, done)
        times, each = collections.Counter(), []
        for line in path.read_text(errors="replace").splitlines():
            if line.startswith("#") or ";" not in line:
                continue
            stack, _, time = line.rpartition(" ")
            leaf = stack.rsplit(";", 1)[1]
            place = re.match(r"(.+):([^:]+):-?\d+$", leaf)
            if place and int(time) > 0:  # not what it marks as a stack it could not read
                times[self.key(*place.groups())] += int(time)
                each.append(int(time))
        # As many as would tell as much if all stood for the same time.
        return times, sum(each) ** 2 / sum(time * time for time in each)

    def pyrometer_says(self, *options):
        done = self.profile(self.python, self.program, self.text, options=options)
        self.assertEqual((done.status, done.text), (0, "True\n"), done)
        recorded = self.recorded()
        times = collections.Counter()
        samples = 0
        for row in recorded.functions:
            # Austin has nothing to say of a thread without Python code, such as the interpreter taking itself apart.
            if row["file"]:
                times[self.key(row["file"], row["name"])] += row["selfTime"]
                samples += row["self"]
        return times, samples * recorded.run["effectiveSamples"] / recorded.run["samples"]

    def key(self, file, function):
        # Some versions give a function's name, others its qualified name.
        return pathlib.PurePath(file).name, function.rsplit(".", 1)[-1]

    def agrees(self, *options):
        """Now and then the machine takes a part of one run for itself: then another pair of runs decides, and
        what truly differs still differs in the third."""
        for _ in range(2):
            try:
                return self.compare(*self.pyrometer_says(*options), *self.austin())
            except AssertionError:
                continue
        return self.compare(*self.pyrometer_says(*options), *self.austin())

    def compare(self, ours, samples, theirs, their_samples):
        # What is allowed below grows with fewer samples, as on a slow machine; with too few it would allow anything.
        self.assertGreater(min(samples, their_samples), 100)
        whole, their_whole = sum(ours.values()), sum(theirs.values())
        top = {key for key, _ in ours.most_common(10)} | {key for key, _ in theirs.most_common(10)}
        lines, apart = [], []
        for key in sorted(top, key=lambda key: -theirs[key]):
            p, q = ours[key] / whole, theirs[key] / their_whole
            error = SURE * math.sqrt(p * (1 - p) / samples + q * (1 - q) / their_samples) + TOLERANCE
            line = f"{key[0]}:{key[1]}: ours {p:.4f}, theirs {q:.4f}, difference allowed {error:.4f}"
            lines.append(line)
            if abs(p - q) > error:
                apart.append(line)
        self.assertFalse(apart, "\n".join(["apart:", *apart, "all:", *lines]))
        # The heads of both lists name the same functions, as far as their shares can be told apart.
        first = ours.most_common(1)[0][0]
        self.assertIn(first, [key for key, _ in theirs.most_common(6)])

    def test_top_ten_of_wall_time(self):
        self.agrees("--mode", "wall", "--rate", "1000")

    def test_top_ten_from_outside(self):
        self.agrees("--outside", "--rate", "1000")
