"""Limits as the command names them and as the file holds them; borrowed when either is read."""

from display.alarm_rules import SOC_CRITICAL, SOC_LOW, VOLTAGE_HIGH, VOLTAGE_LOW
from display.limits import DEFAULT
from node.config import BadSetting

# name in the command, factor, lowest, highest
_FIELDS = (
    ("soc_low", 10, 0, 1000),
    ("soc_critical", 10, 0, 1000),
    ("voltage_low", 100, 100, 10_000),
    ("voltage_high", 100, 100, 10_000),
    ("silent_s", 1, 10, 86_400),
)
_LARGEST = 100_000  # what no limit comes near
_NO_LIMIT = -2


def of_command(args: dict) -> tuple:
    """Return what a command sets; what it leaves out is the default."""
    return _checked(
        [_scaled(args[name], row) if name in args else DEFAULT for name, *row in _FIELDS]
    )


def of_file(entry: object) -> tuple:
    """Return what the file holds of one device."""
    if not isinstance(entry, list):
        raise BadSetting("limits")
    return _checked(entry)


def told(limits: tuple) -> dict:
    """Return limits as the command names them, without those whose default is not known yet."""
    fields = {}
    for value, (name, factor, _, _) in zip(limits, _FIELDS):
        if value != DEFAULT:
            fields[name] = value / factor if value and factor > 1 else value
    return fields


def _checked(entry: list) -> tuple:
    """Return the limits as they are kept, or say which one cannot be meant."""
    if len(entry) != len(_FIELDS):
        raise BadSetting("limits")
    for value, (name, _, lowest, highest) in zip(entry, _FIELDS):
        if value in (None, DEFAULT):
            continue
        if not isinstance(value, int) or not lowest <= value <= highest:
            raise BadSetting(name)
    for low, high, name in (
        (SOC_CRITICAL, SOC_LOW, "soc_critical"),
        (VOLTAGE_LOW, VOLTAGE_HIGH, "voltage_high"),
    ):
        pair = (entry[low], entry[high])
        if None not in pair and DEFAULT not in pair and pair[0] >= pair[1]:
            raise BadSetting(name)
    return tuple(entry)


def _scaled(value, row):
    """Return a number of the command as a scaled integer; what is no number or far off is refused later."""
    if value is None:
        return None
    if not isinstance(value, (int, float)) or not 0 <= value <= _LARGEST:
        return _NO_LIMIT
    return round(value * row[0])
