"""What the daemon holds and for how long: one file once, memory that is given back, readings that are cancelled."""

import random
import shutil
import signal
import struct
import zlib

from client import frame
from harness import PROGRAMS, Case, ErrorAnswer, marked_line, path_of, uri

GOLDEN = PROGRAMS.parent / "golden" / "vmprof"
REQUEST_CANCELLED = -32800


def vmprof_file(path, samples):
    """A file of version 6 with samples of one frame: 33 bytes each."""
    word = struct.Struct("<q").pack
    header = b"".join(word(number) for number in (0, 3, 0, 1000, 0))
    name = b"py:main:1:/home/ann/app.py"
    start = header + b"\x05\x00\x06\x00" + bytes([7]) + b"cpython"
    known = b"\x02" + word(0x1000) + word(len(name)) + name
    sample = b"\x01" + word(1) + word(1) + word(0x1000) + word(1)
    with path.open("wb") as file:
        file.write(start + known)
        block = sample * 40_000
        for _ in range(samples // 40_000):
            file.write(block)
        file.write(b"\x03" + word(1_700_000_000) + word(0) + bytes(8))


def long_file(path):
    """The same, of fifty million samples and some MB: packed, and of pieces that are packed once. Reading all of it would
    take seconds on any machine."""
    whole = path.with_suffix(".whole")
    vmprof_file(whole, 0)
    start = whole.read_bytes()[:-25]
    dice = random.Random(1)
    word = struct.Struct("<q").pack
    samples = b"".join(b"\x01" + word(1) + word(1) + word(0x1000) + word(dice.randrange(16)) for _ in range(40_000))

    def packed(data):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        return packer.compress(data) + packer.flush()

    with path.open("wb") as file:
        file.write(packed(start))
        piece = packed(samples)
        for _ in range(1250):
            file.write(piece)
    whole.unlink()


class Held(Case):
    def listed(self, client):
        return client.request("pyrometer/profiles", {})["profiles"]

    def test_one_file_is_held_once(self):
        client = self.connected()
        file = self.folder / "a.prof"
        shutil.copy(GOLDEN / "cpython311-lines.prof", file)
        first = client.request("pyrometer/open", {"uri": uri(file)})
        other = client.request("pyrometer/open", {"uri": uri(GOLDEN / "cpython311-lines.prof")})
        again = client.request("pyrometer/open", {"uri": uri(file)})
        self.assertEqual((again["id"], again["selected"]), (first["id"], True))
        self.assertEqual([profile["id"] for profile in self.listed(client)], [other["id"], first["id"]])
        # What a run has left is the same profile as its file.
        run = self.profile(client, PROGRAMS / "short.py")["profile"]
        kept = next(profile for profile in self.listed(client) if profile["id"] == run)["file"]
        client.request("pyrometer/select", {"profile": other["id"]})
        self.assertEqual(client.request("pyrometer/open", {"uri": kept})["id"], run)
        shutil.copy(GOLDEN / "cpython311-lines-mem.prof", file)
        self.assertNotEqual(client.request("pyrometer/open", {"uri": uri(file)})["id"], first["id"])

    def test_what_nobody_looks_at_is_put_away(self):
        """Out of memory, still listed, and there again when it is selected."""
        self.env["PYROMETER_IDLE_LIMIT"] = "0"
        client = self.connected()
        path = self.write("burn.py", "import time\nend = time.thread_time() + 0.3\n"
                                     "while time.thread_time() < end: pass  # hot\n")
        run = self.profile(client, path)["profile"]
        hot = marked_line(path.read_text())
        share = self.heat(client, path)[hot]["share"]
        before = next(profile for profile in self.listed(client) if profile["id"] == run)
        opened = client.request("pyrometer/open", {"uri": uri(GOLDEN / "cpython311-lines.prof")})
        listed = next(profile for profile in self.listed(client) if profile["id"] == run)
        self.assertEqual(listed, before | {"selected": False})
        with self.assertRaisesRegex(ErrorAnswer, "select"):
            self.heat(client, path, profile=run)
        profiles = client.request("pyrometer/select", {"profile": run})["profiles"]
        self.assertEqual([(profile["id"], profile["selected"]) for profile in profiles],
                         [(opened["id"], False), (run, True)])
        self.assertAlmostEqual(self.heat(client, path)[hot]["share"], share)
        # Where the file is gone, that is said, and what is shown stays.
        client.request("pyrometer/select", {"profile": opened["id"]})
        path_of(before["file"]).unlink()
        with self.assertRaisesRegex(ErrorAnswer, "(?i)no such file"):
            client.request("pyrometer/select", {"profile": run})
        self.assertTrue(self.listed(client)[0]["selected"])


class Readings(Case):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "long.prof"
        long_file(self.file)
        self.client = self.connected()

    def read_so_far(self):
        with open(f"/proc/{self.client.process.pid}/io") as io:
            return int(next(line for line in io if line.startswith("rchar")).split()[1])

    def assert_cancelled(self, request):
        with self.assertRaises(ErrorAnswer) as raised:
            self.client.result(request)
        self.assertEqual(raised.exception.code, REQUEST_CANCELLED)
        self.assertLess(self.read_so_far(), self.file.stat().st_size, "nothing was read to its end")
        self.assertEqual(self.client.request("pyrometer/profiles", {})["profiles"], [])

    def test_cancelled(self):
        """Both come in one piece, so that nothing can happen between them."""
        question = {"jsonrpc": "2.0", "id": 1000, "method": "pyrometer/open", "params": {"uri": uri(self.file)}}
        self.client.asks(question)
        self.client.send_bytes(frame(question) + frame({"jsonrpc": "2.0", "method": "$/cancelRequest",
                                                        "params": {"id": 1000}}))
        self.assert_cancelled(1000)
        self.assertEqual(self.client.shut_down(), 0)

    def test_progress_and_its_button(self):
        request = self.client.ask("pyrometer/open", {"uri": uri(self.file), "workDoneToken": "open-1"})
        begin = self.client.expect("$/progress", lambda said: said["value"]["kind"] == "begin")
        self.assertEqual(begin["token"], "open-1")
        self.assertIn("long.prof", begin["value"]["title"])
        self.assertTrue(begin["value"]["cancellable"])
        self.client.notify("window/workDoneProgress/cancel", {"token": "open-1"})
        self.assert_cancelled(request)
        self.client.expect("$/progress", lambda said: said["value"]["kind"] == "end")

    def test_to_the_end(self):
        vmprof_file(self.file, 400_000)
        profile = self.client.request("pyrometer/open", {"uri": uri(self.file), "workDoneToken": 7})
        self.assertEqual(profile["samples"], 400_000)
        self.client.shut_down()
        said = [said["value"] for said in self.client.heard_so_far("$/progress")]
        self.assertEqual([value["kind"] for value in (said[0], said[-1])], ["begin", "end"])
        percentages = [value["percentage"] for value in said if value["kind"] == "report"]
        self.assertEqual(percentages, sorted(percentages))
        self.assertTrue(all(0 <= number <= 100 for number in percentages), percentages)

    def test_the_end_does_not_wait_for_it(self):
        self.client.ask("pyrometer/open", {"uri": uri(self.file)})
        self.client.close_input()
        self.client.wait_for_exit()


class Recovery(Case):
    def test_progress(self):
        first = self.connected()
        self.endless(first)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        second = self.connected()
        begin = second.expect("$/progress", lambda said: said["value"]["kind"] == "begin")
        self.assertIn("left behind", begin["value"]["title"])
        self.assertTrue(begin["value"]["cancellable"])
        second.expect("$/progress", lambda said: said["value"]["kind"] == "end" and said["token"] == begin["token"])
        self.assertEqual(len(list((self.state / "pyrometer" / "runs").iterdir())), 1)
