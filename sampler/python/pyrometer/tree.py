"""The tree of calls: who called whom, how often a sample met it. Nothing here calls itself: a program that recurses
deeply has a deep tree."""

import json


class Tree:
    """A function as called by the functions above it. `children` is a dict by address; `lines` says how many samples met
    it on which line (empty where the profile has no lines); `meta` says of the samples that ended here how many ran
    native code, code made by a JIT, and so on."""

    def __init__(self, addr, name, count=1, children=None):
        self.addr, self.name, self.count = addr, name, count
        self.children = {} if children is None else children
        self.meta, self.lines = {}, {}

    def __getitem__(self, key):
        """A child by its address, or by a part of its name. Where several fit: the one whose function has exactly that
        name, else the one with the most samples ('' is the busiest child)."""
        if isinstance(key, int):
            return self.children[key]
        fitting = [child for child in self.children.values() if key in child.name]
        if not fitting:
            raise KeyError(key)
        return max(fitting, key=lambda child: (child._function == key, child.count))

    @property
    def _function(self):
        parts = self.name.split(":", 3)
        return parts[1] if len(parts) > 1 else self.name

    def add_child(self, addr, name, count=1):
        child = self.children.get(addr)
        if child is None:
            child = self.children[addr] = Tree(addr, name, 0)
        child.count += count
        return child

    @property
    def self_count(self):
        """The samples that ended here."""
        return self.count - sum(child.count for child in self.children.values())

    def get_self_count(self):
        return self.self_count

    def _nodes(self):
        """This node and all below it, callers before those that they call, first children first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(list(node.children.values())))

    def walk(self, callback):
        for node in self._nodes():
            callback(node)

    def cumulative_meta(self, d=None):
        """The sum of `meta` over this node and all below it."""
        total = {} if d is None else d
        for node in self._nodes():
            for key, count in node.meta.items():
                total[key] = total.get(key, 0) + count
        return total

    def flatten(self):
        """A copy with Python functions only: what other nodes (native code) had is their callers' own, in its count and
        in its meta."""
        copy = Tree(self.addr, self.name, self.count)
        copy.meta, copy.lines = dict(self.meta), dict(self.lines)
        waiting = [(self, copy)]
        while waiting:
            node, target = waiting.pop()
            for child in node.children.values():
                if str(child.name).startswith("n:"):
                    into = target
                else:
                    into = target.add_child(child.addr, child.name, child.count)
                    _add(into.lines, child.lines)
                _add(into.meta, child.meta)
                waiting.append((child, into))
        return copy

    def as_json(self):
        """[name, "address", count, meta, [children]], as vmprof's server has it: addresses as text, since JavaScript's
        numbers would lose some of their bits."""
        pieces, waiting = [], [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
                continue
            head = json.dumps([node.name, str(node.addr), node.count, node.meta])
            pieces.append(head[:-1] + ", [")
            waiting.append("]]")
            for i, child in enumerate(reversed(list(node.children.values()))):
                if i > 0:
                    waiting.append(", ")
                waiting.append(child)
        return "".join(pieces)

    def __eq__(self, other):
        if not isinstance(other, Tree):
            return NotImplemented
        pairs = [(self, other)]
        while pairs:
            one, two = pairs.pop()
            if (one.addr, one.name, one.count, one.children.keys()) != (two.addr, two.name, two.count,
                                                                         two.children.keys()):
                return False
            pairs.extend((child, two.children[addr]) for addr, child in one.children.items())
        return True

    __hash__ = None

    def __repr__(self):
        children = ", ".join(f"({child.count}, {child.name})" for _, child in sorted(self.children.items()))
        return f"<Node: {self.name} ({self.count}) [{children}]>"


def _add(total, more):
    for key, count in more.items():
        total[key] = total.get(key, 0) + count


# vmprof's name for it.
Node = Tree
