"""A battery: state of charge, voltage, signed current, power, time to go."""

from display import frame, screen
from display.alarm_rules import SOC_CRITICAL, SOC_LOW
from display.digits import LARGE, SMALL
from display.frame import BOTTOM, MIDDLE, TOP, UNKNOWN, UPPER
from display.readings import decimal, power_w
from display.screen import ROOM

_BAR_TOP, _BAR_HEIGHT = 43, 3
_DAYS_FROM_MIN = 6000


def draw(canvas, face, mac: bytes) -> bool:
    """Draw the battery's page; tell that it may move against burn-in."""
    reading = frame.reading(canvas, face, mac)
    if reading is None:
        return True
    values = reading.values
    _state_of_charge(canvas, values.get("soc_pct"), 10 ** reading.exponent("soc_pct"))
    limits = face.limits.of(mac, reading.record_type, face.registry.devices[mac].volts)
    _marks(canvas, (limits[SOC_LOW], limits[SOC_CRITICAL]), values.get("soc_pct"), reading)
    screen.quantity(canvas, SMALL, _voltage(reading), "V", ROOM, UPPER)
    screen.quantity(canvas, SMALL, _current(reading), "A", ROOM, MIDDLE)
    _power(canvas, power_w(reading))
    if values.get("ttg_min") is not None:
        _time_to_go(canvas, values["ttg_min"])
    return True


def _state_of_charge(canvas, value, scale: int) -> None:
    """Draw the one big number and its bar."""
    if value is None:
        screen.number(canvas, LARGE, "--", 0, TOP, 2)
        return
    end = screen.number(canvas, LARGE, str(value // scale), 0, TOP, 2)
    screen.label(canvas, "%", end + 2, TOP)
    canvas.hline(0, _BAR_TOP + _BAR_HEIGHT // 2, ROOM, 1)
    canvas.fill_rect(0, _BAR_TOP, _along(value, 100 * scale), _BAR_HEIGHT, 1)


def _marks(canvas, limits: tuple, value, reading) -> None:
    """Cut the bar where the alarms of the charge begin; above the charge the marks stand out instead."""
    whole = 100 * 10 ** reading.exponent("soc_pct")
    for limit in limits:
        if limit is not None and value is not None:
            x = _along(limit, 1000)
            is_covered = x < _along(value, whole)
            canvas.vline(x, _BAR_TOP, _BAR_HEIGHT, 0 if is_covered else 1)


def _along(share: int, whole: int) -> int:
    return ROOM * min(max(share, 0), whole) // whole


def _voltage(reading) -> str:
    value = reading.values.get("battery_voltage_v")
    if value is None:
        return UNKNOWN
    exponent = reading.exponent("battery_voltage_v")
    return decimal(value, exponent, 2 if abs(value) < 100 * 10**exponent else 1)


def _current(reading) -> str:
    """Return the current with its sign, which says whether the battery fills or empties."""
    value = reading.values.get("battery_current_a")
    if value is None:
        return UNKNOWN
    exponent = reading.exponent("battery_current_a")
    amperes = abs(value) // 10**exponent
    text = decimal(value, exponent, 2 if amperes < 10 else 1 if amperes < 100 else 0)
    return "+" + text if value > 0 else text


def _power(canvas, watts) -> None:
    """Draw whole watts, or kilowatts where they are many."""
    text, unit = (UNKNOWN if watts is None else str(watts)), "W"
    if watts is not None and abs(watts) >= 10_000:
        text, unit = decimal(watts, 3, 1), "kW"
    end = screen.number(canvas, SMALL, text, 0, BOTTOM)
    screen.label(canvas, unit, end + 2, BOTTOM + 8)


def _time_to_go(canvas, minutes: int) -> None:
    """Draw hours and minutes, or days when it is long."""
    text, unit = f"{minutes // 60}:{minutes % 60:02d}", "h"
    if minutes >= _DAYS_FROM_MIN:
        text, unit = str(minutes // 1440), "d"
    screen.quantity(canvas, SMALL, text, unit, ROOM, BOTTOM)
