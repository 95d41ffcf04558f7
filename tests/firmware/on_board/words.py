"""Compares the words in the file with the protocol's tables; started by ../test_words.py."""

import os
import sys

sys.path.append(os.getcwd())

from display.alarm_page import _FIELDS
from display.words import named
from protocol.names import FLAGS, LEVELS, STATES

LEVEL_WORDS = ("", "", "warning", "alarm")


def meanings(table):
    """Return what each code of a table means."""
    lines = [line.split(" ", 2) for line in table.strip("\n").split("\n")]
    return {int(code): meaning for code, _, meaning in lines}


def state(field, value):
    meaning = meanings(STATES[field]).get(value)
    return f"{meaning} ({value})" if meaning else f"unknown ({value})"


def flags(field, mask):
    known = meanings(FLAGS[field])
    return ", ".join([of_bit(known, bit) for bit in range(32) if mask >> bit & 1])


def raised(field, value):
    known = meanings(LEVELS[field])
    found = [(of_bit(known, bit), value >> bit & 3) for bit in range(0, 18, 2)]
    return ", ".join([f"{what}: {LEVEL_WORDS[level]}" for what, level in found if level >= 2])


def of_bit(known, bit):
    return known.get(bit, f"unknown (bit {bit})")


MASKS = [1 << bit for bit in range(32)] + [3 << bit for bit in range(0, 18, 2)] + [0x15]


def show_all() -> None:
    fields = {field for by_type in _FIELDS.values() for field in by_type.values() if field}
    assert len(fields) == 8
    for field in fields:
        if field in STATES:
            said, values = state, range(1, 256)
        else:
            said, values = (raised if field in LEVELS else flags), MASKS
        for value in values:
            assert named(field, value) == said(field, value), (field, value)
    assert named("error_flags", 3) == ""
