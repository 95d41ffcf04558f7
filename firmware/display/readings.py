"""What the newest advertisements say, for the people in front of the display."""

from display.registry import MOST_DEVICES
from protocol.errors import ProtocolError
from protocol.instant_readout import decode

BATTERY = "battery_monitor"


class Decoded:
    """A device's newest reading, or why there is none."""

    def __init__(self, md: bytes, key) -> None:
        self.md = md
        self.key = key
        self.reading = None
        self.reason = ""
        try:
            self.reading = decode(md, key)
        except ProtocolError as error:
            self.reason = error.reason


class Readings:
    """Decodes each advertisement once."""

    def __init__(self, registry, keys) -> None:
        self._registry = registry
        self._keys = keys
        self._decoded = {}  # MAC -> Decoded

    def of(self, device) -> Decoded:
        """Return what a device says now."""
        key = self._keys.key_of(device.mac)
        known = self._decoded.get(device.mac)
        if known and known.md is device.md and known.key == key:
            return known
        if len(self._decoded) > MOST_DEVICES:
            self._decoded.clear()
        known = self._decoded[device.mac] = Decoded(device.md, key)
        return known

    def battery(self) -> tuple:
        """Return (device, reading) of the battery monitor, or (None, why there is none)."""
        devices = self._registry.devices.values()
        reasons = set()
        for device in sorted(devices, key=lambda one: one.mac):
            decoded = self.of(device)
            reading = decoded.reading
            if reading and reading.record_name == BATTERY:
                return device, reading
            reasons.add(decoded.reason)
        for reason in ("key_mismatch", "key_missing"):
            if reason in reasons:
                return None, reason
        return None, "no_battery_monitor" if reasons else "no_device"


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
