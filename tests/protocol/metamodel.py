"""Does a message obey the protocol? Standard methods are held against LSP 3.17's own types, our own against
protocol/schema.json.

    from metamodel import MetaModel
    model = MetaModel()                                  # fetches the types once, see fetch.sh
    problems = model.check_message(message, {1: "initialize"}, "serverToClient")

`message` is what stands in one frame, parsed. The second argument tells which request an answer belongs to: a mapping
of id to method, or a function that gives the method or None. The third, if given, is the direction; a method that does
not go that way is a problem. The result is a list of "path: what is wrong"; empty if all is well.

Stricter than a client may be: a field that nobody knows is a problem too, since it is a mistake in whoever sends it.
"""

import json
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
LARGEST = 2 ** 53

RANGES = {"integer": (-2 ** 31, 2 ** 31 - 1), "uinteger": (0, 2 ** 31 - 1), "int": (-LARGEST, LARGEST),
          "uint": (0, LARGEST)}

# What LSP lays down beside the typed methods: the base protocol. Progress is checked as work-done progress, the only
# one that we speak.
BASE = {
    "$/cancelRequest": {"id": "token"},
    "$/setTrace": {"value": "trace"},
    "$/logTrace": {"message": "string", "verbose?": "string"},
    "$/progress": {"token": "token", "value": "progress"},
}


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def depth(problem):
    """How far inside of a message a problem is."""
    path = problem.split(": ")[0]
    return path.count(".") + path.count("[")


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def simple(name, value):
    """Is `value` of the base type `name`? None: there is no such type."""
    if name in RANGES:
        low, high = RANGES[name]
        return is_whole(value) and low <= value <= high
    if name in ("any", "LSPAny"):
        return True
    if name in ("object", "LSPObject"):
        return isinstance(value, dict)
    if name in ("DocumentUri", "URI"):
        return isinstance(value, str) and re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:", value) is not None
    if name == "token":
        return isinstance(value, str) or simple("integer", value)
    if name == "trace":
        return value in ("off", "messages", "compact", "verbose")
    types = {"string": lambda: isinstance(value, str), "boolean": lambda: isinstance(value, bool),
             "bool": lambda: isinstance(value, bool), "decimal": lambda: is_number(value),
             "number": lambda: is_number(value), "null": lambda: value is None, "never": lambda: False}
    return types[name]() if name in types else None


class Standard:
    """LSP's types, as read_lsp_types.cjs gives them."""

    def __init__(self, model):
        self.model = model

    def known(self, method):
        return method in self.model["requests"] or method in self.model["notifications"]

    def is_request(self, method):
        return method in self.model["requests"]

    def direction(self, method):
        return (self.model["requests"].get(method) or self.model["notifications"][method])["messageDirection"]

    def params(self, method, value):
        entry = self.model["requests"].get(method) or self.model["notifications"][method]
        if entry["params"] is None:
            return [] if value in (None, {}) else ["params: expected none"]
        return self.check(value, entry["params"], "params")

    def result(self, method, value):
        return self.check(value, self.model["requests"][method]["result"], "result")

    def fields(self, kind):
        """The fields of a structure with those of all that it extends, or None if it is none."""
        if kind["kind"] == "structure":
            return {field["name"]: field for field in kind["properties"]}
        if kind["kind"] == "reference":
            structure = self.model["structures"].get(kind["name"])
            if structure is None:
                alias = self.model["typeAliases"].get(kind["name"])
                return self.fields(alias) if alias else None
            fields = {}
            for parent in structure["extends"]:
                fields |= self.fields(parent) or {}
            return fields | {field["name"]: field for field in structure["properties"]}
        if kind["kind"] == "and":
            parts = [self.fields(item) for item in kind["items"]]
            return None if None in parts else {name: field for part in parts for name, field in part.items()}
        return None

    def check(self, value, kind, path):
        sort = kind["kind"]
        if sort in ("base", "reference"):
            fits = simple(kind["name"], value)
            if fits is not None:
                return [] if fits else [f"{path}: expected {kind['name']}, found {shown(value)}"]
        fields = self.fields(kind)
        if fields is not None:
            return self.check_fields(value, fields, path)
        if sort == "reference":
            alias = self.model["typeAliases"].get(kind["name"])
            return self.check(value, alias, path) if alias else [f"{path}: LSP's types have no {kind['name']}"]
        if sort == "literal":
            same = value == kind["value"] and isinstance(value, bool) == isinstance(kind["value"], bool)
            return [] if same else [f"{path}: expected {shown(kind['value'])}, found {shown(value)}"]
        if sort == "or":
            found = [self.check(value, item, path) for item in kind["items"]]
            # What is wrong is told of the shape that was probably meant: the one that fails furthest inside.
            return [] if [] in found else max(found, key=lambda problems: (min(map(depth, problems)), -len(problems)))
        if sort == "and":
            return [problem for item in kind["items"] for problem in self.check(value, item, path)]
        if sort == "array":
            if not isinstance(value, list):
                return [f"{path}: expected a list, found {shown(value)}"]
            return [p for i, item in enumerate(value) for p in self.check(item, kind["element"], f"{path}[{i}]")]
        if sort == "tuple":
            if not isinstance(value, list) or len(value) != len(kind["items"]):
                return [f"{path}: expected a list of {len(kind['items'])}, found {shown(value)}"]
            return [p for i, item in enumerate(value) for p in self.check(item, kind["items"][i], f"{path}[{i}]")]
        if not isinstance(value, dict):  # a map
            return [f"{path}: expected an object, found {shown(value)}"]
        return [p for key, item in value.items() for p in self.check(item, kind["value"], f"{path}.{key}")]

    def check_fields(self, value, fields, path):
        if not isinstance(value, dict):
            return [f"{path}: expected an object, found {shown(value)}"]
        problems = [f"{path}.{name}: is missing" for name, field in fields.items()
                    if name not in value and not field["optional"]]
        for name, item in value.items():
            if name in fields:
                problems += self.check(item, fields[name]["type"], f"{path}.{name}")
            else:
                problems.append(f"{path}.{name}: LSP has no such field here")
        return problems


