"""Victron devices in range, configured or not: what is needed to offer one, and to judge its key."""

from collections.abc import Container
from dataclasses import dataclass, field

from .const import KEY_FRAMES, MAX_HEARD
from .device import Advert
from .protocol import advertisement
from .protocol.records import RECORDS, is_encrypted

_SETTLES_AFTER = 8  # as many gaps weigh in the rate
_LONGEST_GAP_S = 60.0  # an absence is no rhythm


@dataclass
class Heard:
    """A Victron device in range, configured or not."""

    mac: bytes
    node: bytes = b""
    rssi: int = 0
    heard_at: float = 0.0
    # One frame per nonce, so that three frames are three facts about a key.
    frames: dict[int, bytes] = field(default_factory=dict)
    interval: float | None = None  # between new readings, in seconds

    def add(self, advert: Advert) -> None:
        """Keep the newest frames of distinct nonces."""
        self.node = advert.node
        self.rssi = advert.rssi
        frames, nonce = self.frames, advertisement.nonce(advert.data)
        before, self.heard_at = self.heard_at, max(self.heard_at, advert.heard_at)
        if nonce in frames:
            return
        if frames and next(reversed(frames.values()))[7] != advert.data[7]:
            frames.clear()  # a new key: the old frames would judge it wrong
        self._learn(before, advert.heard_at - before)
        frames[nonce] = advert.data
        if len(frames) > KEY_FRAMES:
            del frames[next(iter(frames))]

    def _learn(self, before: float, gap: float) -> None:
        if not before or not 0 < gap < _LONGEST_GAP_S:
            return
        known = gap if self.interval is None else self.interval
        self.interval = known + (gap - known) / _SETTLES_AFTER

    @property
    def data(self) -> list[bytes]:
        """Return the kept frames in the order of their reception."""
        return list(self.frames.values())

    def adverts(self) -> list[Advert]:
        """Return the kept frames, for a device that was configured only now."""
        return [Advert(self.mac, self.node, self.rssi, self.heard_at, data) for data in self.data]

    @property
    def is_encrypted(self) -> bool:
        """Return whether a key is needed; what nobody knows is taken for encrypted."""
        if not self.frames:
            return True
        record_type = advertisement.detect(self.data[-1])
        return record_type not in RECORDS or is_encrypted(record_type)

    @property
    def product_id(self) -> int | None:
        """Return the product that the newest frame names."""
        return advertisement.product_id(self.data[-1]) if self.frames else None


class InRange(dict[bytes, Heard]):
    """Who is in range by address, the longest silent first; bounded, as addresses are easily invented."""

    def note(self, advert: Advert, configured: Container[bytes]) -> None:
        """Keep an advertisement; a stranger makes room, never a configured device."""
        heard = self.pop(advert.mac, None) or Heard(advert.mac)
        if len(self) >= MAX_HEARD:
            oldest = next((mac for mac in self if mac not in configured), None)
            if oldest is not None:
                del self[oldest]
        self[advert.mac] = heard
        heard.add(advert)
