"""Good messages pass the check of metamodel.py, bad ones do not, and what is said of them names the place.

    python3 tests/protocol/metamodel_test.py
"""

import json
import pathlib
import unittest

from metamodel import MetaModel

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = MetaModel()
ASKED = {1: "initialize", 2: "textDocument/hover", 3: "shutdown", 4: "textDocument/inlayHint", 5: "pyrometer/lineHeat",
         "six": "textDocument/prepareCallHierarchy", 7: "pyrometer/run", 8: "textDocument/codeAction"}
POSITION = {"line": 3, "character": 0}
RANGE = {"start": POSITION, "end": {"line": 3, "character": 9}}
ITEM = {"name": "f", "kind": 12, "uri": "file:///a.py", "range": RANGE, "selectionRange": RANGE}


def request(method, params=None, number=1):
    message = {"jsonrpc": "2.0", "id": number, "method": method}
    return message if params is None else {**message, "params": params}


def notice(method, params=None):
    message = {"jsonrpc": "2.0", "method": method}
    return message if params is None else {**message, "params": params}


def answer(number, result):
    return {"jsonrpc": "2.0", "id": number, "result": result}


GOOD = [
    request("initialize", {"processId": None, "rootUri": None, "capabilities": {
        "general": {"positionEncodings": ["utf-8"]}, "workspace": {"inlayHint": {"refreshSupport": True}}},
        "initializationOptions": {"paints": ["heat"]}}),
    answer(1, {"capabilities": {"hoverProvider": True, "textDocumentSync": {"openClose": True, "change": 2},
                                "positionEncoding": "utf-8", "executeCommandProvider": {"commands": ["x"]}},
               "serverInfo": {"name": "pyrometer"}}),
    notice("initialized", {}),
    request("shutdown"),
    answer(3, None),
    notice("exit"),
    notice("textDocument/didChange", {"textDocument": {"uri": "untitled:Untitled-1", "version": 2},
                                      "contentChanges": [{"range": RANGE, "text": ""}, {"text": "all"}]}),
    answer(2, None),
    answer(2, {"contents": {"kind": "markdown", "value": "**hot**"}, "range": RANGE}),
    answer(4, [{"position": POSITION, "label": "12.3 %", "paddingLeft": True}]),
    answer("six", [{**ITEM, "detail": "61 %", "data": {"function": 3}}]),
    answer(8, [{"title": "Profile", "kind": "source", "command": {"title": "Profile", "command": "x"}}]),
    {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "not JSON"}},
    notice("$/cancelRequest", {"id": 4}),
    notice("$/progress", {"token": "t", "value": {"kind": "begin", "title": "a.py", "cancellable": True}}),
    notice("$/progress", {"token": 1, "value": {"kind": "end", "message": "done"}}),
    request("pyrometer/run", {"program": "file:///a.py", "env": {"A": "b"}, "mode": "wall", "workDoneToken": 3}),
    answer(7, {"run": 1, "pid": 10, "command": ["python3", "a.py"]}),
    request("pyrometer/profiles"),
    notice("pyrometer/output", {"run": 1, "text": "x\r\n"}),
]

