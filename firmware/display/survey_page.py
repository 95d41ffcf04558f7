"""To find a good place with: readings a minute, frames lost by radio, and who hears whom how well.

Counts begin when the page is opened, and anew every minute.
"""

import time

from display import naming, screen
from display.digits import SMALL
from display.frame import TOP, UNKNOWN, UPPER
from display.medium_digits import MEDIUM
from display.readings import decimal
from display.screen import LETTER, ROOM

_TURN = 6  # ticks for each device
_NAME, _VALUES, _HALF = 37, 46, 64
_NODE_LETTERS = 4
_SETTLED_MS, _WINDOW_MS = 5_000, 60_000
_MINUTE_MS = 60_000
_OLD_MS = 30_000

_count = {}  # "base": what was counted when the window began; "rate", "loss": what was shown last


def draw(canvas, face, _subject) -> None:
    """Draw the survey."""
    _measure(face)
    screen.clear(canvas)
    screen.label(canvas, "survey", 0, 0)
    end = screen.number(canvas, MEDIUM, _count.get("rate", UNKNOWN), 0, TOP)
    screen.label(canvas, "/min", end + 2, TOP + MEDIUM[0] - LETTER)
    screen.quantity(canvas, SMALL, _count.get("loss", UNKNOWN), "%", ROOM, UPPER)
    screen.label_right(canvas, "lost", ROOM, UPPER + SMALL[0] + 2)
    devices = list(face.registry.devices.values())
    if devices:
        number = face.tick // _TURN % len(devices)
        screen.label_right(canvas, f"{number + 1}/{len(devices)}", ROOM, 0)
        _device(canvas, face, devices[number])


def _device(canvas, face, device) -> None:
    """Draw who hears one device: the two nodes that do it best."""
    name = naming.name_of(face, device.mac)
    screen.label(canvas, screen.part(name, ROOM // LETTER, face.tick), 0, _NAME)
    heard = [(-rssi, node) for node, rssi in device.strengths.items() if rssi is not None]
    best = sorted(heard or [(-device.rssi, device.node)])[:2]
    if device.age_ms() >= _OLD_MS:
        best = []
    for place in range(len(best)):
        rssi, node = best[place]
        end = screen.number(canvas, SMALL, str(-rssi), place * _HALF, _VALUES)
        screen.label(canvas, naming.name_of(face, node)[:_NODE_LETTERS], end + 2, _VALUES + LETTER)
    if not best:
        screen.number(canvas, SMALL, UNKNOWN, 0, _VALUES)
    elif len(best) == 1:
        screen.label(canvas, "dBm", ROOM - 3 * LETTER, _VALUES + LETTER)


def _measure(face) -> None:
    """Count on, and begin a new window when this one is long enough."""
    now = time.ticks_ms()
    nodes = face.nodes.present() if face.nodes else []
    frames, lost = sum(one.frames for one in nodes), sum(one.lost for one in nodes)
    present = (now, face.registry.accepted, frames, lost)
    began, accepted, frames_then, lost_then = _count.setdefault("base", present)
    passed = time.ticks_diff(now, began)
    if passed < _SETTLED_MS:
        return
    _count["rate"] = str((present[1] - accepted) * _MINUTE_MS // passed)
    frames, lost = frames - frames_then, lost - lost_then
    if frames + lost > 0:
        _count["loss"] = decimal(1000 * lost // (frames + lost), 1, 1)
    if passed > _WINDOW_MS:
        _count["base"] = present
