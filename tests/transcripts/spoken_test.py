"""Each *.transcript is a test."""

import pathlib

from harness import PROGRAMS, PYTHON, Case, uri
from spoken import Spoken


class Transcripts(Case):
    def play(self, path):
        client = self.start()
        names = {"work": uri(self.work), "folder": str(self.work), "programs": uri(PROGRAMS), "python": PYTHON,
                 "golden": uri(PROGRAMS.parent / "golden")}
        Spoken(client, self.work, names).play(path.read_text(encoding="utf-8"))


for file in sorted(pathlib.Path(__file__).parent.glob("*.transcript")):
    def test(self, file=file):
        self.play(file)

    test.__doc__ = file.name
    setattr(Transcripts, "test_" + file.stem, test)
