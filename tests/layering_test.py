"""Who may include whom. The arrows are the house's plan; a room that needs a new one changes the table below, in the
open. Also: a README in every room, `#pragma once` in every header, and the own header first in every source file.

Run by ./check, or by hand: python3 tests/layering_test.py
"""

import pathlib
import re
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent

# Room -> what it may include besides itself. A name with a dot is one header; a name without is a folder and all
# that is below it. A room that is a folder of another one has rules of its own (the longest match counts).
ARROWS = {
    "daemon/support": [],
    "daemon/profile": ["daemon/support"],
    "daemon/jit": ["daemon/profile", "daemon/support"],
    "daemon/analysis": ["daemon/profile", "daemon/jit", "daemon/support"],
    "daemon/importers": ["daemon/profile", "daemon/jit", "daemon/support", "sampler/sample_stream.h"],
    "daemon/exporters": ["daemon/profile", "daemon/jit", "daemon/support"],
    "daemon/exporters/bundle": ["daemon/exporters", "daemon/profile", "daemon/jit", "daemon/support",
                                "sampler/sample_stream.h"],
    "daemon/native": ["daemon/support", "sampler/unwind_area.h"],
    "daemon/run": ["daemon/native", "daemon/importers", "daemon/exporters/bundle", "daemon/exporters/vmprof",
                   "daemon/profile", "daemon/support", "sampler/sample_stream.h", "sampler/looked_time.h", "sampler/shared_ring.h", "sampler/session.h",
                   "sampler/executables.h", "sampler/interpreters"],
    "daemon/doctor": ["daemon/run", "daemon/native", "daemon/support"],
    # The wire's types know nobody but the word for failure; framing and ids know no method.
    "protocol": ["daemon/support/result.h"],
    "daemon/rpc": ["daemon/support"],
    "daemon/server": ["protocol", "daemon/rpc", "daemon/doctor", "daemon/run", "daemon/analysis", "daemon/exporters",
                      "daemon/importers", "daemon/jit", "daemon/profile", "daemon/support"],
    "daemon/cli": ["daemon/server/serve.h", "daemon/doctor", "daemon/run", "daemon/importers", "daemon/exporters", "daemon/analysis",
                   "daemon/jit", "daemon/profile", "daemon/support"],
    "daemon/main.cpp": ["daemon/cli"],
    # The record format is nobody's: plain constants, shared by all who write or read samples.
    "sampler/interpreters": ["sampler/sample_stream.h"],
    "sampler": ["sampler/interpreters"],
}

# Headers that only the named rooms may use. The model, its arithmetic and the formats' core speak no JSON; the
# sampler brings nothing along into the program that it is loaded into; nobody needs Python's headers.
FOREIGN = {
    r"nlohmann/": {"daemon/support", "daemon/importers", "daemon/exporters", "daemon/cli", "daemon/run", "protocol",
                   "daemon/rpc", "daemon/server"},
    r"CLI/": {"daemon/cli", "daemon/main.cpp"},
    r"boost/": {"daemon/run", "daemon/support", "daemon/rpc", "daemon/server"},
    r"fmt/": {"daemon/native", "daemon/doctor", "daemon/support", "daemon/importers", "daemon/exporters", "daemon/cli", "daemon/run",
              "daemon/server", "daemon/main.cpp"},
    r"(zip|gelf|libelf|elfutils/.*|dwarf)\.h": {"daemon/native", "daemon/importers", "daemon/exporters", "daemon/run",
                                                "daemon/support", "sampler/interpreters"},
    r"capstone/": {"daemon/jit"},
    r"(Python|frameobject|internal/pycore.*)\.h": set(),
    r"libunwind.*\.h": {"sampler", "daemon/run"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)


def sources(*suffixes):
    for folder in ("daemon", "sampler", "protocol"):
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path.relative_to(TOP).as_posix()


def includes(path):
    text = (TOP / path).read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(m.lastindex)) + 1, m[1], m[2]) for m in INCLUDE.finditer(text)]


def within(path, place):
    return path == place or path.startswith(place + "/")


def room_of(path):
    rooms = [room for room in ARROWS if within(path, room)]
    return max(rooms, key=len) if rooms else None


