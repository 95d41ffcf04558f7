"""The newest advertisement of each Victron device, and who heard it how well.

Two sensor nodes may hear the same device: the first good copy of a nonce wins, the other one only
tells its RSSI.
"""

import time

from node.age import age_ms
from node.borrowed import seldom
from protocol.advertisement import LATE, REPEAT, judge_nonce, nonce

MOST_DEVICES = 32
MOST_STRENGTHS = 16
BEHIND_MS = (
    2000  # heard so long before what we have: no restart of the device, a copy that was held up
)
EXTENDED = 0xFF
_TYPE_AT = 4


class Device:
    """One Victron device as it was heard last."""

    def __init__(self, mac: bytes, heard: int) -> None:
        self.mac = mac
        self.md = b""  # who is in the registry has one
        self.nonce = -1
        self.node = b""  # whose copy won
        self.rssi = 0  # of that copy
        self.strengths = {}  # node MAC -> RSSI, None of who has not heard it since coverage was told last
        self.heard = heard
        self.judged = -1  # the nonce that the alarms have seen
        self.volts = 0  # the highest voltage so far, in hundredths: 12, 24 or 48 V

    def note_strength(self, node: bytes, rssi: int) -> None:
        """Keep how well a node hears the device."""
        if node not in self.strengths and len(self.strengths) >= MOST_STRENGTHS:
            self.strengths.clear()
        self.strengths[node] = rssi

    @property
    def record_type(self) -> int:
        """Return what kind of record it sends, EXTENDED for those that are not encrypted."""
        return self.md[_TYPE_AT]

    def age_ms(self) -> int:
        """Return how long ago the device was heard last."""
        return age_ms(self.heard, time.ticks_ms())


class Registry:
    """Devices by MAC, bounded: the one silent longest gives way."""

    def __init__(self) -> None:
        self.devices = {}
        self.accepted = 0
        self.repeats = 0
        self.late = 0
        self.evicted = 0

    def take(self, node: bytes, mac: bytes, rssi: int, age_ms: int, md: bytes):
        """Take one reading; return its device when it is new, None when it is not."""
        number = nonce(md)
        heard = time.ticks_add(time.ticks_ms(), -age_ms)
        device = self.devices.get(mac) or self._new(mac, heard)
        later = time.ticks_diff(heard, device.heard)
        verdict = judge_nonce(device.nonce, number, later)
        if verdict == LATE or (later < -BEHIND_MS and verdict != REPEAT):
            self.late += 1
            return None
        device.note_strength(node, rssi)
        if later > 0:
            device.heard = heard
        if verdict == REPEAT:
            self.repeats += 1
            return None
        self.devices[mac] = device  # only now: memory may run out before
        device.md = md
        device.nonce = number
        device.node = node
        device.rssi = rssi
        self.accepted += 1
        return device

    def forget_silent(self, silence_ms: int) -> None:
        """Drop what was not heard for so long, before the millisecond counter comes round to it."""
        for mac in [mac for mac, one in self.devices.items() if one.age_ms() > silence_ms]:
            del self.devices[mac]
            self.evicted += 1

    def forget_strengths(self) -> None:
        """Begin anew to collect who hears what: an old strength must not look like a present one."""
        for device in self.devices.values():
            # not cleared: the room would be wanted again within the second
            for node in device.strengths:
                device.strengths[node] = None

    @seldom
    def _new(self, mac: bytes, heard: int) -> Device:
        """Make room for a device, and the device."""
        if len(self.devices) >= MOST_DEVICES:
            oldest = max(self.devices.values(), key=lambda one: one.age_ms())
            del self.devices[oldest.mac]
            self.evicted += 1
        return Device(mac, heard)
