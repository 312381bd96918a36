"""Web servers as Debian packages them: reloaders and masters with workers. They do under Pyrometer what they do without
it, and their processes are in one recording.
"""

import contextlib
import os
import re
import signal
import socket
import time
import urllib.request

from harness import PYROMETER, Case

# The interpreter that Debian's packages are for.
PYTHON = "/usr/bin/python3"

APP = """
from time import process_time
def work():
    end = process_time() + 0.2
    while process_time() < end:
        pass
    return VERSION
VERSION = "first"
"""

FLASK = "import flask\nfrom work import work\napp = flask.Flask(__name__)\napp.route('/')(work)\n"

DJANGO = """
import sys
import django.conf
import django.http
import django.urls
import work
django.conf.settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
urlpatterns = [django.urls.path("", lambda request: django.http.HttpResponse(work.work()))]
if __name__ == "__main__":
    import django.core.management
    django.core.management.execute_from_command_line(sys.argv)
"""

WSGI = """
from work import work
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [work().encode()]
"""

ASGI = """
from work import work
async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    body = work().encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""


class Servers(Case):
    def setUp(self):
        super().setUp()
        (self.work / "work.py").write_text(APP)
        self.env["PYTHONPATH"] = str(self.work)
        self.env.pop("PYTHONDONTWRITEBYTECODE")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.output = self.work / "out.pyrometer"
        self.log = self.work / "log"

    def serve(self, *command, sampled=True):
        ours = [PYROMETER, "run", "--quiet", "-o", self.output, "--"] if sampled else []
        out = open(self.log, "wb")
        self.addCleanup(out.close)
        return self.start(*ours, PYTHON, *command, stdout=out, stderr=out)

    def page(self):
        def ask():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=60) as answer:
                    return answer.read().decode()
            except OSError:
                return None

        return ask()

    def shows(self, text, meanwhile=lambda: None):
        def shown():
            meanwhile()
            return self.page() == text

        self.wait_until(shown, f"a page that says {text}: {self.log.read_text()}", 90)

    def change(self):
        """Once more if nothing comes of it: the first change may come before the server has begun to look for one."""
        last = 0

        def again():
            nonlocal last
            if time.monotonic() - last > 20:
                (self.work / "work.py").write_text(APP.replace("first", "second"))
                last = time.monotonic()

        self.shows("second", again)

    def group(self, process):
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open(f"/proc/{name}/stat") as stat:
                        fields = stat.read().rpartition(")")[2].split()
                except OSError:
                    continue
                if fields[2] == str(process.pid):
                    found.append(int(name))
        return found

    def stop(self, process, number=signal.SIGINT):
        """Ctrl-C, as the terminal sends it to all of the group. What a process sends to Pyrometer is passed on, and the
        program would have it twice: not all servers bear that (uvicorn's handler waits for a lock that it holds)."""
        for pid in self.group(process):
            if process.args[0] == str(PYROMETER) and pid == process.pid:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return process.wait(60)

    def none_left(self, process):
        self.wait_until(lambda: not self.group(process), "the group to be gone")

    def with_and_without(self, run):
        """The same conversation, first alone: what it ends with is the same."""
        alone = run(False)
        (self.work / "work.py").write_text(APP)
        sampled = run(True)
        self.assertEqual(sampled, alone)
        return self.ask("info", self.output)["processList"]

    def worked(self, at_least=0.1):
        done = self.ask("show", self.output, "--all")
        time = sum(row["totalTime"] for row in done["functions"] if row["name"] == "work")
        self.assertGreater(time / 1e9, at_least)

    def reloading(self, *command):
        def run(sampled):
            process = self.serve(*command, sampled=sampled)
            self.shows("first")
            self.change()
            status = self.stop(process)
            self.none_left(process)
            return status

        rows = self.with_and_without(run)
        self.worked()
        # The one that watches, and two that served, one after the other.
        served = [row for row in rows if row["pid"] != rows[0]["pid"] and row["samples"] > 0]
        self.assertGreaterEqual(len(served), 2, rows)

    def test_flask_reloader(self):
        (self.work / "app.py").write_text(FLASK)
        self.env["FLASK_DEBUG"] = "1"
        self.reloading("-m", "flask", "--app", "app.py", "run", "--port", str(self.port))

    def test_django_reloader(self):
        (self.work / "manage.py").write_text(DJANGO)
        self.reloading("manage.py", "runserver", f"127.0.0.1:{self.port}")

    def workers(self, *command, number=signal.SIGINT):
        def run(sampled):
            process = self.serve(*command, sampled=sampled)
            self.shows("first")
            for _ in range(6):
                self.assertEqual(self.page(), "first")
            status = self.stop(process, number)
            self.none_left(process)
            log = self.log.read_text()
            return status, len(re.findall(r"[Tt]raceback", log))

        rows = self.with_and_without(run)
        self.worked(0.5)
        self.assertGreaterEqual(len(rows), 3, rows)

    def test_gunicorn_workers(self):
        (self.work / "app.py").write_text(WSGI)
        self.workers("-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{self.port}", "app:application")

    def test_uvicorn_workers(self):
        (self.work / "app.py").write_text(ASGI)
        self.workers("-m", "uvicorn", "--workers", "2", "--port", str(self.port), "app:application")