class Own:
    """Our own methods, as protocol/schema.json has them."""

    def __init__(self, schema):
        self.schema = schema

    def known(self, method):
        return method in self.schema["requests"] or method in self.schema["notifications"]

    def is_request(self, method):
        return method in self.schema["requests"]

    def direction(self, method):
        entry = self.schema["requests"].get(method) or self.schema["notifications"][method]
        return "serverToClient" if entry.get("from") == "daemon" else "clientToServer"

    def params(self, method, value):
        entry = self.schema["requests"].get(method) or self.schema["notifications"][method]
        return self.check({} if value is None else value, entry["params"], "params")

    def result(self, method, value):
        return self.check(value, self.schema["requests"][method]["result"], "result")

    def check(self, value, name, path):
        if name.endswith("[]"):
            if not isinstance(value, list):
                return [f"{path}: expected a list, found {shown(value)}"]
            return [p for i, item in enumerate(value) for p in self.check(item, name[:-2], f"{path}[{i}]")]
        if name.startswith("map<"):
            if not isinstance(value, dict):
                return [f"{path}: expected an object, found {shown(value)}"]
            return [p for key, item in value.items() for p in self.check(item, name[4:-1], f"{path}.{key}")]
        if name in self.schema["enums"]:
            words = self.schema["enums"][name]["values"]
            return [] if value in words else [f"{path}: expected one of {', '.join(words)}, found {shown(value)}"]
        if name in self.schema["structs"]:
            return self.check_fields(value, self.schema["structs"][name]["fields"], path)
        fits = simple(name, value)
        if fits is None:
            return [f"{path}: the schema has no type {name}"]
        return [] if fits else [f"{path}: expected {name}, found {shown(value)}"]

    def check_fields(self, value, fields, path):
        if not isinstance(value, dict):
            return [f"{path}: expected an object, found {shown(value)}"]
        problems = [f"{path}.{name}: is missing" for name, field in fields.items()
                    if name not in value and not field.get("optional")]
        for name, item in value.items():
            if name not in fields:
                problems.append(f"{path}.{name}: the schema has no such field here")
            elif item is not None or not fields[name].get("optional"):
                problems += self.check(item, fields[name]["type"], f"{path}.{name}")
        return problems


