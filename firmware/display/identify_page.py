"""Says which node this is."""

from display import screen, texts
from display.screen import LETTER
from node.mac_text import readable

_TOP = 16


def draw(canvas, face, _subject) -> None:
    """Draw name and address."""
    mac = readable(face.app.radio.mac)
    screen.clear(canvas)
    texts.title(canvas, "here I am")
    lines = texts.cut(face.app.name)[:2] + ["", mac[:9], mac[9:]]
    for number in range(len(lines)):
        screen.label(canvas, lines[number], 0, _TOP + number * LETTER)
