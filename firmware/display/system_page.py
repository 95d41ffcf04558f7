"""The nodes in turn with their age and how well they are heard, and whether Home Assistant listens."""

import time

from display import naming, screen
from display.capitals import CAPITALS
from display.digits import SMALL
from display.frame import age_text
from display.screen import LETTER, ROOM
from node.age import age_ms
from node.version import __version__

_TURN = 6  # ticks for each node
_NODE, _VALUES = 9, 18
_HOST, _LINK = 37, 46
_SILENT_MS = 3_900_000  # Home Assistant tells the time every hour


def draw(canvas, face, _subject) -> None:
    """Draw the page about the system."""
    screen.clear(canvas)
    screen.label(canvas, "system", 0, 0)
    screen.label_right(canvas, __version__, ROOM, 0)
    _node(canvas, face)
    _host(canvas, face.app.console.heard)


def _node(canvas, face) -> None:
    nodes = face.nodes.present() if face.nodes else []
    if not nodes:
        screen.label(canvas, "sensor nodes", 0, _NODE)
        screen.number(canvas, CAPITALS, "NONE HEARD", 0, _VALUES)
        return
    number = face.tick // _TURN % len(nodes)
    node = nodes[number]
    place = f"{number + 1}/{len(nodes)}" if len(nodes) > 1 else ""
    screen.label_right(canvas, place, ROOM, _NODE)
    letters = ROOM // LETTER - len(place) - 1
    screen.label(canvas, screen.part(naming.name_of(face, node.mac), letters, face.tick), 0, _NODE)
    if node.is_lost():
        screen.number(canvas, CAPITALS, "LOST", 0, _VALUES)
    else:
        end = screen.number(canvas, SMALL, str(node.rssi), 0, _VALUES)
        screen.label(canvas, "dBm", end + 2, _VALUES + LETTER)
    _ago(canvas, node.age_ms(), _VALUES)


def _host(canvas, heard) -> None:
    """Draw whether Home Assistant tells the time, as it does every hour."""
    screen.label(canvas, "Home Assistant", 0, _HOST)
    if heard is None:
        screen.number(canvas, CAPITALS, "NOT YET", 0, _LINK)
        return
    age = age_ms(heard, time.ticks_ms())
    screen.number(canvas, CAPITALS, "OK" if age < _SILENT_MS else "SILENT", 0, _LINK)
    _ago(canvas, age, _LINK)


def _ago(canvas, age: int, y: int) -> None:
    text = age_text(age)
    screen.quantity(canvas, SMALL, text[:-1], text[-1] + " ago", ROOM, y)
