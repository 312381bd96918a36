"""The notation of transcripts: JSON, and beyond it

    ...          in an object or at the end of an array: more, which we do not look at
    *            any value
    $name        a value to be remembered under that name; later, and in what we send, the value remembered
    ${name}      inside a string: the same as text
    /regex/      a string in which the regular expression finds something
    0.4..0.6     a number from here to there; one of the ends may be left out

`parse` makes a pattern of it, `fill` a value to send, `mismatch` compares.
"""

import json
import re

TOKEN = re.compile(r"""\s*(?:
    (?P<range>(?:-?\d+(?:\.\d+)?)?\.\.(?!\.)(?:-?\d+(?:\.\d+)?)?)
  | (?P<more>\.\.\.)
  | (?P<any>\*)
  | (?P<name>\$[A-Za-z]\w*)
  | (?P<regex>/(?:[^/\\]|\\.)*/)
  | (?P<json>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)
  | (?P<mark>[][{}:,])
)""", re.VERBOSE)


class Any:
    def __repr__(self):
        return "*"


class More:
    def __repr__(self):
        return "..."


class Name:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"${self.name}"


class Regex:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return f"/{self.text}/"


class Range:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __repr__(self):
        return f"{self.low}..{self.high}"


MORE = More()


def tokens(text):
    place = 0
    while text[place:].strip():
        found = TOKEN.match(text, place)
        if not found:
            raise ValueError(f"cannot read {text[place:place + 40]!r}")
        yield found.lastgroup, found.group(found.lastgroup)
        place = found.end()


def parse(text):
    items = list(tokens(text))
    value, rest = _value(items, 0)
    if rest != len(items):
        raise ValueError(f"too much: {items[rest][1]!r}")
    return value


def _value(items, at):
    kind, text = items[at]
    if kind == "mark" and text == "{":
        return _object(items, at + 1)
    if kind == "mark" and text == "[":
        return _array(items, at + 1)
    if kind == "range":
        low, _, high = text.partition("..")
        return Range(float(low) if low else float("-inf"), float(high) if high else float("inf")), at + 1
    makers = {"more": lambda: MORE, "any": Any, "name": lambda: Name(text[1:]), "json": lambda: json.loads(text),
              "regex": lambda: Regex(text[1:-1].replace("\\/", "/"))}
    if kind not in makers:
        raise ValueError(f"a value is wanted, not {text!r}")
    return makers[kind](), at + 1


def _object(items, at):
    found = {}
    while items[at] != ("mark", "}"):
        if items[at][0] == "more":
            found[MORE] = MORE
            at += 1
        else:
            if items[at][0] != "json" or not items[at][1].startswith('"'):
                raise ValueError(f"a name is wanted, not {items[at][1]!r}")
            key = json.loads(items[at][1])
            if items[at + 1] != ("mark", ":"):
                raise ValueError(f"a colon is wanted behind {key!r}")
            found[key], at = _value(items, at + 2)
        if items[at] == ("mark", ","):
            at += 1
    return found, at + 1


def _array(items, at):
    found = []
    while items[at] != ("mark", "]"):
        value, at = _value(items, at)
        found.append(value)
        if items[at] == ("mark", ","):
            at += 1
    return found, at + 1


def expand(text, names):
    def known(match):
        if match.group(1) not in names:
            raise ValueError(f"nothing is remembered as {match.group(1)}")
        value = names[match.group(1)]
        return value if isinstance(value, str) else json.dumps(value)

    return re.sub(r"\$\{(\w+)\}", known, text)


def fill(pattern, names):
    """The pattern as a value to be sent."""
    if isinstance(pattern, dict):
        return {expand(key, names): fill(value, names) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [fill(value, names) for value in pattern]
    if isinstance(pattern, str):
        return expand(pattern, names)
    if isinstance(pattern, Name):
        if pattern.name not in names:
            raise ValueError(f"nothing is remembered as {pattern.name}")
        return names[pattern.name]
    if isinstance(pattern, (Any, More, Regex, Range)):
        raise ValueError(f"{pattern} cannot be sent")
    return pattern


def mismatch(pattern, value, names, path="$"):
    """Where and how the value differs from the pattern, as a text; None if it fits. What the pattern remembers goes
    into `names`."""
    if isinstance(pattern, Any):
        return None
    if isinstance(pattern, Name):
        if names.setdefault(pattern.name, value) != value:
            return f"{path} is {value!r}, remembered is {names[pattern.name]!r}"
        return None
    if isinstance(pattern, Regex):
        wanted = expand(pattern.text, {name: re.escape(str(text)) for name, text in names.items()})
        if not isinstance(value, str) or not re.search(wanted, value):
            return f"{path} is {value!r}, wanted /{wanted}/"
        return None
    if isinstance(pattern, Range):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not pattern.low <= value <= pattern.high:
            return f"{path} is {value!r}, wanted {pattern}"
        return None
    if isinstance(pattern, dict):
        return _object_mismatch(pattern, value, names, path)
    if isinstance(pattern, list):
        return _array_mismatch(pattern, value, names, path)
    wanted = expand(pattern, names) if isinstance(pattern, str) else pattern
    same = type(wanted) is type(value) or {type(wanted), type(value)} == {int, float}
    return None if same and wanted == value else f"{path} is {value!r}, wanted {wanted!r}"


def _object_mismatch(pattern, value, names, path):
    if not isinstance(value, dict):
        return f"{path} is {value!r}, wanted an object"
    for key, wanted in pattern.items():
        if key is MORE:
            continue
        key = expand(key, names)
        if key not in value:
            return f"{path}.{key} is missing"
        if found := mismatch(wanted, value[key], names, f"{path}.{key}"):
            return found
    others = set(value) - {expand(key, names) for key in pattern if key is not MORE}
    return None if MORE in pattern or not others else f"{path} has {sorted(others)} too"


def _array_mismatch(pattern, value, names, path):
    if not isinstance(value, list):
        return f"{path} is {value!r}, wanted an array"
    # `...` in front of or behind what is wanted: it may stand anywhere.
    if pattern and pattern[0] is MORE:
        inner = [item for item in pattern if item is not MORE]
        best = f"{path} has no {inner}"
        for start in range(len(value) - len(inner) + 1):
            trial = dict(names)
            if not any(mismatch(item, value[start + i], trial, path) for i, item in enumerate(inner)):
                names.update(trial)
                return None
        return f"{best}: {value!r}"
    open_end = bool(pattern) and pattern[-1] is MORE
    wanted = pattern[:-1] if open_end else pattern
    if len(value) < len(wanted) or (len(value) > len(wanted) and not open_end):
        return f"{path} has {len(value)} items, wanted {len(wanted)}{' or more' if open_end else ''}: {value!r}"
    for i, item in enumerate(wanted):
        if found := mismatch(item, value[i], names, f"{path}[{i}]"):
            return found
    return None
