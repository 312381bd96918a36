"""How many tests a ctest run executed: count_ctest.py FOLDER, with ctest's junit report and the XML files of the
GoogleTest programs in FOLDER. A GoogleTest program counts by its cases; one that crashed counts as one failure more.
Prints "N passed, N failed".
"""

import pathlib
import sys
import xml.etree.ElementTree

folder = pathlib.Path(sys.argv[1])
passed = failed = 0
reports = sorted(folder.glob("*_test.xml"))
broken = 0
for report in reports:
    suite = xml.etree.ElementTree.parse(report).getroot()
    bad = int(suite.get("failures")) + int(suite.get("errors", 0))
    left_out = int(suite.get("disabled", 0))
    skipped = sum(1 for case in suite.iter("testcase") if case.get("result") == "skipped")
    passed += int(suite.get("tests")) - bad - left_out - skipped
    failed += bad + skipped  # a test that does not run has not passed
    broken += bad > 0

run = xml.etree.ElementTree.parse(folder / "junit.xml").getroot()
total = int(run.get("tests"))
bad = int(run.get("failures")) + int(run.get("disabled", 0)) + int(run.get("skipped", 0))
failed += max(0, bad - broken)
passed += max(0, total - len(reports) - max(0, bad - broken))
print(f"{passed} passed, {failed} failed")
