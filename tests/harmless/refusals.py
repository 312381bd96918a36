"""Interpreters that cannot bear a preloaded library: refused before they are started, with a word."""

MUSL = "/lib/ld-musl-x86_64.so.1"


def refused(surroundings, program, word):
    """What is wrong with how `program` is refused; empty if nothing."""
    done = surroundings.says("run", "--quiet", "--python", program, "-o", "refused.pyrometer", __file__)
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


TESTS = {"sanitized": test_sanitized, "musl": test_musl}
