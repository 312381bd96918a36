"""Interpreters that cannot bear a preloaded library: refused before they are started, with a word. As children of a
sampled program they run as ever, and are named."""

import json
import subprocess

MUSL = "/lib/ld-musl-x86_64.so.1"


def pyrometer(surroundings, *words):
    return subprocess.run([surroundings.pyrometer, *words], capture_output=True, text=True, timeout=180, check=False,
                          cwd=surroundings.folder, env=surroundings.bare_environment())


def refused(surroundings, program, word):
    """What is wrong with how `program` is refused; empty if nothing."""
    done = pyrometer(surroundings, "run", "--quiet", "--python", program, "-o", "refused.pyrometer", __file__)
    if done.returncode in (0, 1) or done.stdout or (surroundings.folder / "refused.pyrometer").exists():
        return f"it was started: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    if word not in done.stderr or str(program) not in done.stderr or "--outside" not in done.stderr:
        return f"it does not say {word!r}, the program and what to do:\n{done.stderr}"
    return ""


def test_sanitized(surroundings):
    return refused(surroundings, surroundings.sanitized, "AddressSanitizer")


def test_musl(surroundings):
    program = surroundings.compile("interpreter.c", "-Wl,--dynamic-linker=" + MUSL, name="python-musl")
    return refused(surroundings, program, "musl")


def test_children(surroundings):
    """A sampled program starts a sanitized interpreter in every way, and a shell that does; all of them run."""
    script = surroundings.folder / "starts.py"
    script.write_text(f"""\
import os, subprocess
program = {str(surroundings.sanitized)!r}
print(subprocess.run([program], capture_output=True, text=True).returncode)
print(subprocess.run(["sh", "-c", program + "; echo $?"], capture_output=True, text=True).stdout[-2:])
print(os.waitpid(os.posix_spawn(program, [program], os.environ), 0)[1])
print(os.spawnv(os.P_WAIT, program, [program]), os.system(program))
""")
    python = surroundings.python("3.11")
    plain = subprocess.run([python, script], capture_output=True, text=True, check=False)
    done = pyrometer(surroundings, "run", "--quiet", "--python", python, "-o", "children.pyrometer", script)

    def told(text):
        return [line for line in text.splitlines() if "ran with" not in line]

    if (plain.returncode, told(plain.stdout)) != (done.returncode, told(done.stdout)):
        return f"without us:\n{plain.stdout}{plain.stderr}\nwith us:\n{done.stdout}{done.stderr}"
    shown = pyrometer(surroundings, "info", "--json", "children.pyrometer")
    notes = " ".join(json.loads(shown.stdout).get("notes", []))
    return "" if surroundings.sanitized.name in notes else f"the notes do not name it: {notes}"


TESTS = {"sanitized": test_sanitized, "musl": test_musl, "sanitized_children": test_children}
