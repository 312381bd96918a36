"""coverage measures the same lines while we sample."""
# pythons: 3.11
# needs: coverage
import io
import os
import pathlib
import sys

import coverage

pathlib.Path("measured.py").write_text("""\
def work(n):
    total = 0
    for i in range(n):
        if i % 3:
            total += i
        elif i < 0:
            total -= 1
    return total
print(work(400000))
""")
sys.path.insert(0, os.getcwd())
counted = coverage.Coverage(branch=True, config_file=False)
counted.start()
import measured  # noqa: E402, F401
counted.stop()
text = io.StringIO()
print(counted.report(file=text, show_missing=True, include=["measured.py"]))
print(text.getvalue())
