"""The newest advertisement of each Victron device, and who heard it how well.

Two sensor nodes may hear the same device: the first good copy of a nonce wins, the other one only
tells its RSSI.
"""

import time

from node.age import age_ms
from protocol.advertisement import LATE, REPEAT, judge_nonce, nonce

MOST_DEVICES = 32
MOST_STRENGTHS = 16


class Device:
    """One Victron device as it was heard last."""

    def __init__(self, mac: bytes) -> None:
        self.mac = mac
        self.md = b""
        self.nonce = -1
        self.node = b""  # whose copy won
        self.strengths = {}  # node MAC -> RSSI
        self.heard = time.ticks_ms()

    def note_strength(self, node: bytes, rssi: int) -> None:
        """Keep how well a node hears the device; nodes that are long gone fall out."""
        if node not in self.strengths and len(self.strengths) >= MOST_STRENGTHS:
            self.strengths.clear()
        self.strengths[node] = rssi

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
        device = self.devices.get(mac)
        if device is None:
            device = self._add(mac)
        heard = time.ticks_add(time.ticks_ms(), -age_ms)
        silent = max(0, time.ticks_diff(heard, device.heard))
        verdict = judge_nonce(device.nonce, nonce(md), silent)
        if verdict == LATE:
            self.late += 1
            return None
        device.note_strength(node, rssi)
        if time.ticks_diff(heard, device.heard) > 0 or not device.md:
            device.heard = heard
        if verdict == REPEAT:
            self.repeats += 1
            return None
        device.md = md
        device.nonce = nonce(md)
        device.node = node
        self.accepted += 1
        return device

    def forget_silent(self, silence_ms: int) -> None:
        """Drop what was not heard for so long, before the millisecond counter comes round to it."""
        for mac in [mac for mac, one in self.devices.items() if one.age_ms() > silence_ms]:
            del self.devices[mac]
            self.evicted += 1

    def _add(self, mac: bytes) -> Device:
        if len(self.devices) >= MOST_DEVICES:
            oldest = max(self.devices.values(), key=Device.age_ms)
            del self.devices[oldest.mac]
            self.evicted += 1
        device = self.devices[mac] = Device(mac)
        return device
