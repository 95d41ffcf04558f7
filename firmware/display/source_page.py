"""A solar charger or another charger: what it gives, large; its state; what came of it."""

from display import fields, frame, screen
from display.capitals import CAPITALS
from display.digits import LARGE, SMALL
from display.frame import BOTTOM, MIDDLE, TOP, UNKNOWN, UPPER
from display.screen import LETTER, ROOM

_LARGE_GAP = 2
_MOST_LARGE = 100
_BETWEEN = 4


def draw(canvas, face, mac: bytes) -> bool:
    """Draw the page of a device that charges; tell that it may move against burn-in."""
    reading = frame.reading(canvas, face, mac)
    if reading is None:
        return True
    _, main, others, state = face.row
    digits, unit = fields.quantity(reading, main, LARGE, _MOST_LARGE)
    if digits == UNKNOWN:
        digits = "--"
    end = screen.number(canvas, LARGE, digits, 0, TOP, _LARGE_GAP)
    screen.label(canvas, unit, end + 2, TOP + LARGE[0] - LETTER)
    left = end + 2 + LETTER * len(unit) + _BETWEEN
    word, small = fields.state(reading, state)
    end = max(screen.number(canvas, CAPITALS, word, 0, BOTTOM), LETTER * len(small))
    screen.label(canvas, small, 0, BOTTOM + LETTER)
    for name, top in zip(others, (BOTTOM, UPPER, MIDDLE)):
        _value(canvas, reading, name, ROOM - (end + _BETWEEN if top == BOTTOM else left), top)
    return True


def _value(canvas, reading, name: str, room: int, top: int) -> None:
    """Draw one more value at the right, if it finds room; of two voltages, one is named."""
    digits, unit = fields.quantity(reading, name, SMALL, room, True)
    screen.quantity(canvas, SMALL, digits, unit, ROOM, top)
