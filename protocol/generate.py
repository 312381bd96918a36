"""Makes the types of schema.json and lsp.json for each language that speaks the protocol. See README.md.

    python3.11 protocol/generate.py           writes what is out of date
    python3.11 protocol/generate.py --check   names what is, and fails
"""

import argparse
import json
import pathlib
import re
import sys
import textwrap

TOP = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 110
HEAD = "Made by protocol/generate.py of protocol/schema.json{also}. Change those, and run it again."

PLAIN = ("int", "uint", "number", "string", "bool", "any", "null", "map<string>")


def capital(word):
    return word[0].upper() + word[1:]


class Schema:
    """What both files say, checked: every name that is used is there, and everything has its sentence."""

    def __init__(self, *files):
        self.enums, self.structs, self.requests, self.notifications = {}, {}, {}, {}
        for file in files:
            content = json.loads(file.read_text(encoding="utf-8"))
            for kind in ("enums", "structs", "requests", "notifications"):
                into = getattr(self, kind)
                for name, entry in content[kind].items():
                    if name in self.enums or name in self.structs or name in into:
                        raise SystemExit(f"{file.name}: {name} is there twice")
                    entry["standard"] = content.get("standard", False)
                    into[name] = entry
        self.check()

    def check(self):
        for name, entry in self.structs.items():
            for field, about in entry["fields"].items():
                self.known(about["type"], f"{name}.{field}")
                self.sentence(about, f"{name}.{field}")
        for entries in (self.enums, self.structs, self.requests, self.notifications):
            for name, entry in entries.items():
                self.sentence(entry, name)
        for entries in (self.requests, self.notifications):
            for name, entry in entries.items():
                for end in ("params", "result"):
                    if end in entry:
                        self.known(entry[end], name)

    @staticmethod
    def sentence(entry, where):
        if not entry.get("about", "").endswith((".", "?")):
            raise SystemExit(f"{where}: no sentence about it")

    def known(self, name, where):
        base = re.sub(r"(\[\]|\|null)+$", "", name)
        if base not in PLAIN and base not in self.enums and base not in self.structs:
            raise SystemExit(f"{where}: no type {name}")

    @staticmethod
    def values(enum):
        """[(wire, number, sentence)]; the number is None where the word itself is sent."""
        return [(word, about.get("value"), about["about"]) if isinstance(about, dict) else (word, None, about)
                for word, about in enum["values"].items()]

    def by_need(self):
        """Structs, those that are part of others first; otherwise as the files have them."""
        done = {}

        def add(name, above):
            if name in above:
                raise SystemExit(f"{name} is part of itself")
            for field in self.structs[name]["fields"].values():
                part = re.sub(r"(\[\])+$", "", field["type"])
                if part in self.structs and part not in done:
                    add(part, above + [name])
            done.setdefault(name, self.structs[name])

        for name in self.structs:
            add(name, [])
        return done

    @staticmethod
    def method_name(method, kind):
        """textDocument/didOpen, Notification -> DidOpenNotification"""
        parts = method.split("/")
        return "".join(capital(part) for part in (parts[1:] or parts)) + kind


