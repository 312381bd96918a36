"""What clients ask for: thresholds, silence where they paint themselves, news only where they understand it."""

from harness import ALL_CAPABILITIES, PROGRAMS, PYTHON, Case, marked_line, uri

WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 60, "character": 0}}


class Settings(Case):
    def hints(self, client, path):
        found = client.request("textDocument/inlayHint", {"textDocument": {"uri": uri(path)}, "range": WHOLE})
        return [hint["position"]["line"] for hint in found or []]

    def configure(self, client, **settings):
        client.notify("workspace/didChangeConfiguration", {"settings": {"pyrometer": settings}})

    def test_threshold(self):
        client = self.connected()
        path = PROGRAMS / "true_lines.py"
        self.open_document(client, path)
        self.profile(client, path)
        rows = self.heat(client, path)
        client.expect("workspace/inlayHint/refresh")
        for percent in (0.5, 12.5, 30, 100):
            self.configure(client, threshold=percent)
            client.expect("workspace/inlayHint/refresh")
            shown = self.hints(client, path)
            self.assertEqual(shown, [line for line, row in rows.items() if row["share"] * 100 >= percent])
        # Only the part of the document that is asked for.
        self.configure(client, threshold=0)
        line = marked_line("\n".join(text.replace("# line 25", "# hot") for text in path.read_text().splitlines()))
        span = {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
        found = client.request("textDocument/inlayHint", {"textDocument": {"uri": uri(path)}, "range": span})
        self.assertEqual([hint["position"]["line"] for hint in found], [line])

    def test_wrong_settings(self):
        """They are told of and change nothing."""
        client = self.connected()
        for wrong in ({"threshold": "much"}, {"rate": -5}, {"python": 7}):
            self.configure(client, **wrong)
            said = client.expect("window/logMessage")
            self.assertIn(next(iter(wrong)), said["message"])
        path = PROGRAMS / "short.py"
        self.assertEqual(self.profile(client, path)["exitStatus"], 0)

    def test_interpreter(self):
        client = self.connected()
        self.configure(client, python="/nowhere/python")
        with self.assertRaisesRegex(Exception, "/nowhere/python"):
            client.request("pyrometer/run", {"program": uri(PROGRAMS / "short.py")})
        self.configure(client, python=PYTHON)
        self.assertEqual(self.profile(client, PROGRAMS / "short.py")["exitStatus"], 0)

    def test_asked_for(self):
        """A client that keeps its settings until it is asked for them, and is asked again when they change."""
        workspace = {"configuration": True, "inlayHint": {"refreshSupport": True}}
        client = self.connected(capabilities=ALL_CAPABILITIES | {"workspace": workspace},
                                options={"settings": None})
        path = PROGRAMS / "true_lines.py"
        self.open_document(client, path)

        def tell(**settings):
            asked = client.message("workspace/configuration")
            self.assertEqual([item["section"] for item in asked["params"]["items"]], ["pyrometer"])
            client.send({"id": asked["id"], "result": [settings]}, answers="workspace/configuration")

        tell(threshold=100, python=PYTHON)
        self.profile(client, path)
        self.assertEqual(self.hints(client, path), [])
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        tell(threshold=12.5, python=PYTHON)
        self.wait_until(lambda: len(self.hints(client, path)) >= 2, "hints")

    def test_a_client_that_paints(self):
        client = self.connected(options={"paints": ["heat"], "settings": {"python": PYTHON}})
        path = PROGRAMS / "true_lines.py"
        self.open_document(client, path)
        self.profile(client, path)
        self.assertNotEqual(self.heat(client, path), {})
        self.assertEqual(self.hints(client, path), [])
        lenses = client.request("textDocument/codeLens", {"textDocument": {"uri": uri(path)}})
        self.assertNotEqual(lenses, [])

    def test_news_only_where_they_are_understood(self):
        for hints, lenses in ((True, False), (False, True), (False, False)):
            with self.subTest(hints=hints, lenses=lenses):
                workspace = {"inlayHint": {"refreshSupport": hints}, "codeLens": {"refreshSupport": lenses}}
                client = self.connected(capabilities=ALL_CAPABILITIES | {"workspace": workspace})
                path = PROGRAMS / "short.py"
                self.open_document(client, path)
                self.profile(client, path)
                self.configure(client, threshold=3)
                if hints:
                    client.expect("workspace/inlayHint/refresh")
                if lenses:
                    client.expect("workspace/codeLens/refresh")
                client.shut_down()
                self.assertEqual(bool(client.heard_so_far("workspace/inlayHint/refresh")), hints)
                self.assertEqual(bool(client.heard_so_far("workspace/codeLens/refresh")), lenses)

    def test_actions(self):
        """What can be done with a document is offered on it, and what is offered can be done."""
        client = self.connected()
        path = PROGRAMS / "short.py"
        self.open_document(client, path)
        actions = client.request("textDocument/codeAction", {
            "textDocument": {"uri": uri(path)}, "range": WHOLE, "context": {"diagnostics": []}})
        profile = next(action for action in actions
                       if action["command"]["command"] == "pyrometer.server.profileFile")
        self.assertEqual(profile["command"]["arguments"][0], uri(path))
        command = profile["command"]
        started = client.request("workspace/executeCommand", {"command": command["command"],
                                                              "arguments": command["arguments"]})
        self.assertEqual(self.finished(client, started["run"])["exitStatus"], 0)
        actions = client.request("textDocument/codeAction", {
            "textDocument": {"uri": uri(path)}, "range": WHOLE, "context": {"diagnostics": []}})
        self.assertIn("pyrometer.server.clear", {action["command"]["command"] for action in actions})
