"""Fields of a record as people read them: digits that fit, a unit, a label, a word for a state."""

from display.readings import decimal, power_w
from display.screen import LETTER, width_of

# Tables are texts, a line a name: on a board a dictionary takes several times as much.
_LABELS = """
ac_apparent_power_va AC out
ac_in_power_w AC in
ac_out_power_w AC out
ac_voltage_v AC out
battery_current_a current
battery_temperature_c temp.
battery_voltage_v battery
input_voltage_v input
installation_power_w solar
irradiance_w_m2 sun
output_voltage_v output
power_w power
pv_power_w solar
temperature_c temp.
uptime_s uptime
yield_today_wh today
"""
_UNITS = """
a A
c C
m2 W/m2
s h
v V
va VA
w W
wh kWh
"""
_POWER = "power_w"  # display/summary.py, which is not worth its room here
_INPUT, _INPUT_UNIT = "input_voltage_v", "V in"
_KILO = "wh"  # its unit is a thousand times the record's
_HOUR_S = 3600
_MOST = 2  # digits behind the point

# The states of chargers and inverters in seven letters at most.
_STATES = """
0 OFF
1 LOW
2 FAULT
3 BULK
4 ABSORB
5 FLOAT
6 STORAGE
7 EQUAL
8 PASS
9 INVERT
10 ASSIST
11 SUPPLY
244 SUSTAIN
245 START
246 ABSORB
247 RECOND
248 SAFE
249 ACTIVE
250 BLOCKED
251 TEST
252 EXTERN
"""
_WORDS = {
    "device_state": _STATES,
    "output_state": "\n0 OFF\n1 ON\n",
    "balancer_status": "\n1 EVEN\n2 BALANCE\n3 UNEVEN\n",
}


def quantity(reading, name: str, font: tuple, room: int, named: bool = False) -> tuple:
    """Return (digits, unit) of a field, as exact as the room for both allows; `named`: the unit says which it is."""
    kind = name.rsplit("_", 1)[-1]
    unit = _INPUT_UNIT if named and name == _INPUT else _line(_UNITS, kind)
    if name == _POWER:
        value, exponent = power_w(reading), 0
    else:
        value, exponent = reading.values.get(name), reading.exponent(name)
    if value is None:
        return "---", unit
    if kind == "s":
        value //= _HOUR_S
    if kind == _KILO:
        exponent += 3
    for prefix, more in (("", 0), ("k", 3)):
        for most in range(_MOST, -1, -1):
            digits = decimal(value, exponent + more, most)
            if width_of(font, digits) + 2 + LETTER * len(prefix + unit) <= room:
                return digits, prefix + unit
    return "", ""


def label(name: str) -> str:
    """Return what to call a field in seven letters."""
    return _line(_LABELS, name)


def state(reading, name: str) -> tuple:
    """Return (word, ""), or ("", "code 77") for a state that has none."""
    code = reading.values.get(name)
    table = _WORDS.get(name)
    if code is None or not table:
        return "", ""
    word = _line(table, str(code))
    return word, "" if word else f"code {code}"


def _line(table: str, name: str) -> str:
    """Return what stands behind a name, "" if it has no line."""
    at = table.find(f"\n{name} ")
    if at < 0:
        return ""
    at += len(name) + 2
    return table[at : table.find("\n", at)]
