"""A profile, as vmprof's users know it: samples as lists of addresses, and what can be counted in them."""

from .errors import EmptyProfileFile
from .tree import Tree

# An address that no function has: above functions that have no caller in common.
NO_FUNCTION = 0


class Stats:
    """`profiles` is a list of (addresses, 1, thread id, memory in kB), the outermost function first. Where `profile_lines`
    is true each address is followed by the negated line. `adr_dict` names the addresses ("py:name:line:file").
    `functions` says in how many samples each address occurs."""

    def __init__(self, profiles, adr_dict=None, jit_frames=None, interp=None, meta=None, start_time=None,
                 end_time=None, profile_lines=False, profile_memory=False, states=None):
        self.profiles, self.adr_dict = profiles, adr_dict
        self.jit_frames = set() if jit_frames is None else jit_frames
        self.interp = interp
        self.meta = {} if meta is None else meta
        self.start_time, self.end_time = start_time, end_time
        self.profile_lines, self.profile_memory = profile_lines, profile_memory
        self.states = states  # of each sample, what its machine did: "jit", "gc", "native" and so on, or None
        self.functions = {}
        self.generate_top()

    def _frames(self, profile):
        return profile[0][::2] if self.profile_lines else profile[0]

    def _stacks(self):
        """[(addresses, samples)]: samples that share a list count together."""
        stacks = {}
        for profile in self.profiles:
            stacks.setdefault(id(profile[0]), [profile, 0])[1] += 1
        return [(self._frames(profile), count) for profile, count in stacks.values()]

    def generate_top(self):
        for frames, count in self._stacks():
            for addr in set(frames):
                self.functions[addr] = self.functions.get(addr, 0) + count

    def top_profile(self):
        """[(name, samples that have it anywhere)]"""
        return [(self._get_name(addr), count) for addr, count in self.functions.items()]

    def function_profile(self, top_function):
        """([(address, samples)], samples with `top_function`): what it called, directly or not, the rarest first."""
        counts, total = {}, 0
        for frames, count in self._stacks():
            if top_function not in frames:
                continue
            total += count
            for addr in set(frames[frames.index(top_function) + 1:]):
                counts[addr] = counts.get(addr, 0) + count
        return sorted(counts.items(), key=lambda item: item[1]), total

    def display(self, no):
        return [self._get_name(addr) for addr in self._frames(self.profiles[no])]

    def _get_name(self, addr):
        if self.adr_dict is None:
            return addr
        return self.adr_dict.get(addr, "<unknown code>")

    get_name = _get_name

    def get_addr_info(self, addr):
        """(language, name, line, file) of an address, or None."""
        name = None if self.adr_dict is None else self.adr_dict.get(addr)
        parts = () if name is None else name.split(":", 3)
        if len(parts) != 4:
            return None
        return parts[0], parts[1], int(parts[2]) if parts[2].lstrip("-").isdigit() else 0, parts[3]

    def find_addrs_containing_name(self, part):
        for addr, name in (self.adr_dict or {}).items():
            if part in name:
                yield addr

    def getmeta(self, key, default=None):
        return self.meta.get(key, default)

    def getargv(self):
        """The program's command line; empty where the profile does not say."""
        return self.getmeta("argv", "")

    def get_runtime_in_microseconds(self):
        """From start to end; 0 where the profile does not say both."""
        if self.start_time is None or self.end_time is None:
            return 0
        return round((self.end_time - self.start_time).total_seconds() * 1_000_000)

    def get_tree(self):
        """The tree of all calls. Its top is the outermost function, or, where samples begin in several (threads), a node
        above them that is called "<all>"."""
        top = Tree(NO_FUNCTION, "<all>", 0)
        step = 2 if self.profile_lines else 1
        for number, profile in enumerate(self.profiles):
            trace = profile[0]
            if not trace:
                continue
            top.count += 1
            node = top
            for i in range(0, len(trace) - step + 1, step):
                node = node.add_child(trace[i], self._get_name(trace[i]))
                if self.profile_lines:
                    line = -trace[i + 1]
                    node.lines[line] = node.lines.get(line, 0) + 1
            state = None if self.states is None else self.states[number]
            if state is not None:
                node.meta[state] = node.meta.get(state, 0) + 1
        if not top.children:
            raise EmptyProfileFile("the profile has no samples of Python code")
        return next(iter(top.children.values())) if len(top.children) == 1 else top
