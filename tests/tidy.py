"""clang-tidy over our own .cpp files, several at a time. A file that was clean is not looked at again until it, a
header of ours that it includes, or the list of checks changes.

    tidy.py BUILD_FOLDER      after a build, whose record of included headers it uses

Prints what is wrong and, last, "N passed, N failed" (files).
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("daemon", "sampler", "tests")


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
    """(source, files it depends on, its compile command) of each of our sources, once each."""
    headers = headers_by_object(build)
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(TOP) and path.relative_to(TOP).parts[0] in ROOMS:
            made = entry["command"].split(" -o ")[1].split()[0]
            depends = [pathlib.Path(build, name) for name in headers.get(made, [])]
            entries[path] = ([d for d in map(pathlib.Path.resolve, depends) if d.is_relative_to(TOP)],
                             entry["command"])
    return [(path, depends, command) for path, (depends, command) in sorted(entries.items())]


def key(path, depends, command, version):
    digest = hashlib.sha256()
    for text in (version, (TOP / ".clang-tidy").read_text(), command.replace(str(TOP), "")):
        digest.update(text.encode() + b"\0")
    for file in sorted({path, *depends}):
        digest.update(str(file.relative_to(TOP)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "pyrometer" / "tidy"
    cache.mkdir(parents=True, exist_ok=True)

    def look(item):
        path, depends, command = item
        stamp = cache / key(path, depends, command, version)
        if stamp.exists():
            return True
        run = subprocess.run(["clang-tidy", "-p", build, "--quiet", path], capture_output=True, text=True)
        if run.returncode == 0:
            stamp.touch()
            return True
        said = [line for line in run.stderr.splitlines() if "error:" in line and "treated as error" not in line]
        print(run.stdout.strip() or "\n".join(said), flush=True)
        return False

    # The largest first: the last one to end is then a small one.
    items = sorted(ours(build), key=lambda item: -len(item[1]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        clean = list(pool.map(look, items))
    print(f"{sum(clean)} passed, {len(clean) - sum(clean)} failed")
    return 0 if clean and all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
