"""The page that interrupts: what is wrong, with whom, since when, and how to make it quiet."""

from display import screen
from display.alarm_rules import CRITICAL, EXPONENTS, NO_DATA, unit
from display.digits import SMALL
from display.oled import WIDTH
from display.pages import age_text
from display.readings import decimal
from node.borrowed import Borrowed

_NAME, _NUMBER, _TEXT, _HINT = 14, 26, 45, 56

_WORDS = {
    "soc_low": "charge low",
    "soc_critical": "charge critical",
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


def draw(canvas, alarm, name: str, text: str, seconds: int, place: str) -> None:
    """Draw one alarm; `place` tells which of how many."""
    screen.clear(canvas)
    screen.title(canvas, "ALARM" if alarm.severity == CRITICAL else "WARNING", place)
    age = age_text(seconds * 1000)
    screen.label(canvas, name[: (WIDTH // screen.LETTER) - len(age) - 1], 0, _NAME)
    screen.label_right(canvas, age, WIDTH, _NAME)
    exponent = EXPONENTS.get(alarm.kind)
    if exponent is None:
        lines = screen.wrapped(text)[:3]
        for number in range(len(lines)):
            screen.label(canvas, lines[number], 0, _NUMBER + number * (screen.LETTER + 1))
    else:
        end = screen.number(canvas, SMALL, decimal(alarm.value, exponent, exponent), 0, _NUMBER)
        screen.label(canvas, unit(alarm.kind), end + 2, _NUMBER + 8)
        screen.label(canvas, text, 0, _TEXT)
    screen.label(canvas, "hold button: ok", 0, _HINT)


def words(alarm, record_type: int) -> str:
    """Return what is wrong, as exactly as the tables of names know it."""
    if alarm.kind == NO_DATA:
        return _SILENCE.get(alarm.value, "no data")
    known = _WORDS.get(alarm.kind, alarm.kind)
    fields = _FIELDS.get(alarm.kind)
    if not fields or not alarm.value:
        return known
    field = fields.get(record_type, fields[-1])
    try:
        return _named(field, alarm.value) or known
    except MemoryError:  # the tables are large, and this is no time for a fault
        return known


def _named(field: str, value: int) -> str:
    """Return the names of bits, or of a code."""
    if not field:
        return ""
    with Borrowed("protocol.names") as names:
        if field in names.STATES:
            return f"{names.state_name(field, value)} ({value})"
        return ", ".join(names.flag_names(field, value))