class Cpp:
    """protocol/messages.h, and messages.cpp and lsp_messages.cpp with the conversion from and to JSON."""

    TYPES = {"int": "std::int64_t", "uint": "std::uint64_t", "number": "double", "string": "std::string", "bool": "bool",
             "any": "Any", "null": "Null", "map<string>": "std::map<std::string, std::string>"}
    STARTS = {"int": " = 0", "uint": " = 0", "number": " = 0", "bool": " = false"}

    def __init__(self, schema):
        self.schema = schema

    def files(self):
        return {"protocol/messages.h": self.header(),
                "protocol/messages.cpp": self.conversion(False),
                "protocol/lsp_messages.cpp": self.conversion(True)}

    def type(self, name):
        if name.endswith("|null"):
            return f"std::optional<{self.type(name[:-5])}>"
        if name.endswith("[]"):
            return f"std::vector<{self.type(name[:-2])}>"
        return self.TYPES.get(name, name)

    def start(self, field):
        if field.get("optional"):
            return "{}"
        if field["type"] in self.schema.enums:
            return f" = {field['type']}::{self.constant(next(iter(self.schema.enums[field['type']]['values'])))}"
        return self.STARTS.get(field["type"], "{}")

    @staticmethod
    def constant(word):
        return "k" + capital(word)

    @staticmethod
    def comment(text, indent):
        return textwrap.wrap(text, WIDTH, initial_indent=indent + "/// ", subsequent_indent=indent + "/// ",
                             break_long_words=False, break_on_hyphens=False)

    def header(self):
        out = ["// " + HEAD.format(also=" and protocol/lsp.json"),
               "#pragma once", "", "#include <cstdint>", "#include <map>", "#include <optional>", "#include <string>",
               "#include <vector>", "", '#include "protocol/any.h"', "", "namespace pyrometer::protocol {", "",
               "// Members have the names that they have in messages.",
               "// NOLINTBEGIN(readability-identifier-naming)", ""]
        for name, enum in self.schema.enums.items():
            out += self.comment(enum["about"], "") + [f"enum class {name} {{"]
            for word, number, about in self.schema.values(enum):
                out += self.comment(about, "  ")
                out += [f"  {self.constant(word)}{'' if number is None else f' = {number}'},"]
            out += ["};", ""]
        for name, struct in self.schema.by_need().items():
            out += self.comment(struct["about"], "")
            if not struct["fields"]:
                out += [f"struct {name} {{}};", ""]
                continue
            out += [f"struct {name} {{"]
            for field, about in struct["fields"].items():
                out += self.comment(about["about"], "  ")
                kind = self.type(about["type"])
                kind = f"std::optional<{kind}>" if about.get("optional") else kind
                out += [f"  {kind} {field}{self.start(about)};"]
            out += ["};", ""]
        for method, entry in self.schema.requests.items():
            out += self.method(method, entry, "Request")
        for method, entry in self.schema.notifications.items():
            out += self.method(method, entry, "Notification")
        return "\n".join(out + ["// NOLINTEND(readability-identifier-naming)", "", "}  // namespace pyrometer::protocol", ""])

    def method(self, method, entry, kind):
        out = self.comment(entry["about"], "") + [f"struct {self.schema.method_name(method, kind)} {{"]
        out += [f'  static constexpr const char kMethod[] = "{method}";']
        out += [f"  using Params = {self.type(entry['params'])};"]
        if "result" in entry:
            out += [f"  using Result = {self.type(entry['result'])};"]
        return out + ["};", ""]

    def conversion(self, standard):
        """The conversion of the structs of one file; where one has a struct of the other in it, that one's too."""
        structs = self.parts([name for name, struct in self.schema.structs.items() if struct["standard"] == standard])
        enums = [name for name in self.schema.enums
                 if any(name == field["type"] for part in structs for field in self.schema.structs[part]["fields"].values())]
        out = ["// " + HEAD.format(also=" and protocol/lsp.json")]
        out += ['#include "protocol/messages.h"', ""] if not standard else []
        out += ["#include <nlohmann/json.hpp>", "", '#include "protocol/json_definitions.h"']
        out += ['#include "protocol/messages.h"'] if standard else []
        out += ["", "namespace pyrometer::protocol {", "namespace conversion {", ""]
        for name in enums:
            values = self.schema.values(self.schema.enums[name])
            out += ["template <>", f"struct Words<{name}> {{",
                    f"  static constexpr bool kNumbers = {'false' if values[0][1] is None else 'true'};",
                    "  static constexpr Word kWords[] = {"]
            out += [f'      {{"{word}", static_cast<int>({name}::{self.constant(word)})}},' for word, _, _ in values]
            out += ["  };", "};", ""]
        for name in structs:
            fields = self.schema.structs[name]["fields"]
            out += ["template <>", f"struct Shape<{name}> {{", "  template <class Fields, class Value>"]
            if fields:
                out += ["  static void visit(Fields& fields, Value& value) {"]
                out += [f'    fields("{field}", value.{field});' for field in fields] + ["  }"]
            else:
                out += ["  static void visit(Fields& /*fields*/, Value& /*value*/) {}"]
            out += ["};", ""]
        out += ["}  // namespace conversion", ""]
        for kind in self.instances(standard):
            begin, end = f"template Result<{kind}> fromJson(const nlohmann::json&,", "std::string_view);"
            out += ([f"{begin} {end}"] if len(begin) + len(end) < WIDTH else
                    [begin, " " * (begin.index("(") + 1) + end])
            out += [f"template nlohmann::json toJson(const {kind}&);",
                    f"template Result<{kind}> fromAny(const Any&, std::string_view);",
                    f"template Any toAny(const {kind}&);"]
        return "\n".join(out + ["", "}  // namespace pyrometer::protocol", ""])

    def parts(self, names):
        wanted = set(names)
        for name, struct in reversed(self.schema.by_need().items()):
            if name in wanted:
                wanted |= {base for base in (re.sub(r"(\[\])+$", "", field["type"]) for field in struct["fields"].values())
                           if base in self.schema.structs}
        return [name for name in self.schema.by_need() if name in wanted]

    def instances(self, standard):
        kinds = [name for name, struct in self.schema.structs.items() if struct["standard"] == standard]
        for entries in (self.schema.requests, self.schema.notifications):
            for entry in entries.values():
                kinds += [self.type(entry[end]) for end in ("params", "result")
                          if entry["standard"] == standard and end in entry and entry[end] not in self.schema.structs]
        return dict.fromkeys(kinds)


