"""Many requests at once, cancellation, and clients that do not read."""

import random
import threading

from client import frame
from harness import PROGRAMS, Case, uri


class Flight(Case):
    def test_fifty_requests_half_of_them_cancelled(self):
        """None is answered twice (the client watches that), none is lost."""
        client = self.connected()
        path = PROGRAMS / "true_lines.py"
        self.open_document(client, path)
        self.profile(client, path)
        dice = random.Random(3)
        document = {"textDocument": {"uri": uri(path)}}
        questions = [("pyrometer/functions", {}), ("pyrometer/callTree", {}), ("pyrometer/timeline", {"slots": 10000}),
                     ("pyrometer/flame", {"width": 100000}), ("pyrometer/lineHeat", {"uri": uri(path)}),
                     ("pyrometer/functions", {"filter": {"from": 1000}}),
                     ("textDocument/codeLens", document),
                     ("pyrometer/export", {"format": "vmprof", "uri": uri(self.folder / "out.prof")})]
        for _ in range(5):
            sent = {client.ask(*dice.choice(questions)): None for _ in range(50)}
            cancelled = set(dice.sample(sorted(sent), 25))
            for number in dice.sample(sorted(cancelled), 25):
                client.notify("$/cancelRequest", {"id": number})
            for number in sent:
                answer = client.answer(number)
                if "error" in answer:
                    self.assertEqual(answer["error"]["code"], -32800, answer)
                    self.assertIn(number, cancelled)
        self.assertEqual(client.shut_down(), 0)

    def test_cancelled_before_it_was_begun(self):
        """Everything is sent in one piece, so the cancellations are there before the requests can be answered."""
        client = self.connected()
        path = PROGRAMS / "short.py"
        self.profile(client, path)
        data, sent = b"", []
        for number in range(1000, 1050):
            message = {"jsonrpc": "2.0", "id": number, "method": "pyrometer/flame", "params": {}}
            client.asks(message)
            data += frame(message)
            sent.append(number)
        for number in sent[::2]:
            data += frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}})
        client.send_bytes(data)
        for number in sent:
            answer = client.answer(number)
            self.assertEqual(answer.get("error", {}).get("code", 0) in (0, -32800), True)
            if number % 2:
                self.assertIn("result", answer)
        self.assertEqual(client.shut_down(), 0)

    def test_an_id_that_is_still_waiting(self):
        """The second request with the same id is refused; the first is answered once."""
        client = self.connected()
        self.profile(client, PROGRAMS / "short.py")
        message = {"jsonrpc": "2.0", "id": 7000, "method": "pyrometer/flame", "params": {}}
        client.asks(message)
        client.asks(message)
        client.send_bytes(frame(message) * 2)
        answers = [client.answer(7000), client.answer(7000)]
        # The first may have been answered before the second was read; then both are in order.
        refused = [answer["error"]["code"] for answer in answers if "error" in answer]
        self.assertIn(refused, ([], [-32600]))
        self.assertEqual(client.shut_down(), 0)


class Deaf(Case):
    MOST = 400 << 20

    def deaf(self):
        client = self.start(reads=False)
        client.send({"id": 1, "method": "initialize", "params": {
            "processId": None, "rootUri": uri(self.work), "capabilities": {}}})
        client.send({"method": "initialized", "params": {}})
        return client

    def test_a_client_that_never_reads_a_programs_output(self):
        """The program writes without end: the daemon stays small, and ends, and so does the program."""
        client = self.deaf()
        path = self.write("endless.py", "import os\nopen('pid', 'w').write(str(os.getpid()))\n"
                                        "while True: print('x' * 1000)\n")
        client.send({"id": 2, "method": "pyrometer/run", "params": {"program": uri(path)}})
        pid = self.work / "pid"
        self.wait_until(lambda: pid.exists() and pid.read_text(), "the program's start")
        largest = [0]

        def settled():
            """It has ended by itself, or waits: its memory is what it was a second ago."""
            if client.process.poll() is not None:
                return True
            before = client.resident()
            try:
                client.process.wait(1)
                return True
            except Exception:
                largest[0] = max(largest[0], client.resident())
            return abs(client.resident() - before) < 1 << 16

        self.wait_until(settled, "the daemon to come to rest", 120)
        self.assertLess(largest[0], self.MOST)
        client.close_input()
        client.process.stdout.close()
        client.process.wait(90)
        number = int(pid.read_text())
        self.wait_until(lambda: not self.alive(number), "the program's end")

    def test_a_client_that_asks_and_never_reads(self):
        client = self.deaf()
        data = frame({"jsonrpc": "2.0", "id": 5, "method": "pyrometer/makeCoffee", "params": {"why": "x" * 1000}})
        writer = threading.Thread(target=self.write_until_closed, args=(client, data * 100), daemon=True)
        writer.start()
        # 200 MB of questions; either all are taken, or the daemon pauses or ends.
        writer.join(20)
        if client.process.poll() is None:
            self.assertLess(client.resident(), self.MOST)
        client.process.stdout.close()
        writer.join(90)
        self.assertFalse(writer.is_alive())
        client.close_input()
        client.process.wait(90)

    def write_until_closed(self, client, data):
        try:
            for _ in range(2000):
                client.send_bytes(data)
        except (BrokenPipeError, ValueError):
            pass
