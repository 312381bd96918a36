"""Programs in their pseudo-terminal: output as it is written, input, size, Ctrl-C, progress, and how they end."""

import json
import os
import signal
import subprocess
import sys

from harness import PROGRAMS, PYROMETER, Case, ErrorAnswer, marked_line, uri

TALKING = """\
import os, sys
print(sys.stdin.isatty(), sys.stdout.isatty(), sys.argv[1:], os.environ.get("ANIMAL"), os.getcwd())
print("no end of line", end="", flush=True)
name = input(" name? ")
print(f"hello {name}")
print("size", *os.get_terminal_size())
input("again? ")
print("size", *os.get_terminal_size())
sys.stderr.write("to the other stream\\n")
sys.exit(3)
"""


class Terminal(Case):
    def test_talking(self):
        client = self.connected()
        path = self.write("talking.py", TALKING)
        run = client.request("pyrometer/run", {
            "program": uri(path), "args": ["--one", "zwei é"], "env": {"ANIMAL": "cat"}, "cwd": uri(self.folder),
            "columns": 132, "rows": 43})
        self.assertGreater(run["pid"], 0)
        self.assertIn(str(path), run["command"])
        run = run["run"]
        said = self.output(client, run, "name? ")
        self.assertIn(f"True True ['--one', 'zwei é'] cat {self.folder}\r\n", said)
        self.assertTrue(said.endswith("no end of line name? "), said)
        client.request("pyrometer/input", {"run": run, "text": "wörld\r"})
        said = self.output(client, run, "again? ")
        self.assertIn("hello wörld\r\nsize 132 43\r\n", said)
        client.request("pyrometer/input", {"run": run, "columns": 71, "rows": 17})
        client.request("pyrometer/input", {"run": run, "text": "\r"})
        said = self.output(client, run, "other stream\r\n")
        self.assertIn("size 71 17\r\n", said)
        self.assertEqual(self.finished(client, run)["exitStatus"], 3)
        with self.assertRaisesRegex(ErrorAnswer, "(?i)over|ended|finished|running"):
            client.request("pyrometer/input", {"run": run, "text": "too late\r"})

    def test_ctrl_c(self):
        client = self.connected()
        run = self.endless(client)["run"]
        client.request("pyrometer/input", {"run": run, "text": "\u0003"})
        self.output(client, run, "cleaned up")
        self.assertEqual(self.finished(client, run)["exitStatus"], 7)

    def test_half_a_size(self):
        client = self.connected()
        run = self.endless(client)["run"]
        for wrong in ({"columns": 80}, {"rows": 24}, {"columns": 80, "rows": 0}, {"columns": 1 << 40, "rows": 1}):
            with self.assertRaisesRegex(ErrorAnswer, "columns"):
                client.request("pyrometer/input", {"run": run} | wrong)

    def test_module(self):
        client = self.connected()
        self.write("package/__main__.py", "print('I am', __name__)\n")
        self.write("package/__init__.py", "")
        run = client.request("pyrometer/run", {"command": ["-m", "package"]})["run"]
        self.output(client, run, "I am __main__")
        self.assertEqual(self.finished(client, run)["exitStatus"], 0)

    def test_much_output(self):
        """All of it arrives, in order."""
        client = self.connected()
        path = self.write("much.py", "for i in range(60000): print(i, 'é' * (i % 50))\nprint('the end')\n")
        run = client.request("pyrometer/run", {"program": uri(path)})["run"]
        said = self.output(client, run, "the end\r\n", seconds=150)
        self.assertEqual(said, "".join(f"{i} {'é' * (i % 50)}\r\n" for i in range(60000)) + "the end\r\n")

    def test_a_signal_ends_it(self):
        client = self.connected()
        started = self.endless(client)
        os.kill(started["pid"], signal.SIGKILL)
        self.assertEqual(self.finished(client, started["run"])["exitStatus"], -signal.SIGKILL)

    def test_three_at_once(self):
        client = self.connected()
        runs = [client.request("pyrometer/run", {"program": uri(PROGRAMS / "interrupted.py")})["run"] for _ in range(3)]
        self.assertEqual(len(set(runs)), 3)
        for run in runs:
            client.expect("pyrometer/profileChanged", lambda said, run=run: said["profile"] == run and said["samples"])
        for run in runs:
            client.request("pyrometer/stop", {"run": run})
        for profile in client.request("pyrometer/profiles", {})["profiles"]:
            self.assertIn(profile["id"], runs)
        self.wait_until(lambda: {p["state"] for p in client.request("pyrometer/profiles", {})["profiles"]}
                        == {"finished"}, "three ends")


