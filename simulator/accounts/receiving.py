"""What a display node must make of what it receives: the replay rule, the nonce rule, the lines."""

import struct
from collections import Counter
from dataclasses import dataclass, field

from ..node import Node
from . import fates
from .message import Copy
from .scanning import verdict

MOST_DEVICES = 32
BEHIND_US = 2_000_000
_CEILING = struct.Struct("<II")

type Place = tuple[int, int]  # epoch, sequence


@dataclass(slots=True)
class _Known:
    nonce: int
    heard_us: int


@dataclass(eq=False)
class DisplayLife:
    """One life of a display node."""

    node: Node
    number: int
    frames: Counter[bytes] = field(default_factory=Counter)  # that must be used, by sensor node
    unused: dict[bytes, int] = field(default_factory=dict)  # of them, as its answers tell
    lines: int = 0  # all whole ones at the host
    lines_before_ack: int = 0  # before the newest answer to a command
    refused: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    repeats: int = 0
    late: int = 0
    first_lines: int = 0
    most_readings: int = 0  # in a frame
    windows: dict[bytes, tuple[Place, bool]] = field(default_factory=dict)
    devices: dict[bytes, _Known] = field(default_factory=dict)
    awaited: dict[tuple[bytes, int], Copy | None] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Tell whether the board has restarted since, or is off."""
        return self.node.life != self.number

    def judge_frame(self, mac: bytes, place: Place) -> str:
        """Return "" or the reason to refuse a genuine frame (protocol.md, 2.5)."""
        newest, heard = self.windows.get(mac) or (self._ceiling(mac), False)
        if place > newest:
            self.windows[mac] = place, True
            self.frames[mac] += 1
            return ""
        return "repeated" if heard and place == newest else "replayed"

    def _ceiling(self, mac: bytes) -> Place:
        """Return what the flash says."""
        stored = self.node.nvs.stored("replay", mac.hex())
        return _CEILING.unpack(stored) if len(stored) == _CEILING.size else (0, 0)

    def judge_reading(self, mac: bytes, nonce: int, heard_us: int, copy: Copy | None) -> str:
        """Take one reading of an accepted frame; return what became of it."""
        known = self.devices.get(mac)
        if known is None:
            self._make_room()
            known = self.devices[mac] = _Known(nonce, heard_us)
            judged = "new"
        else:
            judged = verdict(known.nonce, nonce, max(0, heard_us - known.heard_us))
        if judged == "new" and known.heard_us - heard_us > BEHIND_US:
            judged = "late"
        if judged == "late":
            self.late += 1
            return fates.LATE
        known.heard_us = max(known.heard_us, heard_us)
        if judged == "repeat":
            self.repeats += 1
            return fates.DUPLICATE
        known.nonce = nonce
        self.accepted += 1
        self.awaited[mac, nonce] = copy
        return fates.NO_LINE

    def _make_room(self) -> None:
        if len(self.devices) >= MOST_DEVICES:
            del self.devices[min(self.devices, key=lambda mac: self.devices[mac].heard_us)]