class MetaModel:
    def __init__(self, folder=None):
        """`folder` is where fetch.sh keeps what it fetches; the user's cache if left out."""
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
        folder = pathlib.Path(folder or cache / "pyrometer" / "protocol")
        subprocess.run([HERE / "fetch.sh", folder], check=True)
        self.standard = Standard(json.loads((folder / "lsp_types.json").read_text(encoding="utf-8")))
        self.own = Own(json.loads((TOP / "protocol" / "schema.json").read_text(encoding="utf-8")))

    def side(self, method):
        return self.own if method.startswith("pyrometer/") else self.standard

    def check_message(self, message, method_of_id, direction=None):
        if not isinstance(message, dict):
            return [f"expected an object, found {shown(message)}"]
        problems = [] if message.get("jsonrpc") == "2.0" else ["jsonrpc: expected \"2.0\""]
        known = {"jsonrpc", "method", "params", "id"} if "method" in message else {"jsonrpc", "id", "result", "error"}
        problems += [f"{name}: JSON-RPC has no such member here" for name in message if name not in known]
        if "method" not in message:
            return problems + self.check_response(message, method_of_id)
        if "id" in message and not simple("token", message["id"]):
            problems.append(f"id: expected a whole number or text, found {shown(message['id'])}")
        return problems + self.check_call(message, direction)

    def check_call(self, message, direction):
        method, request = message["method"], "id" in message
        if not isinstance(method, str):
            return [f"method: expected text, found {shown(method)}"]
        if "params" in message and not isinstance(message["params"], (dict, list, type(None))):
            return [f"params: expected an object, found {shown(message['params'])}"]
        if method in BASE:
            return ["id: a notification has none"] * request + self.check_base(method, message.get("params"))
        side = self.side(method)
        if not side.known(method):
            return [f"method: nobody knows {method}"]
        problems = []
        if side.is_request(method) != request:
            problems.append(f"id: {method} is a {'notification and has none' if request else 'request and needs one'}")
        if direction and side.direction(method) not in (direction, "both"):
            problems.append(f"method: {method} does not go that way ({direction})")
        return problems + side.params(method, message.get("params"))

    def check_base(self, method, params):
        fields = {name.rstrip("?"): {"type": kind, "optional": name.endswith("?")}
                  for name, kind in BASE[method].items()}
        if not isinstance(params, dict):
            return [f"params: expected an object, found {shown(params)}"]
        problems = [f"params.{name}: is missing" for name, field in fields.items()
                    if name not in params and not field["optional"]]
        for name, value in params.items():
            if name not in fields:
                problems.append(f"params.{name}: LSP has no such field here")
            elif fields[name]["type"] == "progress":
                kind = value.get("kind") if isinstance(value, dict) else None
                if kind not in ("begin", "report", "end"):
                    problems.append(f"params.value.kind: expected begin, report or end, found {shown(kind)}")
                else:
                    structure = {"kind": "reference", "name": "WorkDoneProgress" + kind.capitalize()}
                    problems += self.standard.check(value, structure, "params.value")
            elif not simple(fields[name]["type"], value):
                problems.append(f"params.{name}: expected {fields[name]['type']}, found {shown(value)}")
        return problems

    def check_response(self, message, method_of_id):
        problems = []
        if "id" not in message:
            return ["id: is missing"]
        if ("result" in message) == ("error" in message):
            problems.append("an answer has either a result or an error")
        if "error" in message:
            if message["id"] is not None and not simple("token", message["id"]):
                problems.append(f"id: expected a whole number, text or null, found {shown(message['id'])}")
            return problems + self.check_error(message["error"])
        if not simple("token", message["id"]):
            return problems + [f"id: expected a whole number or text, found {shown(message['id'])}"]
        method = method_of_id(message["id"]) if callable(method_of_id) else method_of_id.get(message["id"])
        if method is None:
            return problems + [f"id: nobody asked {shown(message['id'])}"]
        side = self.side(method)
        if not side.known(method) or not side.is_request(method):
            return problems + [f"result: there is no request {method} to answer"]
        return problems + side.result(method, message.get("result"))

    @staticmethod
    def check_error(error):
        if not isinstance(error, dict):
            return [f"error: expected an object, found {shown(error)}"]
        problems = [f"error.{name}: JSON-RPC has no such member here" for name in error
                    if name not in ("code", "message", "data")]
        if not simple("integer", error.get("code")):
            problems.append(f"error.code: expected a whole number, found {shown(error.get('code'))}")
        if not isinstance(error.get("message"), str):
            problems.append(f"error.message: expected text, found {shown(error.get('message'))}")
        return problems
