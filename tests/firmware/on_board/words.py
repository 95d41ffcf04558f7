"""Compares the words in the file with the protocol's tables; started by ../test_words.py."""

import os
import sys

sys.path.append(os.getcwd())

from display.alarm_page import _FIELDS
from display.words import named
from protocol import names


def show_all() -> None:
    fields = {field for by_type in _FIELDS.values() for field in by_type.values() if field}
    assert len(fields) == 8
    for field in fields:
        if field in names.STATES:
            for value in range(1, 256):
                told = f"{names.state_name(field, value)} ({value})"
                expected = told.replace(f"unknown ({value}) ({value})", f"unknown ({value})")
                assert named(field, value) == expected, (field, value)
        else:
            for value in (
                [1 << bit for bit in range(32)] + [3 << bit for bit in range(0, 18, 2)] + [0x15]
            ):
                assert named(field, value) == ", ".join(names.flag_names(field, value)), (
                    field,
                    value,
                )
    assert named("error_flags", 3) == ""
