"""A word: a small program in words/, and what its head says of how to run it.

The first line is its docstring; then come lines "# key: value":

    pythons       two (the default: an old and a new one), all, or a version ("3.11"); "3.12+" are those from there on
    ways          inside, outside, or both; inside is the default
    rate          samples a second; 2500 is the default
    options       of the interpreter
    environment   NAME=VALUE ...
    limits        what ulimit is given first
    status        what it ends with; negative is a signal
    samples       how many must be taken at least, so that something was tried; 5 is the default
    needs         a package of Debian's, and so its Python
"""

import dataclasses
import re


@dataclasses.dataclass
class Word:
    name: str
    path: object
    says: str
    pythons: str = "two"
    ways: tuple = ("inside",)
    rate: int = 2500
    options: tuple = ()
    environment: dict = dataclasses.field(default_factory=dict)
    limits: str = ""
    status: int = 0
    samples: int = 5
    needs: str = ""

    def versions(self, known, every, pythons=None):
        """Those of `known` (oldest first) that it runs on, or that it would on other `pythons`."""
        pythons = pythons or self.pythons

        def number(version):
            return int(version.rstrip("t").split(".")[1])

        if pythons[0] == "3":
            least = pythons.removesuffix("+")
            found = [v for v in known if v == least or pythons.endswith("+") and number(v) >= number(least)]
            return found if every or len(found) < 3 else [found[0], found[-1]]
        if pythons == "all" or every:
            return known
        return [version for version in known if version in ("3.11", known[-1])]


def read_word(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    word = Word(path.stem, path, lines[0].strip('"'))
    for line in lines[1:]:
        found = re.fullmatch(r"# ([a-z]+): (.*)", line)
        if not found:
            break
        key, value = found.groups()
        if key in ("rate", "status", "samples"):
            value = int(value)
        elif key in ("ways", "options"):
            value = tuple(value.split())
        elif key == "environment":
            value = dict(pair.split("=", 1) for pair in value.split())
        elif key not in ("pythons", "limits", "needs"):
            raise ValueError(f"{path}: no such key: {key}")
        setattr(word, key, value)
    return word


def all_words(folder):
    return [read_word(path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
