"""Children of a sampled program that cannot be sampled from inside: they run as ever, and are named, or read from outside.
"""

import json
import os
import platform
import shutil
import subprocess

from refusals import MUSL

# Prints how each of argv[1:] ends, started in several ways. What cannot be started at all raises.
STARTS = """\
import os, subprocess, sys
for program in sys.argv[1:]:
    folder, name = os.path.split(program)
    for start in (lambda: subprocess.run([program], stdout=subprocess.DEVNULL).returncode,
                  lambda: os.waitpid(os.posix_spawn(program, [program], os.environ), 0)[1],
                  lambda: subprocess.run(["./" + name], stdout=subprocess.DEVNULL, cwd=folder).returncode):
        try:
            print(name, start(), flush=True)
        except OSError as error:
            print(name, error.strerror, flush=True)
"""

BURNS = """\
import os, time
end = time.thread_time() + float(os.environ.get("SECONDS", "0.1"))
while time.thread_time() < end:
    sum(range(1000))
print("burnt")
"""


def same_with_and_without(surroundings, script, *words, seconds="0.1"):
    """What differs, and the information on the run as `info --json` gives it."""
    python = surroundings.python("3.11")
    profile = script.with_suffix(".pyrometer")
    plain = subprocess.run([python, script, *words], capture_output=True, text=True, check=False, timeout=240,
                           cwd=surroundings.folder, env=surroundings.bare_environment())
    done = surroundings.says("run", "--quiet", "--python", python, "-o", profile, script, *words,
                            environment={"SECONDS": seconds})
    said = "".join(line for line in done.stderr.splitlines(True) if not line.startswith("pyrometer: "))

    def told(text):
        return [line for line in text.splitlines() if "ran with" not in line]

    if (plain.returncode, told(plain.stdout), plain.stderr) != (done.returncode, told(done.stdout), said):
        return (f"without us: {plain.returncode}\n{plain.stdout}{plain.stderr}\n"
                f"with us: {done.returncode}\n{done.stdout}{done.stderr}", {})
    shown = surroundings.says("info", "--json", profile)
    if shown.returncode != 0:
        return f"there is no profile to be read: {shown.stderr}", {}
    profile.unlink()
    return "", json.loads(shown.stdout)


def named(surroundings, name, kinds):
    """kinds: [(program, a part of the reason)]: what is wrong with how they ran and are named; empty if nothing."""
    script = surroundings.write(f"starts_{name}.py", STARTS)
    trouble, told = same_with_and_without(surroundings, script, *(str(program) for program, _ in kinds))
    notes = " ".join(told.get("notes", []))
    for program, reason in kinds:
        if not trouble and (f"{program} (" not in notes or reason not in notes.split(f"{program} (", 1)[1].split(")", 1)[0]):
            trouble = f"{program} is not named with {reason!r}: {notes}"
    return trouble


def test_unbearing(surroundings):
    """That bear no preloaded library."""
    kinds = [(surroundings.sanitized, "AddressSanitizer"),
             (surroundings.compile("interpreter.c", "-Wl,--dynamic-linker=" + MUSL, name="python-musl-child"), "musl")]
    if platform.machine() == "x86_64":
        kinds.append((surroundings.compile("narrow.c", "-m32", "-static", "-nostdlib", "-fno-pic", "-no-pie",
                                           name="python-narrow"), "another kind of machine"))
    return named(surroundings, "unbearing", kinds)


def test_sanitized(surroundings):
    """Through a shell, and by the older ways of the os module."""
    script = surroundings.write("shells.py", f"""\
import os, subprocess
program = {str(surroundings.sanitized)!r}
print(subprocess.run(["sh", "-c", program + "; echo $?"], capture_output=True, text=True).stdout[-2:])
print(os.spawnv(os.P_WAIT, program, [program]), os.system(program))
""")
    trouble, told = same_with_and_without(surroundings, script)
    notes = " ".join(told.get("notes", []))
    return trouble or ("" if surroundings.sanitized.name in notes else f"the notes do not name it: {notes}")


def test_unreachable(surroundings):
    """Into which none is loaded, or whose Python is not known."""
    kinds = [(surroundings.compile("interpreter.c", "-static", name="python-static"), "statically linked"),
             (surroundings.compile("interpreter.c", "-rdynamic", "-DVERSION=0x030801f0", name="python-ancient"), "3.8")]
    if os.geteuid() == 0:  # others can give no file away
        privileged = surroundings.compile("interpreter.c", name="python-privileged")
        shutil.chown(privileged, 1, 1)
        privileged.chmod(0o4755)
        kinds.append((privileged, "setuid"))
    return named(surroundings, "unreachable", kinds)


