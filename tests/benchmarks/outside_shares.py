"""Are the shares of functions from outside those from inside? docutils turns a long document into HTML, without garbage
collection (which falls on other lines in each run), some runs sampled in the one way and some in the other. Printed: the
mean over functions of 0.2 % and more of the squared difference in standard errors (1: nothing but chance), and the
three functions that differ most.

  outside_shares.py [--runs 6] [--rate 1000] [--python /usr/bin/python3.11]
"""

import collections
import json
import os
import pathlib
import subprocess

import measure

CONVERT = """\
import gc, sys
gc.disable()
from docutils.core import publish_string
publish_string(open(sys.argv[1]).read(), writer_name="html5", settings_overrides={"report_level": 5})
"""
CHAPTER = """\
{title}
{line}

Some *emphasised* text with ``literals``, a `link {number} <http://example.org/{number}>`_ and **strong words**.

* a list item with *markup*

  * nested, with ``code``

+--------+---------+
| cell   | {number:<7} |
+--------+---------+

.. note:: A note in chapter {number}, with :sub:`roles` and :sup:`others`.

Term {number}
    Its definition, in **some** words.

"""
LEAST_SHARE = 0.002


def document(chapters):
    titles = [f"Chapter {number}" for number in range(chapters)]
    return "\n".join(CHAPTER.format(title=title, line="=" * len(title), number=number)
                     for number, title in enumerate(titles))


def self_samples(options, place, way):
    """{function: samples} of all runs."""
    found = collections.Counter()
    profile = place / "out.pyrometer"
    # Debian's docutils is pure Python, and serves any of the interpreters.
    environment = {**os.environ, "PYTHONPATH": "/usr/lib/python3/dist-packages"}
    for _ in range(options.runs):
        subprocess.run([options.pyrometer, "run", "--quiet", "--python", options.python, "-o", profile, "--rate",
                        str(options.rate), *way, "--", place / "convert.py", place / "document.rst"], check=True,
                       capture_output=True, env=environment)
        shown = subprocess.run([options.pyrometer, "show", profile, "--json", "--all"], check=True, capture_output=True)
        for row in json.loads(shown.stdout)["functions"]:
            if row["file"]:
                found[row["name"]] += row["self"]
    return found


def main():
    options = measure.arguments(__doc__, runs=6, rate=1000)
    with measure.folder() as folder:
        place = pathlib.Path(folder)
        (place / "convert.py").write_text(CONVERT)
        (place / "document.rst").write_text(document(800))
        inside, outside = self_samples(options, place, []), self_samples(options, place, ["--outside"])
    all_inside, all_outside = inside.total(), outside.total()
    rows = []
    for name in inside:
        p, q = inside[name] / all_inside, outside[name] / all_outside
        if p >= LEAST_SHARE:
            rows.append(((q - p) ** 2 / (p * (1 - p) / all_inside + max(q, 1e-4) * (1 - q) / all_outside), p, q, name))
    print(f"{all_inside} samples inside, {all_outside} outside, {len(rows)} functions: "
          f"mean square {sum(row[0] for row in rows) / len(rows):.1f}")
    for square, p, q, name in sorted(rows, reverse=True)[:3]:
        print(f"  {name:32} inside {p:6.2%}, outside {q:6.2%}, {square ** 0.5:.1f} standard errors")


if __name__ == "__main__":
    main()
