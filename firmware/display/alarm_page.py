"""The page that interrupts: what is wrong, with whom, since when, and how to make it quiet."""

from display import naming, screen, texts
from display.alarm_rules import CRITICAL, EXPONENTS, NO_DATA, unit
from display.capitals import CAPITALS
from display.digits import LARGE
from display.frame import age_text
from display.oled import WIDTH
from display.readings import decimal
from display.screen import LETTER, ROOM
from node.borrowed import Borrowed

_TURN = 6  # ticks for each of several alarms
_NAME, _WORDS_TOP, _VALUE, _HINT = 13, 21, 23, 56
_STEP = CAPITALS[0] + 1
_LINES = 3
_HINT_TEXT = "hold button: ok"

_WORDS = {
    "soc_low": "charge low",
    "soc_critical": "charge low",
    "voltage_low": "voltage low",
    "voltage_high": "voltage high",
    "device_alarm": "device alarm",
    "device_warning": "device warning",
    "charger_error": "charger error",
    "device_error": "device error",
    "test": "test alarm",
}
_SILENCE = {"device": "device silent", "radio": "sensor node lost"}

# Which field a kind of alarm comes from, by record type; -1 for all others.
_FIELDS = {
    "device_alarm": {0x05: "bms_flags", 0x0A: "warnings_alarms", 0x0C: "", -1: "alarm_reason"},
    "device_warning": {0x05: "bms_flags", 0x0A: "warnings_alarms", 0x0C: "", -1: "warning_reason"},
    "charger_error": {-1: "charger_error"},
    "device_error": {0x09: "error_code", 0x0A: "error", 0x0C: "vebus_error", -1: ""},
}


_described = {}  # of the alarm that is shown: itself, its value, its words, whose it is


def draw(canvas, face, raised: list) -> None:
    """Draw the raised alarms in turn."""
    number = face.tick // _TURN % len(raised)
    alarm = raised[number]
    _describe(face, alarm)
    screen.clear(canvas)
    place = f"{number + 1}/{len(raised)}" if len(raised) > 1 else ""
    texts.title(canvas, "ALARM" if alarm.severity == CRITICAL else "WARNING", place)
    age = age_text((face.app.uptime.seconds() - alarm.since) * 1000)
    letters = WIDTH // LETTER - len(age) - 1
    screen.label(canvas, screen.part(_described["name"], letters, face.tick), 0, _NAME)
    screen.label_right(canvas, age, WIDTH, _NAME)
    exponent = EXPONENTS.get(alarm.kind)
    if exponent is None:
        _words(canvas, _described["words"])
    else:
        _quantity(canvas, _tenths(alarm, exponent), unit(alarm.kind), _described["words"])
    screen.label(canvas, _HINT_TEXT, 0, _HINT)


def _describe(face, alarm) -> None:
    """Find words and name once: the tables of names are large."""
    if _described.get("alarm") is alarm and _described["value"] == alarm.value:
        return
    device = face.registry.devices.get(alarm.mac)
    _described["words"] = words(alarm, device.record_type if device else -1)
    _described["name"] = naming.name_of(face, alarm.mac)
    _described["alarm"], _described["value"] = alarm, alarm.value


def _tenths(alarm, exponent: int) -> str:
    """Return the value rounded to what is worse: never to the good side of its limit."""
    value = alarm.value
    if exponent > 1:
        value += -value % 10 if alarm.kind == "voltage_high" else -(value % 10)
    return decimal(value, exponent, 1)


def _quantity(canvas, digits: str, unit: str, text: str) -> None:
    """Draw the value that is wrong, and what it is beside it."""
    end = screen.number(canvas, LARGE, digits, 0, _VALUE)
    screen.label(canvas, unit, end + 2, _VALUE + LARGE[0] - LETTER)
    left = end + 2 + LETTER * len(unit)
    lines = texts.wrapped(text, (WIDTH - left) // LETTER)
    for number in range(len(lines)):
        screen.label_right(canvas, lines[number], WIDTH, _VALUE + 2 + number * (LETTER + 2))


def _words(canvas, text: str) -> None:
    """Draw words, large if they find room in two lines and the font has their letters."""
    lines = _large(text.upper())
    if lines:
        for number in range(len(lines)):
            screen.number(canvas, CAPITALS, lines[number], 0, _WORDS_TOP + number * _STEP)
        return
    lines = texts.wrapped(text)[:_LINES]
    for number in range(len(lines)):
        screen.label(canvas, lines[number], 0, _VALUE + 2 + number * (LETTER + 2))


def _large(text: str) -> list:
    """Return a text in up to two lines of large letters, no line if that cannot be."""
    if not all(one in CAPITALS[1] or one == " " for one in text):
        return []
    words = text.split(" ")
    for cut in range(len(words), 0, -1):
        lines = [" ".join(part) for part in (words[:cut], words[cut:]) if part]
        if all(screen.width_of(CAPITALS, line) <= ROOM for line in lines):
            return lines
    return []


def words(alarm, record_type: int) -> str:
    """Return what is wrong, as exactly as there are words for it."""
    if alarm.kind == NO_DATA:
        return _SILENCE.get(alarm.value, "no data")
    known = _WORDS.get(alarm.kind, alarm.kind)
    fields = _FIELDS.get(alarm.kind)
    if not fields or not alarm.value:
        return known
    try:
        with Borrowed("display.words") as meanings:
            return meanings.named(fields.get(record_type, fields[-1]), alarm.value) or known
    except (MemoryError, OSError, ValueError, KeyError):  # no room or a bad file: no time to fail
        return known
