"""Reads, changes and lists the options; borrowed for the moment.

What is in the file and not valid gives way to its default, and is reported.
"""

from node import json_file
from node.borrowed import Borrowed
from protocol.errors import ProtocolError
from protocol.serial_payloads import encode_json

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


def add(options, module: str) -> None:
    """Take the values of one more table from the file."""
    options.tables.append(module)
    values = _stored(options)
    with Borrowed(module) as table:
        for name, (default, check, _) in table.TABLE.items():
            value = values.get(name, default)
            if not check(value):
                options.problems.append("bad_" + name)
                value = default
            options.values[name] = value


def change(options, values: dict) -> set:
    """Check and store; return the names whose value is new."""
    changed = set()
    stored = {}
    left = set(values)
    for module in options.tables:
        with Borrowed(module) as table:
            for name, (default, check, _) in table.TABLE.items():
                value = options.values[name]
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
    if changed:
        json_file.save(options.path, {"version": VERSION, "options": stored})
    for name in changed:
        options.values[name] = values[name]
    return changed


def answer(options, args: dict) -> dict:
    """Return the options that are no secret, in order, from `after` on; `more` says that there are others."""
    after = args.get("after", "")
    if not isinstance(after, str):
        raise BadOption("after")
    public = []
    for module in options.tables:
        with Borrowed(module) as table:
            public += [name for name, row in table.TABLE.items() if not row[2]]
    found = {}
    room = ROOM
    for name in sorted(public):
        if name <= after:
            continue
        room -= len(encode_json({name: options.values[name]}))
        if room < 0 and found:
            return {"options": found, "more": True}
        found[name] = options.values[name]
    return {"options": found}


def _stored(options) -> dict:
    """Return what the file holds, unchecked; nothing when it cannot be used."""
    content, problem = json_file.load(options.path)
    values = content.get("options")
    if content and content.get("version") != VERSION:
        problem = "unknown_version"
    elif content and not isinstance(values, dict):
        problem = "bad_options"
    if problem and problem not in options.problems:
        options.problems.append(problem)
    return values if values and not problem else {}
