"""Why there is no device to show."""

from display import screen, texts
from display.capitals import CAPITALS
from display.screen import ROOM

_TOP, _STEP, _SMALL_STEP = 12, 22, 11

_CAUSES = {
    "not_provisioned": ("NOT SET UP", "CONNECT USB"),
    "no_node": ("WAITING FOR", "SENSOR NODE"),
    "no_device": ("NO VICTRON", "DEVICE HEARD"),
    "key_missing": ("NO KEYS YET", "add your devices", "in HomeAssistant"),
}


def draw(canvas, face, _subject) -> None:
    """Draw the cause."""
    screen.clear(canvas)
    lines = _CAUSES[cause(face)]
    top = _TOP
    for line in lines:
        if line.isupper():
            screen.number(
                canvas, CAPITALS, line, (ROOM - screen.width_of(CAPITALS, line)) // 2, top
            )
            top += _STEP
        else:
            texts.label_centred(canvas, line, top)
            top += _SMALL_STEP


def cause(face) -> str:
    """Return why there is nothing to show."""
    if face.nodes is None:
        return "not_provisioned"
    if not face.nodes.present():
        return "no_node"
    if not face.registry.devices:
        return "no_device"
    return "key_missing"
