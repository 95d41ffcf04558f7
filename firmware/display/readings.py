"""What the newest advertisements say, for the people in front of the display."""

from node.borrowed import Borrowed, seldom
from protocol.advertisement import detect
from protocol.errors import ProtocolError
from protocol.instant_readout import payload
from protocol.records import exponent_as, read_as


class Reading:
    """One advertisement, decoded by the record that its kind has, or by a part of it."""

    def __init__(self, md: bytes, key, record) -> None:
        self.record_type = detect(md)
        self.values = read_as(payload(md, key, record), record)
        self._record = record

    def exponent(self, name: str) -> int:
        """Return how many digits of the scaled integer stand behind the point."""
        return exponent_as(self._record, name)


class Decoded:
    """A device's newest reading, or why there is none."""

    def __init__(self, source: tuple, record) -> None:
        self.source = source  # advertisement, key, doubt about the key
        self.reading = None
        md, key, self.reason = source
        try:
            reading = Reading(md, key, record)
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
        self._kind = -1
        self._record = None  # of that kind

    def of(self, device) -> Decoded:
        """Return what a device says now."""
        source = (device.md, self._keys.key_of(device.mac), self._keys.doubts.get(device.mac, ""))
        last = self._last
        if last is None or last.source != source:
            self._last = last = Decoded(source, self._record_of(device.md))
        return last

    def _record_of(self, md: bytes):
        """Return the record by which to decode: the page is of one kind of device for a while."""
        kind = kind_of(md)
        if kind != self._kind:
            self._record = layout(kind, False)
            self._kind = kind
        return self._record


def kind_of(md: bytes) -> int:
    """Return what kind of record an advertisement holds, -1 if that cannot be told."""
    try:
        return detect(md)
    except ProtocolError:
        return -1


@seldom
def layout(kind: int, for_alarms: bool):
    """Return the record of a kind, or what of it alarms look at; None if it is unknown."""
    with Borrowed("display.layouts") as layouts:
        return layouts.for_alarms(kind) if for_alarms else layouts.whole(kind)


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
