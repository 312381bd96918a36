"""Makes the wheel: the package, and in it the executable and the sampler library that `cmake --install` put below PREFIX.

    build_wheel.py PREFIX [FOLDER]        prints the wheel's path; FOLDER is build by default

A wheel is a zip file with some texts in it (PEP 427), so it is written here: setuptools would want to compile something to
give the file its platform tag, and would put times into it, so that no two builds were equal. `wheel unpack` and pip check
what comes out, and tests do so with both.
"""

import base64
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
NAME = "pyrometer"
OLDEST_PYTHON = "3.9"
# Any time will do, if it is always the same; zip files know none before this year.
WHEN = (1980, 1, 1, 0, 0, 0)

METADATA = """\
Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: Shows which lines of a Python program are hot: a sampling profiler
License: MIT
Requires-Python: >={python}
Classifier: Programming Language :: Python :: Implementation :: CPython
Classifier: Operating System :: POSIX :: Linux
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """\
Wheel-Version: 1.0
Generator: pyrometer
Root-Is-Purelib: false
Tag: {tag}
"""


def version():
    text = (HERE / NAME / "version.py").read_text()
    return re.search(r'"(.+)"', text)[1]


def newest_glibc(folder):
    """The youngest version of glibc that any of the binaries asks for: what the platform tag promises to need."""
    versions = set()
    for path in folder.rglob("*"):
        if path.is_file() and path.open("rb").read(4) == b"\x7fELF":
            symbols = subprocess.run(["objdump", "-T", path], capture_output=True, text=True, check=True).stdout
            versions |= {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", symbols)}
    return max(versions)[:2]


def contents(stage):
    """{name in the wheel: (bytes, executable or not)}, with nothing left in it of how it was made."""
    files = {}
    for path in sorted((HERE / NAME).glob("*.py")):
        files[f"{NAME}/{path.name}"] = (path.read_bytes(), False)
    for path in sorted(stage.rglob("*")):
        if path.is_file():
            files[f"{NAME}/{path.relative_to(stage).as_posix()}"] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    return files


def write(files, info, path):
    rows = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        def add(name, data, executable=False):
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            archive.writestr(entry, data)

        for name, (data, executable) in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}")
            add(name, data, executable)
        add(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,", ""]))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: build_wheel.py PREFIX [FOLDER]")
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else TOP / "build"
    with tempfile.TemporaryDirectory() as folder:
        stage = pathlib.Path(folder)
        subprocess.run([TOP / ".ci" / "portable", sys.argv[1], stage], check=True)
        tag = "py3-none-manylinux_{}_{}_x86_64".format(*newest_glibc(stage))
        info = f"{NAME}-{version()}.dist-info"
        files = contents(stage)
        readme = (HERE / "README.md").read_text(encoding="utf-8")
        texts = {
            "METADATA": METADATA.format(name=NAME, version=version(), python=OLDEST_PYTHON, readme=readme),
            "WHEEL": WHEEL.format(tag=tag),
            "entry_points.txt": "[console_scripts]\npyrometer = pyrometer.__main__:command\n",
            "LICENSE": (TOP / "LICENSE").read_text(encoding="utf-8"),
        }
        for name, text in texts.items():
            files[f"{info}/{name}"] = (text.encode(), False)
        target.mkdir(parents=True, exist_ok=True)
        wheel = target / f"{NAME}-{version()}-{tag}.whl"
        write(files, info, wheel)
    print(wheel)


if __name__ == "__main__":
    main()
