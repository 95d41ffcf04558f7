"""Settings that a user may change while the node runs, each with its default and its check.

A role's table lies in a module of its own, which is in memory only while it is needed: `TABLE` maps a name to
(default, check, is it a secret). What is in the file and not valid gives way to its default, and is reported.
"""

from node import json_file
from node.borrowed import Borrowed
from protocol.errors import ProtocolError

PATH = "options.json"
VERSION = 1
ROOM = 360  # characters of JSON that one answer has for options


class UnknownOption(ProtocolError):
    """No option of that name; a newer host may know more than this node."""

    reason = "unknown_option"


class BadOption(ProtocolError):
    """A value that the option cannot have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.reason = "bad_" + name


class Options:
    """`options["name"]` is always valid."""

    def __init__(self, path: str = PATH) -> None:
        self._path = path
        self._tables = []
        self._values = {}
        self._listeners = []
        self.problems = []  # reasons, for the log

    def add_table(self, module: str) -> None:
        """Know the options of this module's TABLE from now on, and read their values."""
        self._tables.append(module)
        values = self._stored()
        with Borrowed(module) as table:
            for name, (default, check, _) in table.TABLE.items():
                value = values.get(name, default)
                if not check(value):
                    self.problems.append("bad_" + name)
                    value = default
                self._values[name] = value

    def _stored(self) -> dict:
        """Return what the file holds, unchecked; nothing when it cannot be used."""
        content, problem = json_file.load(self._path)
        values = content.get("options")
        if content and content.get("version") != VERSION:
            problem = "unknown_version"
        elif content and not isinstance(values, dict):
            problem = "bad_options"
        if problem and problem not in self.problems:
            self.problems.append(problem)
        return values if values and not problem else {}

    def __getitem__(self, name: str):
        return self._values[name]

    def on_change(self, callback) -> None:
        """Have `callback(names)` called after a change, with the set of names whose value is new."""
        self._listeners.append(callback)

    def set(self, values: dict) -> None:
        """Check all of them, then store, then use: one that is wrong changes nothing."""
        changed = set()
        stored = {}
        left = set(values)
        for module in self._tables:
            with Borrowed(module) as table:
                for name, (default, check, _) in table.TABLE.items():
                    value = self._values[name]
                    if name in values:
                        left.discard(name)
                        if not check(values[name]):
                            raise BadOption(name)
                        if values[name] != value:
                            changed.add(name)
                            value = values[name]
                    if value != default:
                        stored[name] = value
        if left:
            raise UnknownOption
        if not changed:
            return
        json_file.save(self._path, {"version": VERSION, "options": stored})
        for name in changed:
            self._values[name] = values[name]
        for callback in self._listeners:
            callback(changed)

    def answer(self, args: dict) -> dict:
        """Return the options that are no secret, in order, from `after` on; `more` says that there are others."""
        from protocol.serial_payloads import encode_json

        after = args.get("after", "")
        public = []
        for module in self._tables:
            with Borrowed(module) as table:
                public += [name for name, row in table.TABLE.items() if not row[2]]
        found = {}
        room = ROOM
        for name in sorted(public):
            if name <= after:
                continue
            room -= len(encode_json({name: self._values[name]}))
            if room < 0:
                return {"options": found, "more": True}
            found[name] = self._values[name]
        return {"options": found}