def unshare(*what):
    """A command that may do so: root, or who may be root in a user namespace of his own; none where nobody may."""
    command = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), *what]
    return command if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0 else None


def test_pid_namespace(surroundings):
    """Started in one, and forked into one."""
    command = unshare("--fork", "--pid")
    if command is None:
        return ""
    python = str(surroundings.python("3.11"))
    burns = surroundings.write("burns.py", BURNS)
    script = surroundings.write("leaves.py", f"""\
import ctypes, os, subprocess
print(subprocess.run({[*command, python, str(burns)]!r}, capture_output=True, text=True))
if os.geteuid() == 0:
    ctypes.CDLL(None).unshare(0x20000000)
    child = os.fork()
    if child == 0:
        exec(open({str(burns)!r}).read())
        print("here", os.getpid(), flush=True)
        os._exit(5)
    print(os.waitpid(child, 0)[1])
""")
    trouble, told = same_with_and_without(surroundings, script)
    notes = " ".join(told.get("notes", []))
    expected = 2 if os.geteuid() == 0 else 1
    if not trouble and notes.count("(it runs in a pid namespace of its own)") != expected:
        trouble = f"not {expected} processes in a pid namespace of their own: {notes}"
    return trouble or ("" if str(burns) in notes else f"{burns} is not named: {notes}")


def test_chroot(surroundings):
    """In a root without our library: the loader is not asked for it, and the process is found and read from outside."""
    command = unshare("--mount")
    root = surroundings.folder / "root"
    root.mkdir()
    library = surroundings.pyrometer.parent.parent / "lib" / "pyrometer"
    burns = surroundings.write("burns_long.py", BURNS)
    shell = (f"mount --rbind / {root} && mount -t tmpfs none {root}{library} && "
             f"exec chroot {root} {surroundings.python('3.11')} {burns}")
    if command is None or subprocess.run([*command, "sh", "-c", shell.split(" && exec")[0]], capture_output=True,
                                         check=False).returncode != 0:
        return ""
    script = surroundings.write("roots.py", f"""\
import subprocess
print(subprocess.run({[*command, "sh", "-c", shell]!r}, capture_output=True, text=True))
""")
    trouble, told = same_with_and_without(surroundings, script, seconds="2.5")
    processes = [process for process in told.get("processList", []) if str(burns) in process["command"]]
    if not trouble and not (processes and processes[0]["samples"] >= 5):
        trouble = f"not read from outside: {processes} {told.get('notes')}"
    return trouble


def test_dropped_rights(surroundings):
    """Forked children that become another user at once, and one that a launcher starts as another."""
    if os.geteuid() != 0:
        return ""
    script = surroundings.write("drops.py", """\
import os, time
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        os.setgid(65534)
        os.setuid(65534)
        end = time.thread_time() + float(os.environ.get("SECONDS", "0.1"))
        while time.thread_time() < end:
            sum(range(1000))
        os._exit(3)
    print(os.waitpid(child, 0)[1])
""")
    trouble, told = same_with_and_without(surroundings, script, seconds="0.6")
    children = [process["samples"] for process in told.get("processList", []) if process["forked"]]
    if not trouble and (len(children) != 3 or min(children) < 5):
        trouble = f"children not read from outside: samples {children}, {told.get('notes')}"
    return trouble


def test_launched_as_another(surroundings):
    """By setpriv, as containers and services do. Its Python cannot reach the session."""
    if os.geteuid() != 0:
        return ""
    burns = surroundings.write("burns_as_nobody.py", BURNS)
    profile = surroundings.folder / "nobody.pyrometer"
    done = surroundings.says("run", "--quiet", "-o", profile, "setpriv", "--reuid", "65534", "--regid", "65534",
                             "--clear-groups", "/usr/bin/python3", burns, environment={"SECONDS": "0.6"})
    if (done.returncode, done.stdout) != (0, "burnt\n"):
        return f"status {done.returncode}\n{done.stdout}{done.stderr}"
    shown = surroundings.says("info", "--json", profile)
    if shown.returncode != 0:
        return f"there is no profile to be read: {shown.stderr}\n{done.stderr}"
    told = json.loads(shown.stdout)
    notes = " ".join(told["notes"])
    good = told["run"]["samples"] >= 5 and "another user" in notes
    return "" if good else f"not read from outside: {told['run']['samples']} samples, {notes}"


TESTS = {"dropped_rights": test_dropped_rights, "launched_as_another": test_launched_as_another,
         "sanitized_children": test_sanitized,
         "unbearing_children": test_unbearing,
         "unreachable_children": test_unreachable, "children_in_pid_namespace": test_pid_namespace, "children_in_chroot": test_chroot}
