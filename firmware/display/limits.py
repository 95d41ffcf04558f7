"""From where on a value is worth an alarm: defaults by kind of record, and what the host has set.

Scaled integers as in the records: tenths of a percent, hundredths of a volt, seconds. None: no alarm.
"""

from display.alarm_rules import SILENT, VOLTAGE_HIGH, VOLTAGE_LOW
from node.borrowed import Borrowed

DEFAULT = -1  # not set by the host

_NOTHING_SET = (DEFAULT,) * 5
_ANY_DEVICE = (None, None, None, None, 600)
_BATTERY = (200, 100, 1150, 1550, 600)  # the voltages for 12 V: see for_system
_DEFAULTS = {
    0x02: _BATTERY,  # battery monitor
    0x05: (None, None, 1150, 1550, 600),  # SmartLithium
    0x08: (None, None, None, None, None),  # an AC charger without mains is silent as it should be
    0x0A: _BATTERY,  # Lynx Smart BMS
}
_TWELVE_VOLTS = 1800  # hundredths: no 12 V battery has more, no 24 V battery that works has less


class Limits:
    """MAC -> limits from the host; what changes and stores them is borrowed (display/limit_store.py)."""

    def __init__(self) -> None:
        self.entries = {}
        with Borrowed("display.limit_store") as store:
            self.problem = store.load(self)

    def of(self, mac: bytes, record_type: int, volts: int) -> tuple:
        """Return the limits of a device; `volts` is the highest voltage it has had."""
        default = for_system(_DEFAULTS.get(record_type, _ANY_DEVICE), volts)
        entry = self.entries.get(mac)
        if not entry:
            return default
        return tuple([default[n] if entry[n] == DEFAULT else entry[n] for n in range(len(entry))])

    def set_of(self, mac: bytes) -> tuple:
        """Return what the host has set of a device, DEFAULT for the rest."""
        return self.entries.get(mac) or _NOTHING_SET

    def expected(self) -> list:
        """Return the devices somebody has set limits for: they should be there."""
        return list(self.entries)


def for_system(limits: tuple, volts: int) -> tuple:
    """Return the limits with voltages for 12, 24 or 48 V.

    Guessed from the highest voltage seen: a flat 24 V battery taken for a 12 V one alarms as well.
    """
    cells = 1 if volts < _TWELVE_VOLTS else 2 if volts < 2 * _TWELVE_VOLTS else 4
    if cells == 1 or limits[VOLTAGE_LOW] is None:
        return limits
    low, high = limits[VOLTAGE_LOW] * cells, limits[VOLTAGE_HIGH] * cells
    return limits[:VOLTAGE_LOW] + (low, high) + limits[SILENT:]
