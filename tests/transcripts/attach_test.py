"""A program that runs already: attached to, watched as it goes on, let go of unharmed; and what this machine can do."""

import os
import subprocess

from harness import PYTHON, Case, ErrorAnswer, marked_line, path_of, uri

BUSY = """\
import select, sys
def busy():
    for i in range(1000): pass  # hot
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for i in range(100): busy()
print("well")
"""


class Attaching(Case):
    def running(self, name="app.py"):
        path = self.write(name, BUSY)
        process = subprocess.Popen([PYTHON, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   cwd=self.work, env=self.env)

        def end():
            process.kill()
            process.communicate()

        self.addCleanup(end)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return path, process

    def ends_well(self, process):
        out, _ = process.communicate("\n", timeout=60)
        self.assertEqual((out, process.returncode), ("well\n", 0))

    def test_until_it_is_stopped(self):
        client = self.connected()
        path, process = self.running()
        self.open_document(client, path)
        started = client.request("pyrometer/attach", {"pid": process.pid, "workDoneToken": "t"})
        self.assertEqual((started["pid"], started["command"][-1]), (process.pid, str(path)))
        hot = marked_line(BUSY)
        client.expect("pyrometer/profileChanged", lambda said: said["profile"] == started["run"]
                      and said["state"] == "running" and said.get("hotLine", {}).get("line") == hot)
        with self.assertRaisesRegex(ErrorAnswer, "attached"):
            client.request("pyrometer/input", {"run": started["run"], "text": "x"})
        client.request("pyrometer/input", {"run": started["run"], "columns": 100, "rows": 30})
        client.request("pyrometer/stop", {"run": started["run"]})
        said = self.finished(client, started["run"])
        self.assertNotIn("exitStatus", said)
        self.assertEqual(max(self.heat(client, path).values(), key=lambda row: row["self"])["line"], hot)
        held = client.request("pyrometer/profiles", {})["profiles"][0]
        self.assertTrue(path_of(held["file"]).is_file())
        self.assertIn("app.py", held["title"])
        self.assertIsNone(process.poll())
        self.ends_well(process)

    def test_for_a_while(self):
        client = self.connected()
        path, process = self.running()
        run = client.request("pyrometer/attach", {"pid": process.pid, "duration": 0.5, "blocking": True,
                                                  "mode": "wall", "children": False})["run"]
        self.finished(client, run)
        self.assertEqual(client.request("pyrometer/profiles", {})["profiles"][0]["mode"], "wall")
        self.ends_well(process)

    def test_its_end(self):
        client = self.connected()
        _, process = self.running()
        run = client.request("pyrometer/attach", {"pid": process.pid})["run"]
        self.ends_well(process)
        self.finished(client, run)

    def test_the_daemons_end(self):
        """It is no program of ours: it goes on."""
        client = self.connected()
        _, process = self.running()
        client.request("pyrometer/attach", {"pid": process.pid})
        client.shut_down()
        self.assertIsNone(process.poll())
        self.ends_well(process)

    def test_refusals(self):
        client = self.connected()
        ended = subprocess.Popen(["/bin/true"])
        ended.wait()
        asleep = subprocess.Popen(["/bin/sleep", "1000"])
        self.addCleanup(asleep.wait)
        self.addCleanup(asleep.kill)
        for params, words in (({"pid": 0}, "pid"), ({"pid": -7}, "pid"), ({"pid": 1 << 40}, "pid"),
                              ({"pid": ended.pid}, "no such process"), ({"pid": asleep.pid}, "no Python"),
                              ({"pid": os.getpid(), "rate": 0.5}, "rate"), ({"pid": os.getpid(), "duration": 0}, "duration"),
                              ({"pid": os.getpid(), "duration": -1}, "duration")):
            with self.assertRaisesRegex(ErrorAnswer, words):
                client.request("pyrometer/attach", params)
        self.assertEqual(client.request("pyrometer/profiles", {})["profiles"], [])


class Doctor(Case):
    def test_findings(self):
        client = self.connected()
        found = {one["name"]: one for one in client.request("pyrometer/doctor", {})["findings"]}
        self.assertEqual(found["interpreter"]["verdict"], "fine")
        self.assertIn(PYTHON, found["interpreter"]["text"])
        self.assertTrue({"preload", "attach", "ptrace", "state folder", "editors"} <= set(found))
        found = client.request("pyrometer/doctor", {"python": "/no/python"})["findings"]
        self.assertEqual((found[0]["name"], found[0]["verdict"]), ("interpreter", "broken"))


del Case
