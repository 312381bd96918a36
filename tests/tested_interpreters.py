"""Which interpreters are tested: interpreters/tested, read for the programs of endtoend/ and harmless/."""

import os
import pathlib

LIST = pathlib.Path(__file__).resolve().parent / "interpreters" / "tested"


def tested_interpreters(folder):
    """[("3.11", path), ...]: what the list requires, and those others of it that are to be had in `folder`."""
    wanted = {"required", "all"} if os.environ.get("PYROMETER_ALL_INTERPRETERS") else {"required"}
    listed = [line.split() for line in LIST.read_text().splitlines() if line.startswith("3")]
    return [(name, folder / f"python{name}") for name, when in listed
            if when in wanted or (when == "found" and (folder / f"python{name}").exists())]