class Progress(Case):
    def test_the_clients_token(self):
        client = self.connected()
        run = self.endless(client, workDoneToken="mine")["run"]
        begin = client.expect("$/progress", lambda said: said["value"]["kind"] == "begin")
        self.assertEqual((begin["token"], begin["value"]["cancellable"]), ("mine", True))
        self.assertIn("interrupted.py", begin["value"]["title"])
        client.expect("$/progress", lambda said: "samples" in said["value"].get("message", ""))
        client.notify("window/workDoneProgress/cancel", {"token": "mine"})
        self.assertEqual(self.finished(client, run)["exitStatus"], 7)
        end = client.expect("$/progress", lambda said: said["value"]["kind"] == "end")
        self.assertEqual(end["token"], "mine")
        self.assertIn("cleaned up", "".join(said["text"] for said in client.heard_so_far("pyrometer/output")))

    def test_the_daemons_token(self):
        """A command of the daemon's: it asks for a progress of its own, where the client has announced that."""
        client = self.connected()
        path = PROGRAMS / "short.py"
        started = client.request("workspace/executeCommand", {"command": "pyrometer.server.profileFile",
                                                              "arguments": [uri(path)]})
        token = client.expect("window/workDoneProgress/create")["token"]
        self.finished(client, started["run"])
        said = client.expect("window/showMessage")
        self.assertEqual(said["type"], 3)
        self.assertIn("samples", said["message"])
        client.expect("$/progress", lambda said: said["value"]["kind"] == "end" and said["token"] == token)
        kinds = [said["value"]["kind"] for said in client.heard_so_far("$/progress") if said["token"] == token]
        self.assertEqual((kinds[0], set(kinds[1:-1]) - {"report"}, kinds[-1]), ("begin", set(), "end"))

    def test_over_before_the_client_agreed(self):
        """What a client was asked for is begun and ended all the same; where it refuses, nothing is said."""
        client = self.connected()
        client.quietly_answered.discard("window/workDoneProgress/create")
        refusal = {"error": {"code": -32603, "message": "no room for it"}}
        for answer, expected in (({"result": None}, ["begin", "end"]), (refusal, [])):
            started = client.request("workspace/executeCommand", {"command": "pyrometer.server.profileFile",
                                                                  "arguments": [uri(PROGRAMS / "short.py")]})
            asked = client.message("window/workDoneProgress/create")
            self.finished(client, started["run"])
            client.send({"id": asked["id"]} | answer, answers="window/workDoneProgress/create")
            client.request("pyrometer/profiles", {})
            kinds = [said["value"]["kind"] for said in client.heard_so_far("$/progress")
                     if said["token"] == asked["params"]["token"]]
            self.assertEqual(kinds, expected)

    def test_no_progress_where_none_was_announced(self):
        client = self.connected(capabilities={})
        started = client.request("workspace/executeCommand", {"command": "pyrometer.server.profileFile",
                                                              "arguments": [uri(PROGRAMS / "short.py")]})
        self.finished(client, started["run"])
        client.request("pyrometer/profiles", {})
        for method in ("window/workDoneProgress/create", "$/progress", "workspace/inlayHint/refresh",
                       "workspace/codeLens/refresh"):
            self.assertEqual(client.heard_so_far(method), [], method)

    def test_stop_command(self):
        client = self.connected()
        place = uri(PROGRAMS / "interrupted.py")
        started = client.request("workspace/executeCommand", {"command": "pyrometer.server.profileFile",
                                                              "arguments": [place]})
        self.looping(client, started["run"])
        client.request("workspace/executeCommand", {"command": "pyrometer.server.stop", "arguments": [place]})
        self.assertEqual(self.finished(client, started["run"])["exitStatus"], 7)


