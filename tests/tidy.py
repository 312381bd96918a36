"""clang-tidy over our own .cpp files, several at a time. A file that was clean is not looked at again until it, a
header of ours that it includes, or the list of checks changes.

    tidy.py BUILD_FOLDER      after a build, whose record of included headers it uses

Files that are compiled alike are looked at together, as one file that includes them: most of the time goes into headers,
which are then read once. Only what is clean is believed: where such a bunch shows anything at all (two files may have
the same name for something of their own), each of its files is looked at by itself.

Prints what is wrong and, last, "N passed, N failed" (files).
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("daemon", "protocol", "sampler", "tests")
MOST_TOGETHER = 10

Source = collections.namedtuple("Source", "path depends command flags")


def headers_by_object(build):
    """What ninja noted of each object file: the files that it was made from."""
    found, current = {}, None
    text = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True).stdout
    for line in text.splitlines():
        if line and not line.startswith(" "):
            current = found.setdefault(line.split(":")[0], [])
        elif current is not None and line.strip():
            current.append(line.strip())
    return found


def ours(build):
    """Each of our sources, once."""
    headers = headers_by_object(build)
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path, command = pathlib.Path(entry["file"]), entry["command"]
        if path.is_relative_to(TOP) and path.relative_to(TOP).parts[0] in ROOMS:
            made = command.split(" -o ")[1].split()[0]
            depends = [pathlib.Path(build, name) for name in headers.get(made, [])]
            flags = tuple(shlex.split(command.split(" -o ")[0])[1:])
            found[path] = Source(path, [d for d in map(pathlib.Path.resolve, depends) if d.is_relative_to(TOP)],
                                 command, flags)
    return [source for _, source in sorted(found.items())]


def key(source, version):
    digest = hashlib.sha256()
    for text in (version, (TOP / ".clang-tidy").read_text(), source.command.replace(str(TOP), "")):
        digest.update(text.encode() + b"\0")
    for file in sorted({source.path, *source.depends}):
        digest.update(str(file.relative_to(TOP)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def bunches(sources):
    """Sources that are compiled alike, some at a time, in bunches of about the same size; the largest first."""
    alike = collections.defaultdict(list)
    for source in sources:
        alike[source.flags, source.path.suffix].append(source)
    found = []
    for group in alike.values():
        count = -(-len(group) // MOST_TOGETHER)
        found += [group[i::count] for i in range(count)]
    return sorted(found, key=lambda bunch: -sum(len(source.depends) for source in bunch))


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "pyrometer" / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    together = build / "tidy"
    together.mkdir(exist_ok=True)

    sources = ours(build)
    stamps = {source.path: cache / key(source, version) for source in sources}
    clean = {source.path for source in sources if stamps[source.path].exists()}

    def passed(bunch):
        for source in bunch:
            stamps[source.path].touch()
            clean.add(source.path)

    def look_together(bunch):
        """The sources that are to be looked at one by one."""
        if len(bunch) == 1:
            return bunch
        name = hashlib.sha256(str([source.path for source in bunch]).encode()).hexdigest()[:16]
        file = together / (name + bunch[0].path.suffix)
        file.write_text("".join(f'#include "{source.path}"\n' for source in bunch))
        run = subprocess.run(["clang-tidy", "--quiet", file, "--", *bunch[0].flags], capture_output=True, text=True,
                             cwd=build)
        if run.returncode or run.stdout.strip():
            return bunch
        passed(bunch)
        return []

    def look(source):
        run = subprocess.run(["clang-tidy", "-p", build, "--quiet", source.path], capture_output=True, text=True)
        if run.returncode == 0:
            passed([source])
        else:
            said = [line for line in run.stderr.splitlines() if "error:" in line and "treated as error" not in line]
            print(run.stdout.strip() or "\n".join(said), flush=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        unknown = [source for source in sources if source.path not in clean]
        rest = [source for bunch in pool.map(look_together, bunches(unknown)) for source in bunch]
        # The largest first: the last one to end is then a small one.
        list(pool.map(look, sorted(rest, key=lambda source: -len(source.depends))))
    if "-v" in sys.argv:
        print(f"one by one: {len(rest)} of {len(unknown)}")
    print(f"{len(clean)} passed, {len(sources) - len(clean)} failed")
    return 0 if sources and len(clean) == len(sources) else 1


if __name__ == "__main__":
    sys.exit(main())
