"""A device of any kind: its most telling value with its state, and two more, each with a label."""

from display import fields, frame, screen
from display.capitals import CAPITALS
from display.digits import SMALL
from display.frame import TOP, UPPER
from display.medium_digits import MEDIUM
from display.screen import LETTER, ROOM

_LABELS, _VALUES = 37, 46
_HALF = 64
_MOST_MEDIUM = 67  # and a label of seven letters finds room beside it


def draw(canvas, face, mac: bytes) -> bool:
    """Draw the page of a device that has none of its own; tell that it may move against burn-in."""
    reading = frame.reading(canvas, face, mac)
    if reading is None:
        return True
    _, main, others, state = face.row
    if not main:  # of some records nobody has published what is in them
        frame.without(canvas, frame.UNKNOWN_TYPE)
        return True
    digits, unit = fields.quantity(reading, main, MEDIUM, _MOST_MEDIUM)
    end = screen.number(canvas, MEDIUM, digits, 0, TOP)
    screen.label(canvas, unit, end + 2, TOP + MEDIUM[0] - LETTER)
    _beside(canvas, fields.label(main), *fields.state(reading, state))
    for place in range(len(others[:2])):
        _value(canvas, reading, others[place], place * _HALF)
    return True


def _beside(canvas, label: str, word: str, small: str) -> None:
    """Draw the state, and what the main number is, at its right."""
    screen.number(canvas, CAPITALS, word, ROOM - screen.width_of(CAPITALS, word), UPPER)
    screen.label_right(canvas, small, ROOM, UPPER + LETTER)
    screen.label_right(canvas, label, ROOM, UPPER + CAPITALS[0] + 2)


def _value(canvas, reading, name: str, x: int) -> None:
    """Draw a value below its label."""
    digits, unit = fields.quantity(reading, name, SMALL, ROOM - _HALF)
    screen.label(canvas, fields.label(name), x, _LABELS)
    end = screen.number(canvas, SMALL, digits, x, _VALUES)
    screen.label(canvas, unit, end + 1, _VALUES + LETTER)
