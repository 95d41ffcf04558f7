"""What is wrong with one reading: pure rules, no time, no memory of the reading before.

A finding is (kind, severity, verdict, value, limit), the last two scaled to `EXPONENTS`.
"""

SOC_LOW, SOC_CRITICAL, VOLTAGE_LOW, VOLTAGE_HIGH, SILENT = range(5)  # where each limit stands

WARNING, CRITICAL = "warning", "critical"
FINE, BETWEEN, WRONG = -1, 0, 1  # between the limit and its hysteresis nothing changes

NO_DATA = "no_data"
TEST = "test"

# kind: how many digits of its value stand behind the point
EXPONENTS = {"soc_low": 1, "soc_critical": 1, "voltage_low": 2, "voltage_high": 2}
_UNITS = {"soc_low": "%", "soc_critical": "%", "voltage_low": "V", "voltage_high": "V"}

_SOC_BACK = 30  # tenths of a percent above the limit before the alarm goes
_VOLTAGE_BACK = 50  # likewise, the fiftieth part of the limit: 0.25 V at 12.5 V

# What a device calls its battery's voltage; of a Battery Protect and a DC/DC converter it is the input.
_VOLTAGES = ("battery_voltage_v", "battery_voltage1_v", "input_voltage_v")

_BMS_ALARMS = 0x0154_8A00  # bits 9 11 15 18 20 22 24
_BMS_WARNINGS = 0x000B_7400  # bits 10 12 13 14 16 17 19
_LYNX_LOWER_BITS = 0x15555  # of nine 2-bit levels: 2 is a warning, 3 an alarm; others are left out


def _bits(raw: int) -> int:
    return raw


def _bms_alarms(raw: int) -> int:
    return raw & _BMS_ALARMS


def _bms_warnings(raw: int) -> int:
    return raw & _BMS_WARNINGS


def _lynx_alarms(raw: int) -> int:
    return 3 * (raw & raw >> 1 & _LYNX_LOWER_BITS)


def _lynx_warnings(raw: int) -> int:
    return 2 * (raw >> 1 & ~raw & _LYNX_LOWER_BITS)


def _vebus_alarm(raw: int) -> int:
    return int(raw == 2)


def _vebus_warning(raw: int) -> int:
    return int(raw == 1)


# every alarm, warning and error field of the records: (field, kind, severity, what of it counts)
_FLAGS = (
    ("alarm_reason", "device_alarm", CRITICAL, _bits),
    ("warning_reason", "device_warning", WARNING, _bits),
    ("bms_flags", "device_alarm", CRITICAL, _bms_alarms),
    ("bms_flags", "device_warning", WARNING, _bms_warnings),
    ("warnings_alarms", "device_alarm", CRITICAL, _lynx_alarms),
    ("warnings_alarms", "device_warning", WARNING, _lynx_warnings),
    ("alarm", "device_alarm", CRITICAL, _vebus_alarm),
    ("alarm", "device_warning", WARNING, _vebus_warning),
    ("charger_error", "charger_error", WARNING, _bits),
    ("vebus_error", "device_error", WARNING, _bits),
    ("error", "device_error", WARNING, _bits),
    ("error_code", "device_error", WARNING, _bits),
    ("error_flags", "device_error", WARNING, _bits),
)


def fields() -> tuple:
    """Return the names of all fields that are looked at."""
    return ("soc_pct",) + _VOLTAGES + tuple([row[0] for row in _FLAGS])


def voltage_of(reading) -> "int | None":
    """Return the battery's voltage in hundredths; None without one."""
    for name in _VOLTAGES:
        value = reading.values.get(name)
        if value is not None:
            return value
    return None


def judge(reading, limits: tuple) -> list:
    """Return a finding for everything this reading says something about."""
    found = []
    soc = reading.values.get("soc_pct")
    if soc is not None:
        tenths = soc * 10 ** (1 - reading.exponent("soc_pct"))
        _below(found, "soc_low", WARNING, tenths, limits[SOC_LOW], _SOC_BACK)
        _below(found, "soc_critical", CRITICAL, tenths, limits[SOC_CRITICAL], _SOC_BACK)
    volts = voltage_of(reading)
    if volts is not None:
        low, high = limits[VOLTAGE_LOW], limits[VOLTAGE_HIGH]
        _below(found, "voltage_low", CRITICAL, volts, low, (low or 0) // _VOLTAGE_BACK)
        if high is None:
            found.append(("voltage_high", CRITICAL, FINE, volts, None))
        else:
            back = high // _VOLTAGE_BACK
            found.append(("voltage_high", CRITICAL, _verdict(volts - high, back), volts, high))
    for name, kind, severity, counts in _FLAGS:
        value = reading.values.get(name)
        if value is not None:
            bits = counts(value)
            found.append((kind, severity, WRONG if bits else FINE, bits, None))
    return found


def number(kind: str, value):
    """Return a value of this kind in its unit."""
    exponent = EXPONENTS.get(kind, 0)
    return value / 10**exponent if exponent and value is not None else value


def unit(kind: str) -> str:
    """Return the unit of a kind's value, "" when it is a code."""
    return _UNITS.get(kind, "")


def _below(found: list, kind: str, severity: str, value: int, limit, back: int) -> None:
    verdict = FINE if limit is None else _verdict(limit - value, back)
    found.append((kind, severity, verdict, value, limit))


def _verdict(beyond: int, back: int) -> int:
    """Judge by how far a value is beyond its limit: at the limit itself is wrong already."""
    if beyond >= 0:
        return WRONG
    return BETWEEN if beyond > -back else FINE
