"""Limits as the command names them and as the file holds them; borrowed when either is read.

The file is written only when something is new.
"""

from display.alarm_rules import SOC_CRITICAL, SOC_LOW, VOLTAGE_HIGH, VOLTAGE_LOW
from display.key_store import mac_of
from display.limits import DEFAULT
from node import json_file
from node.config import BadSetting
from node.mac_text import plain
from protocol.errors import ProtocolError

PATH = "limits.json"

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


class UnknownDevice(ProtocolError):
    """Limits for a device whose readings cannot be decrypted."""

    reason = "unknown_device"


def load(limits) -> str:
    """Take what the file holds; return what was wrong with it, "" if nothing was."""
    content, problem = json_file.load(PATH)
    for mac, entry in content.items():
        try:
            limits.entries[mac_of(mac)] = _of_file(entry)
        except ProtocolError:
            problem = "bad_entry"  # one damaged entry costs only itself
    return problem


def take(limits, keys, mac: bytes, args: dict) -> None:
    """Take a device's limits from the host: null makes no alarm, what is left out is the default."""
    if keys.key_of(mac) is None:  # also keeps the file as short as that of the keys
        raise UnknownDevice
    entry = _of_command(args)
    if limits.set_of(mac) != entry:
        _change(limits, mac, entry)


def forget(limits, mac: bytes) -> None:
    """Drop a device's limits with the device."""
    if mac in limits.entries:
        _change(limits, mac, None)


def _of_command(args: dict) -> tuple:
    """Return what a command sets; what it leaves out is the default."""
    return _checked(
        [_scaled(args[name], row) if name in args else DEFAULT for name, *row in _FIELDS]
    )


def _of_file(entry: object) -> tuple:
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


def _change(limits, mac: bytes, entry) -> None:
    """Write the changed limits, then use them."""
    entries = dict(limits.entries)
    if entry and any(value != DEFAULT for value in entry):
        entries[mac] = entry
    else:
        entries.pop(mac, None)
    json_file.save(PATH, {plain(one): list(entries[one]) for one in entries})
    limits.entries = entries


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