class Ends(Case):
    """However the conversation ends, what runs is stopped and kept."""

    def running(self, **more):
        client = self.connected(**more)
        started = self.endless(client)
        self.run_started, self.pid = started["run"], started["pid"]
        # Until the loop has by far the most: how long the start takes differs.
        path = PROGRAMS / "interrupted.py"
        hot = marked_line(path.read_text())
        self.wait_until(lambda: (row := self.heat(client, path).get(hot)) and row["self"] > 20 and row["share"] > 0.8,
                        "the loop to be the hottest")
        return client

    def gone(self):
        return not self.alive(self.pid)

    def check_kept(self):
        self.wait_until(self.gone, "the program's end")
        kept = [path for path in self.state.rglob("*.pyrometer") if path.is_file()]
        self.assertEqual(len(kept), 1, list(self.state.rglob("*")))
        self.assertEqual(kept[0].stat().st_mode & 0o777, 0o600)
        done = subprocess.run([PYROMETER, "show", kept[0], "--json"], capture_output=True, env=self.env, check=True)
        rows = json.loads(done.stdout)["functions"]
        self.assertEqual(rows[0]["name"], "forever")
        return kept[0]

    def test_shutdown(self):
        client = self.running()
        self.assertEqual(client.shut_down(), 0)
        self.check_kept()

    def test_the_end_by_itself(self):
        client = self.running()
        client.request("pyrometer/stop", {"run": self.run_started})
        said = self.finished(client, self.run_started)
        kept = self.check_kept()
        profile = client.request("pyrometer/profiles", {})["profiles"][0]
        self.assertEqual((profile["state"], profile["file"]), ("finished", uri(kept)))
        self.assertIn(kept.name, said["message"])
        self.assertEqual(client.shut_down(), 0)

    def test_pipe_closed(self):
        client = self.running()
        client.close_input()
        self.assertEqual(client.wait_for_exit(), 1)
        self.check_kept()

    def test_client_gone(self):
        """Nobody reads and nobody writes any more."""
        client = self.running()
        client.process.stdout.close()
        client.close_input()
        client.process.wait(90)
        self.check_kept()

    def test_client_dies(self):
        """The process named in initialize dies while somebody else still holds the pipe."""
        parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.addCleanup(parent.stdin.close)
        client = self.running(processId=parent.pid)
        parent.kill()
        parent.wait()
        self.assertEqual(client.wait_for_exit(), 1)
        self.check_kept()

    def test_terminated(self):
        client = self.running()
        client.process.terminate()
        client.wait_for_exit()
        self.check_kept()

    def test_killed(self):
        """The daemon is killed: the terminal hangs up and the program ends. The next daemon finishes its recording, and
        opens it by the name that the run's profile had."""
        client = self.running()
        profile = client.request("pyrometer/profiles", {})["profiles"][0]
        client.process.kill()
        client.process.wait()
        self.wait_until(self.gone, "the program's end")
        again = self.connected()
        opened = again.request("pyrometer/open", {"uri": profile["file"]})
        self.assertEqual((opened["state"], opened["selected"]), ("file", True))
        self.assertGreater(opened["samples"], 20)
        path = PROGRAMS / "interrupted.py"
        self.assertGreater(self.heat(again, path)[marked_line(path.read_text())]["share"], 0.5)
        self.assertEqual(again.shut_down(), 0)
        self.check_kept()

    def test_killed_and_recovered_unasked(self):
        client = self.running()
        client.process.kill()
        client.process.wait()
        self.wait_until(self.gone, "the program's end")
        again = self.connected()
        self.wait_until(lambda: [path for path in self.state.rglob("*.pyrometer") if path.is_file()], "the recording")
        self.assertEqual(again.shut_down(), 0)
        self.check_kept()
