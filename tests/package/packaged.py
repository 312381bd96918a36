"""What the tests of the package share: the installed wheel, programs that use it, and what they left behind."""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
SITE, WHEEL = os.environ["PYROMETER_TEST_SITE"], pathlib.Path(os.environ["PYROMETER_TEST_WHEEL"])
GOLDEN = TOP / "tests" / "golden"

sys.path[:0] = [str(TOP / "tests" / "endtoend"), SITE]

import harness  # noqa: E402
import pyrometer  # noqa: E402


def three_attempts(cls):
    """Class decorator. A recorder that waits for a core sees the program late, or pauses, and how much of it was seen is
    what the tests of the class ask: where too little was, it is done again. What is broken is broken each time."""
    for name in [name for name in dir(cls) if name.startswith("test_")]:
        def test(self, method=getattr(cls, name)):
            for _ in range(2):
                try:
                    return method(self)
                except (AssertionError, KeyError):
                    self.output.unlink(missing_ok=True)
            return method(self)

        test.__doc__ = getattr(cls, name).__doc__
        setattr(cls, name, test)
    return cls


class Case(harness.Case):
    """A test whose programs find the package. They print a JSON document, and write their profile to self.output."""

    def setUp(self):
        super().setUp()
        self.env["PYTHONPATH"] = SITE
        self.output = self.work / "out.prof"

    def use(self, python, program, *arguments, status=0, **more):
        """Runs one of programs/. What it printed; it must end as it should and complain of nothing."""
        done = self.execute([python, HERE / "programs" / program, *arguments], **more)
        self.assertEqual(done.status, status, done)
        self.assertEqual(done.errors, "", done)
        return json.loads(done.text) if done.text else None

    def counts(self, **options):
        """{function: samples that have it anywhere} of the profile."""
        return self.counts_of(pyrometer.read_profile(self.output, **options))

    @staticmethod
    def counts_of(stats):
        return {name.split(":")[1].rpartition(".")[2]: count for name, count in stats.top_profile()}

    def wait_for_recorders(self, pid):
        """Until nobody records that process any more."""
        def recording():
            for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = entry.read_bytes().split(b"\0")
                except OSError:
                    continue
                if words[1:4] == [b"record", b"--pid", str(pid).encode()]:
                    return True
            return False

        self.wait_until(lambda: not recording(), f"the recorder of {pid} has ended")
