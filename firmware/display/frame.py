"""What the pages of all devices have in common: name, age, marks, and what stands where numbers would be old."""

from display import screen
from display.capitals import CAPITALS
from display.digits import LARGE, SMALL
from display.readings import newest
from display.screen import LETTER, ROOM
from display.silence import DEVICE, RADIO, whose

TOP = 9  # of the one large number
UPPER, MIDDLE, BOTTOM = 8, 26, 47  # of small ones; the last row of the panel stays free
_GAP = 4  # between the name and what follows

UNKNOWN = "---"

NOT_HEARD = "NOT HEARD YET"
UNKNOWN_TYPE = "UNKNOWN TYPE"
_LOST = {RADIO: "NODE LOST", DEVICE: "DEVICE SILENT"}
_REASONS = {
    "key_missing": "NO KEY",
    "key_mismatch": "WRONG KEY",
    "key_unproved": "CHECKING KEY",
    "unknown_record_type": UNKNOWN_TYPE,
}


def reading(canvas, face, mac: bytes):
    """Write name and age; return the reading, None once its cause stands where the numbers would be."""
    screen.clear(canvas)
    device = face.registry.devices.get(mac)
    if device is None:
        _head(canvas, face, "")
        without(canvas, NOT_HEARD)
        return None
    age = age_text(device.age_ms())
    _head(canvas, face, age)
    lost = whose(face.nodes, device)
    if lost:
        without(canvas, _LOST[lost], age)
        return None
    reading, reason = newest(face.keys, device)
    if reading is None:
        without(canvas, _REASONS.get(reason, "NOT READABLE"))
    return reading


def _head(canvas, face, age: str) -> None:
    """Write the first line: whose page it is, whether it is held and an alarm stands, how old it is."""
    screen.label_right(canvas, age, ROOM, 0)
    right = ROOM - LETTER * len(age)
    if face.has_alarms:
        right -= LETTER
        screen.label(canvas, "!", right, 0)
    if face.held:
        right -= LETTER
        for x in (right, right + 4):
            canvas.fill_rect(x, 1, 2, 6, 1)
    screen.label(canvas, screen.part(face.title, (right - _GAP) // LETTER, face.tick), 0, 0)


def without(canvas, cause: str, age: str = "") -> None:
    """Draw dashes, since when, and why."""
    end = screen.number(canvas, LARGE, "--", 0, TOP, 2)
    if age:
        left = screen.number(canvas, SMALL, age[:-1], end + 16, TOP + 8)
        screen.label(canvas, age[-1] + " ago", left + 2, TOP + 16)
    screen.number(canvas, CAPITALS, cause, 0, BOTTOM)


def age_text(age_ms: int) -> str:
    """Return an age in one unit: "3s", "12m", "5h"."""
    seconds = age_ms // 1000
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
