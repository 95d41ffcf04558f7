"""What the newest advertisements say, for the people in front of the display."""

from protocol.errors import ProtocolError
from protocol.instant_readout import decode


class Decoded:
    """A device's newest reading, or why there is none."""

    def __init__(self, source: tuple) -> None:
        self.source = source  # advertisement, key, doubt about the key
        self.reading = None
        md, key, self.reason = source
        try:
            reading = decode(md, key)
        except ProtocolError as error:
            self.reason = error.reason
            return
        if not self.reason:
            self.reading = reading


class Readings:
    """Decodes what is shown, once; the readings of twenty devices at a time would not be worth their room."""

    def __init__(self, registry, keys) -> None:
        self._registry = registry
        self._keys = keys
        self._last = None

    def of(self, device) -> Decoded:
        """Return what a device says now."""
        source = (device.md, self._keys.key_of(device.mac), self._keys.doubts.get(device.mac, ""))
        last = self._last
        if last is None or last.source != source:
            self._last = last = Decoded(source)
        return last


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