class TypeScript:
    """vscode-extension/src/protocol.ts: our own methods; the standard ones come with the client library."""

    TYPES = {"int": "number", "uint": "number", "number": "number", "string": "string", "bool": "boolean", "any": "unknown",
             "null": "null", "map<string>": "Record<string, string>"}

    def __init__(self, schema):
        self.schema = schema

    def files(self):
        return {"vscode-extension/src/protocol.ts": self.text()}

    def type(self, name):
        if name.endswith("|null"):
            return self.type(name[:-5]) + " | null"
        return self.type(name[:-2]) + "[]" if name.endswith("[]") else self.TYPES.get(name, name)

    @staticmethod
    def comment(text, indent=""):
        if len(indent) + len(text) + 7 <= WIDTH:
            return [f"{indent}/** {text} */"]
        return [f"{indent}/**"] + textwrap.wrap(text, WIDTH, initial_indent=indent + " * ", subsequent_indent=indent + " * ",
                                                break_long_words=False, break_on_hyphens=False) + [f"{indent} */"]

    def own(self, entries):
        return {name: entry for name, entry in entries.items() if not entry["standard"]}

    def text(self):
        out = ["// " + HEAD.format(also=""), ""]
        for name, enum in self.own(self.schema.enums).items():
            out += self.comment(enum["about"] + " " + " ".join(f"{word}: {about}" for word, _, about in self.schema.values(enum)))
            out += [f"export type {name} = {' | '.join(json.dumps(word) for word in enum['values'])};", ""]
        for name, struct in self.own(self.schema.structs).items():
            out += self.comment(struct["about"])
            if not struct["fields"]:
                out += [f"export type {name} = Record<string, never>;", ""]
                continue
            out += [f"export interface {name} {{"]
            for field, about in struct["fields"].items():
                out += self.comment(about["about"], "  ")
                out += [f"  {field}{'?' if about.get('optional') else ''}: {self.type(about['type'])};"]
            out += ["}", ""]
        out += self.table("Requests", "Our requests, by method.", self.own(self.schema.requests),
                          lambda entry: f"{{ params: {self.type(entry['params'])}; result: {self.type(entry['result'])} }}")
        out += self.table("Notifications", "What the daemon tells, by method.", self.own(self.schema.notifications),
                          lambda entry: self.type(entry["params"]))
        return "\n".join(out)

    def table(self, name, sentence, entries, kind):
        out = self.comment(sentence) + [f"export interface {name} {{"]
        for method, entry in entries.items():
            out += self.comment(entry["about"], "  ") + [f'  "{method}": {kind(entry)};']
        return out + ["}", ""]


def main():
    arguments = argparse.ArgumentParser(description="Makes the protocol's types for each language.")
    arguments.add_argument("--check", action="store_true", help="write nothing; name files that are out of date, and fail")
    check = arguments.parse_args().check
    here = TOP / "protocol"
    schema = Schema(here / "schema.json", here / "lsp.json")
    stale = []
    for language in (Cpp(schema), TypeScript(schema)):
        for name, text in language.files().items():
            path = TOP / name
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date: run python3.11 protocol/generate.py" if check else name)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