class Layering(unittest.TestCase):
    def report(self, faults):
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_the_table_names_every_folder(self):
        self.report([f"{path}: lies in no room that the table knows" for path in sources(".h", ".cpp")
                     if room_of(path) is None])

    def test_includes_follow_the_arrows(self):
        faults = []
        for path in sources(".h", ".cpp"):
            room = room_of(path)
            for line, own, _ in includes(path):
                if own is None or room is None:
                    continue
                if not (TOP / own).is_file():
                    faults.append(f'{path}:{line}: "{own}" is no file below the top of the tree')
                    continue
                allowed = ARROWS[room] + [room]
                if not any(within(own, place) for place in allowed):
                    faults.append(f'{path}:{line}: {room} may not include "{own}"')
        self.report(faults)

    def test_foreign_headers_stay_where_they_belong(self):
        faults = []
        for path in sources(".h", ".cpp"):
            for line, _, foreign in includes(path):
                for pattern, rooms in FOREIGN.items():
                    if foreign and re.match(pattern, foreign) and not any(within(path, r) for r in rooms):
                        faults.append(f"{path}:{line}: <{foreign}> is not for this room")
        self.report(faults)

    def test_heavy_headers_stay_out_of_headers(self):
        heavy = re.compile(r"(nlohmann/json\.hpp|CLI/|boost/asio|fmt/)")
        self.report([f"{path}:{line}: <{foreign}> belongs in a .cpp"
                     for path in sources(".h") for line, _, foreign in includes(path)
                     if foreign and heavy.match(foreign)])

    def test_the_command_line_leaves_importers_internals_alone(self):
        faces = {"daemon/importers/importer.h", "daemon/importers/registry.h",
                 "daemon/importers/opened_file.h", "daemon/importers/reading.h",
                 "daemon/importers/pypylog/pypylog.h"}
        self.report([f'{path}:{line}: "{own}" is inside an importer; use the registry'
                     for path in sources(".h", ".cpp") if within(path, "daemon/cli")
                     for line, own, _ in includes(path)
                     if own and within(own, "daemon/importers") and own not in faces])

    def test_the_server_itself_speaks_no_json(self):
        """server.h, what it includes of its own room, and their .cpp: a program that never heard of JSON could use it."""
        spoken = {"daemon/server/server.h"}
        reached = set()
        while spoken - reached:
            reached |= spoken
            for path in list(reached):
                spoken |= {own for _, own, _ in includes(path) if own and within(own, "daemon/server")}
        reached |= {path[:-2] + ".cpp" for path in reached if (TOP / (path[:-2] + ".cpp")).is_file()}
        self.assertGreater(len(reached), 3)
        self.report([f"{path}:{line}: {own or foreign} is for the face to editors"
                     for path in sorted(reached) for line, own, foreign in includes(path)
                     if (foreign or "").startswith("nlohmann/") or
                     own and (within(own, "protocol") or within(own, "daemon/rpc"))])

    def test_every_room_has_a_readme(self):
        rooms = {pathlib.PurePath(path).parent for path in sources(".h", ".cpp")}
        rooms = {room for room in rooms if len(room.parts) <= 2 and str(room) != "daemon"}
        self.report([f"{room}: no README.md" for room in sorted(rooms) if not (TOP / room / "README.md").is_file()])

    def test_every_header_has_pragma_once(self):
        self.report([f"{path}: no #pragma once" for path in sources(".h")
                     if not re.search(r"^#pragma once$", (TOP / path).read_text(encoding="utf-8"), re.M)])

    def test_own_header_comes_first(self):
        faults = []
        for path in sources(".cpp"):
            own = path[:-4] + ".h"
            found = includes(path)
            if (TOP / own).is_file() and (not found or found[0][1] != own):
                faults.append(f'{path}: "{own}" should be its first include')
        self.report(faults)

    def test_rules_can_fail(self):
        """The rules above are worth something only if they object to a wrong arrow."""
        self.assertEqual(room_of("daemon/profile/profile.h"), "daemon/profile")
        self.assertEqual(room_of("daemon/exporters/bundle/bundle.h"), "daemon/exporters/bundle")
        allowed = ARROWS["daemon/profile"] + ["daemon/profile"]
        self.assertFalse(any(within("daemon/cli/flags.h", place) for place in allowed))
        self.assertFalse(within("daemon/profiler/x.h", "daemon/profile"))
        self.assertFalse(any(within("daemon/support/gzip.h", place) for place in ARROWS["protocol"]))


if __name__ == "__main__":
    unittest.main()
