"""Runs the interpreters' own regression tests with and without Pyrometer: each case ends the same way. See README.md.

    regression.py --pyrometer PROGRAM --interpreters FOLDER [--tests FOLDER] [--every] [--versions V...] [MODULE...]

Without modules: those that say most about a sampler, the long ones in PIECES, on two versions; with --every all of ours,
whole, on all versions.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tested_interpreters import tested_interpreters  # noqa: E402

FEW = ("test_signal", "test_threadsignals", "test_eintr", "test_generators", "test_coroutines", "test_gc", "test_fork1",
       "test_faulthandler", "test_sys_settrace", "test_sys_setprofile", "test_thread", "test_selectors", "test_poll",
       "test_posix")
# Of the long ones those classes and cases that start, signal and end threads and processes.
PIECES = {
    "test_threading": ("ThreadTests", "ThreadJoinOnShutdown", "SubinterpThreadingTests", "ThreadingExceptionTests",
                       "AtexitTests"),
    "test_subprocess": ("POSIXProcessTestCase", "RunFuncTestCase", "ContextManagerTests"),
    "test_asyncio": ("SubprocessThreadedWatcherTests", "SelectorEventLoopSignalTests", "test_signal_handling*",
                     "test_subprocess_*"),
    "test_multiprocessing_fork": ("WithProcessesTestPool", "WithProcessesTestQueue", "WithProcessesTestPollEintr",
                                  "WithProcessesTestSubclassingProcess", "WithProcessesTestSemaphore", "TestIgnoreEINTR"),
}
# Left out: of which version, and why. Each does the same without us.
LEFT_OUT = {
    "test_4_daemon_threads": ("3.11", "3.11.2 hangs in it at the interpreter's end, now and then"),
    "ThreadedVSOCKSocketStreamTest": ("", "waits forever in a virtual machine whose host answers no vsock"),
}
MANY = (*FEW, *PIECES, "test_multiprocessing_spawn", "test_multiprocessing_forkserver", "test_concurrent_futures",
              "test_exceptions", "test_os", "test_socket", "test_select", "test_epoll", "test_pty", "test_wait3",
              "test_wait4", "test_contextlib", "test_frame", "test_monitoring", "test_interpreters",
              "test__xxsubinterpreters", "test_threading_local", "test_queue", "test_sched",
              "test_time", "test_io", "test_traceback", "test_tracemalloc", "test_code", "test_dis", "test_super",
              "test_yield_from", "test_asyncgen")
FEW_VERSIONS = ("3.11", "3.14")
# Nothing of the network's, and nothing that is only large.
RESOURCES = "all,-largefile,-network,-urlfetch,-gui,-audio,-decimal,-cpu"
LIMIT = 900
ATTEMPTS = 3
# Of a run: one without proves nothing. The start of the interpreter alone gives some hundred.
LEAST_SAMPLES = 5


@dataclasses.dataclass
class Ran:
    cases: dict  # name -> how it ended
    status: int
    said: str
    samples: int = 0


def test_package(python, version, fetched, folder):
    """A folder for PYTHONPATH with a whole package `test`: what the interpreter has of it, and what is fetched."""
    own = pathlib.Path(subprocess.run([python, "-c", "import test; print(test.__path__[0])"], capture_output=True,
                                      text=True, check=True).stdout.strip())
    if (own / "test_signal.py").exists():
        return None
    found = list(fetched.glob(f"{version}-tests/root/usr/lib/python3*/test"))
    if not found:
        return None
    place = folder / f"package-{version}"
    (place / "test").mkdir(parents=True)
    for source in (own, found[0]):
        for path in source.iterdir():
            target = place / "test" / path.name
            if path.name != "__pycache__" and not target.exists():
                target.symlink_to(path)
    return place


def outcome_of(case):
    for kind in ("error", "failure", "skipped"):
        if case.find(kind) is not None:
            return kind
    return case.get("result") or case.get("status")


def run(command, environment, folder):
    """One module; the cases of it are in a file that regrtest writes."""
    folder.mkdir(parents=True)
    report = folder / "report.xml"
    try:
        done = subprocess.run([*command(report)], cwd=folder, env=environment | {"TMPDIR": str(folder)},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
        status, said = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        status, said = f"not ended within {LIMIT} s", (late.stdout or b"").decode(errors="replace")
    cases = {}
    if report.exists():
        for case in xml.etree.ElementTree.parse(report).iter("testcase"):
            cases[case.get("name")] = outcome_of(case)
    return Ran(cases, status, said)


def samples_of(pyrometer, profile, environment):
    """How many a profile holds; 0 where there is none, and what was said instead."""
    shown = subprocess.run([pyrometer, "info", "--json", profile], env=environment, capture_output=True, text=True)
    return (json.loads(shown.stdout)["run"]["samples"], "") if shown.returncode == 0 else (0, shown.stderr)


def differences(plain, sampled):
    """{case: what is not the same}."""
    said = {name: f"{plain.cases.get(name, 'not run')} without us, {sampled.cases.get(name, 'not run')} with us"
            for name in plain.cases.keys() | sampled.cases.keys()
            if plain.cases.get(name) != sampled.cases.get(name)}
    if not said and plain.status != sampled.status:
        said["the end"] = f"status {plain.status} without us, {sampled.status} with us"
    if sampled.samples < LEAST_SAMPLES:
        said["samples"] = f"{sampled.samples}, not {LEAST_SAMPLES} or more: nothing was tried"
    return said


class Regression:
    def __init__(self, pyrometer, folder):
        self.pyrometer, self.folder = pyrometer, folder

    def check(self, python, version, package, module, pieces):
        """(module, version, cases, differences, seconds). Where something differs the pair is run again: many of these
        tests depend on the machine's speed. What is wrong differs each time."""
        began = time.monotonic()
        differ = None
        for attempt in range(ATTEMPTS):
            folder = self.folder / f"{version}-{module}-{attempt}"
            environment = {name: value for name, value in os.environ.items()
                           if not name.startswith(("PYROMETER", "PYTHON"))}
            environment |= {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"),
                            "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
            if package:
                environment["PYTHONPATH"] = str(package)
            words = ["-m", "test", "-u", RESOURCES, "-v", *(word for piece in pieces for word in ("-m", piece)),
                     *(word for name, (of, _) in LEFT_OUT.items() if version.startswith(of) for word in ("-i", name)),
                     "--junit-xml"]
            profile = self.folder / f"{version}-{module}.pyrometer"
            plain = run(lambda report: [python, *words, report, module], environment, folder / "plain")
            sampled = run(lambda report: [self.pyrometer, "run", "--quiet", "--rate", "2000", "--python", python, "-o",
                                          profile, "--", *words, report, module], environment, folder / "sampled")
            sampled.samples, trouble = samples_of(self.pyrometer, profile, environment)
            sampled.said += trouble
            profile.unlink(missing_ok=True)
            found = differences(plain, sampled)
            differ = {name: text for name, text in found.items() if differ is None or name in differ}
            if not differ:
                break
            (self.folder / f"{version}-{module}-{attempt}.log").write_text(
                f"{plain.said}\n======== with us\n{sampled.said}")
        said = [f"  {name}: {differ[name]}" for name in sorted(differ)]
        if differ:
            said += ["  " + line for line in sampled.said.splitlines()[-40:]]
        return module, version, plain.cases, said, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyrometer", required=True, type=pathlib.Path)
    parser.add_argument("--interpreters", required=True, type=pathlib.Path)
    parser.add_argument("--tests", type=pathlib.Path, help="where 3.X-tests/ are; the folder of bin/ by default")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--versions", nargs="*")
    # Many of them wait most of their time.
    parser.add_argument("--jobs", type=int, default=min(len(os.sched_getaffinity(0)), 8) + 1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for what was said by modules that differ")
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    modules = options.modules or (MANY if options.every else (*PIECES, *FEW))
    every = tested_interpreters(options.interpreters.absolute())
    chosen = [(version, python) for version, python in every
              if (version in options.versions if options.versions else options.every or version in FEW_VERSIONS)]
    results = []
    # A shell's background job has it ignored, and the tests would find it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="pyrometer-regression-") as folder:
        folder = pathlib.Path(folder)
        regression = Regression(options.pyrometer.resolve(), folder)
        with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
            jobs = []
            for version, python in chosen:
                package = test_package(python, version, options.tests or options.interpreters.absolute().parent, folder)
                jobs += [pool.submit(regression.check, python, version, package, module,
                                     () if options.every or options.modules else PIECES.get(module, ()))
                         for module in modules]
            for job in concurrent.futures.as_completed(jobs):
                module, version, cases, said, seconds = job.result()
                results.append((module, version, len(cases), bool(said)))
                if said:
                    print(f"FAILED {module} on {version} ({seconds:.0f} s)\n" + "\n".join(said), flush=True)
                elif options.every or options.modules:
                    print(f"{module} on {version}: {len(cases)} cases ({seconds:.0f} s)", flush=True)
        if options.keep:
            for log in folder.glob("*.log"):
                shutil.copy(log, options.keep)
    for version, _ in chosen:
        ran = [result for result in results if result[1] == version and result[2]]
        print(f"  {version}: {sum(result[2] for result in ran)} cases of {len(ran)} modules")
    # A module that no chosen version has, or that runs no case there, says nothing.
    bad = sum(result[3] for result in results)
    good = sum(not result[3] and result[2] > 0 for result in results)
    print(f"{good} passed, {bad} failed")
    return 0 if good and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