# (message, the begin of what is said of it)
BAD = [
    ([], "expected an object"),
    ({"jsonrpc": "1.0", "id": 3, "result": None}, "jsonrpc: "),
    ({"jsonrpc": "2.0", "id": 3}, "an answer has either"),
    ({"jsonrpc": "2.0", "id": 3, "result": None, "error": {"code": 1, "message": ""}}, "an answer has either"),
    ({"jsonrpc": "2.0", "id": 3, "error": {"code": "x", "message": ""}}, "error.code: "),
    (answer(99, None), "id: nobody asked 99"),
    (answer(3, {}), "result: expected null"),
    (request("textDocument/hove", {}), "method: nobody knows"),
    (notice("textDocument/hover", {"textDocument": {"uri": "file:///a"}, "position": POSITION}),
     "id: textDocument/hover"),
    (request("initialized", {}), "id: initialized is a notification"),
    (request("initialize", {"processId": 1, "rootUri": None}), "params.capabilities: is missing"),
    (request("textDocument/hover", {"textDocument": {"uri": "file:///a"}, "position": {"line": -1, "character": 0}}),
     "params.position.line: expected uinteger, found -1"),
    (request("textDocument/hover", {"textDocument": {"uri": "no scheme"}, "position": POSITION}),
     "params.textDocument.uri: expected DocumentUri"),
    (answer(2, {"contents": {"kind": "html", "value": ""}}), "result.contents.kind: "),
    (answer(2, {"contents": {"kind": "markdown", "value": ""}, "colour": 1}), "result.colour: LSP has no such field"),
    (answer(4, [{"position": POSITION}]), "result[0].label: is missing"),
    (answer("six", [{**ITEM, "kind": 99}]), "result[0].kind: "),
    (answer("six", [{**ITEM, "range": None}]), "result[0].range: expected an object"),
    (notice("$/progress", {"token": 1, "value": {"kind": "begin"}}), "params.value.title: is missing"),
    (notice("$/progress", {"token": 1, "value": {"kind": "half"}}), "params.value.kind: "),
    (notice("$/cancelRequest", {"id": None}), "params.id: expected token"),
    (request("pyrometer/run", {"mode": "fast"}), "params.mode: expected one of cpu, wall"),
    (request("pyrometer/lineHeat", {"uri": "file:///a", "filter": {"threads": [0, 1.5]}}), "params.filter.threads[1]: "),
    (answer(7, {"run": 1, "command": []}), "result.pid: is missing"),
    (answer(7, {"run": 2 ** 53 + 1, "pid": 1, "command": []}), "result.run: expected uint"),
    (notice("pyrometer/output", {"run": 1, "text": "", "colour": 1}), "params.colour: the schema has no such field"),
    (request("pyrometer/nothing", {}), "method: nobody knows"),
]


def method_of(example):
    return json.loads(example.read_text(encoding="utf-8"))["method"]


class Messages(unittest.TestCase):
    def test_good_ones_pass(self):
        for message in GOOD:
            with self.subTest(message=message):
                self.assertEqual(MODEL.check_message(message, ASKED), [])

    def test_bad_ones_do_not(self):
        for message, begin in BAD:
            with self.subTest(message=message):
                problems = MODEL.check_message(message, ASKED)
                self.assertTrue([p for p in problems if p.startswith(begin)], problems)

    def test_the_direction_counts(self):
        refresh = request("workspace/inlayHint/refresh")
        self.assertEqual(MODEL.check_message(refresh, ASKED, "serverToClient"), [])
        self.assertTrue(MODEL.check_message(refresh, ASKED, "clientToServer"))
        output = notice("pyrometer/output", {"run": 1, "text": ""})
        self.assertTrue(MODEL.check_message(output, ASKED, "clientToServer"))

    def test_the_method_may_come_from_a_function(self):
        self.assertEqual(MODEL.check_message(answer(3, None), lambda number: ASKED.get(number)), [])

    def test_our_description_of_lsp_names_what_lsp_has(self):
        """lsp.json against LSP's types: methods, who sends them, fields of structures of the same name."""
        ours = json.loads((TOP / "protocol" / "lsp.json").read_text(encoding="utf-8"))
        senders = {"client": "clientToServer", "daemon": "serverToClient"}
        faults = []
        for kind in ("requests", "notifications"):
            for method, entry in ours[kind].items():
                if method.startswith("$/"):
                    continue
                if method not in MODEL.standard.model[kind]:
                    faults.append(method)
                elif MODEL.standard.direction(method) != senders[entry["from"]]:
                    faults.append(f"{method}: sender")
        for name, struct in ours["structs"].items():
            fields = MODEL.standard.fields({"kind": "reference", "name": name})
            faults += [f"{name}.{field}" for field in struct["fields"] if fields is not None and field not in fields]
        self.assertEqual(faults, [])

    def test_examples_obey(self):
        examples = sorted((TOP / "protocol" / "examples").glob("*.json"))
        schema = MODEL.own.schema
        missing = {**schema["requests"], **schema["notifications"]}.keys() - {method_of(path) for path in examples}
        self.assertEqual(missing, set())
        for path in examples:
            example = json.loads(path.read_text(encoding="utf-8"))
            method = example["method"]
            side = MODEL.side(method)
            with self.subTest(example=path.name):
                for case in example["cases"]:
                    message = notice(method, case.get("params"))
                    if "result" in case or side.known(method) and side.is_request(method):
                        message["id"] = 1
                        self.assertEqual(MODEL.check_message(answer(1, case["result"]), {1: method}), [])
                    self.assertEqual(MODEL.check_message(message, {}), [])


if __name__ == "__main__":
    unittest.main()
