"""What the OLED shows. Every text comes from scaled integers: floats are single precision here."""

from display import screen
from display.digits import LARGE, SMALL
from display.oled import WIDTH
from display.readings import decimal, power_w
from node.borrowed import seldom

STALE_MS = 30_000
TOP = 9
SECOND = 26
BAR_TOP = 43
BAR_HEIGHT = 4
BOTTOM = 48
NAME_LETTERS = 11

UNKNOWN = "---"

CAUSES = {
    "not_provisioned": ("not set up yet", "connect USB"),
    "no_node": ("waiting for", "sensor node"),
    "no_device": ("no Victron", "device heard"),
    "key_missing": ("no keys yet",),
    "key_mismatch": ("wrong key",),
    "key_unproved": ("checking", "the key"),
    "no_battery_monitor": ("no battery", "monitor"),
}


@seldom
def cause(canvas, reason: str) -> None:
    """Say why there is nothing to show."""
    screen.clear(canvas)
    screen.message(canvas, CAUSES.get(reason, (reason,)))


@seldom
def identify(canvas, name: str, mac: str) -> None:
    """Say which node this is."""
    screen.clear(canvas)
    screen.title(canvas, "here I am")
    lines = screen.cut(name)[:2] + ["", mac[:9], mac[9:]]
    for number in range(len(lines)):
        screen.label(canvas, lines[number], 0, 16 + number * screen.LETTER)


def battery(canvas, name: str, reading, age_ms: int, lost: str) -> None:
    """Show a battery monitor: state of charge, voltage, current, power, time to go.

    `lost` names who fell silent; the numbers then give way to dashes.
    """
    screen.clear(canvas)
    age = age_text(age_ms)
    screen.label(canvas, name[:NAME_LETTERS], 0, 0)
    screen.label_right(canvas, age, WIDTH, 0)
    if lost:
        _stale(canvas, lost)
        return
    values = reading.values
    _state_of_charge(canvas, values.get("soc_pct"), 10 ** reading.exponent("soc_pct"))
    screen.quantity(canvas, SMALL, _voltage(reading), "V", WIDTH, TOP)
    screen.quantity(canvas, SMALL, _current(reading), "A", WIDTH, SECOND)
    power = power_w(reading)
    text = UNKNOWN if power is None else str(power)
    end = screen.number(canvas, SMALL, text, 0, BOTTOM)
    screen.label(canvas, "W", end + 2, BOTTOM + 8)
    time_to_go = values.get("ttg_min")
    if time_to_go is not None:
        _time_to_go(canvas, time_to_go)


def _state_of_charge(canvas, tenths, scale: int) -> None:
    """Draw the one big number and its bar."""
    if tenths is None:
        screen.number(canvas, LARGE, "--", 0, TOP, 2)
        return
    end = screen.number(canvas, LARGE, str((tenths + scale // 2) // scale), 0, TOP, 2)
    screen.label(canvas, "%", end + 2, TOP)
    screen.bar(canvas, 0, BAR_TOP, WIDTH, BAR_HEIGHT, tenths, 100 * scale)


def _voltage(reading) -> str:
    value = reading.values.get("battery_voltage_v")
    return UNKNOWN if value is None else decimal(value, reading.exponent("battery_voltage_v"), 2)


def _current(reading) -> str:
    """Return the current with its sign, which says whether the battery fills or empties."""
    value = reading.values.get("battery_current_a")
    if value is None:
        return UNKNOWN
    exponent = reading.exponent("battery_current_a")
    amperes = abs(value) // 10**exponent
    text = decimal(value, exponent, 2 if amperes < 10 else 1 if amperes < 100 else 0)
    return "+" + text if value > 0 else text


def _time_to_go(canvas, minutes: int) -> None:
    """Draw hours and minutes, or days and hours when it is long."""
    if minutes < 6000:
        text, unit = f"{minutes // 60}:{minutes % 60:02d}", "h"
    else:
        text, unit = str(minutes // 1440), "d"
    screen.quantity(canvas, SMALL, text, unit, WIDTH, BOTTOM)


def _stale(canvas, lost: str) -> None:
    """Draw dashes and who fell silent."""
    screen.number(canvas, LARGE, "--", 0, TOP, 2)
    screen.quantity(canvas, SMALL, UNKNOWN, "V", WIDTH, TOP)
    screen.quantity(canvas, SMALL, UNKNOWN, "A", WIDTH, SECOND)
    screen.label_centred(canvas, lost, BOTTOM + 4)


def age_text(age_ms: int) -> str:
    """Return an age in one unit: "3s", "12m", "5h"."""
    seconds = age_ms // 1000
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
