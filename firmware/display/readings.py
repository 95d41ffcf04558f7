"""What the newest advertisements say, for the people in front of the display."""

from protocol.advertisement import detect
from protocol.errors import ProtocolError
from protocol.instant_readout import payload
from protocol.records import RECORDS, exponent_as, read_as


class Reading:
    """One advertisement, decoded by the record that its kind has, or by a part of it."""

    def __init__(self, md: bytes, key, record) -> None:
        self.record_type = detect(md)
        self.values = read_as(payload(md, key, record), record)
        self._record = record

    def exponent(self, name: str) -> int:
        """Return how many digits of the scaled integer stand behind the point."""
        return exponent_as(self._record, name)


def kind_of(md: bytes) -> int:
    """Return what kind of record an advertisement holds, -1 if that cannot be told."""
    try:
        return detect(md)
    except ProtocolError:
        return -1


def newest(keys, device) -> tuple:
    """Return (what a device says now, ""), or (None, why nothing of it is shown)."""
    doubt = keys.doubts.get(device.mac, "")
    try:
        record = RECORDS.get(kind_of(device.md))
        reading = Reading(device.md, keys.key_of(device.mac), record)
    except ProtocolError as error:
        return None, error.reason
    return (None, doubt) if doubt else (reading, "")


def power_w(reading):
    """Return whole watts of a battery monitor, positive when charging; None without both parts."""
    voltage = reading.values.get("battery_voltage_v")
    current = reading.values.get("battery_current_a")
    if voltage is None or current is None:
        return None
    digits = reading.exponent("battery_voltage_v") + reading.exponent("battery_current_a")
    return rounded(voltage * current, digits)


def rounded(value: int, digits: int) -> int:
    """Return a scaled integer without its last digits, halves away from zero."""
    scale = 10**digits
    whole = (abs(value) + scale // 2) // scale
    return -whole if value < 0 else whole


def decimal(value: int, exponent: int, most: int) -> str:
    """Return a scaled integer as text with no more than `most` digits behind the point."""
    if exponent > most:
        value = rounded(value, exponent - most)
        exponent = most
    if not exponent:
        return str(value)
    whole, part = divmod(abs(value), 10**exponent)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{exponent}d}"
