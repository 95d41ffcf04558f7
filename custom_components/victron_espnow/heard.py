"""A Victron device in range, configured or not: what is needed to offer it, and to judge its key."""

from dataclasses import dataclass, field

from .const import KEY_FRAMES
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
        if self.frames and self.data[-1][7] != advert.data[7]:
            self.frames.clear()  # a new key: the old frames would judge it wrong
        if advertisement.nonce(advert.data) not in self.frames:
            self._learn(advert.heard_at - self.heard_at)
        self.heard_at = max(self.heard_at, advert.heard_at)
        self.frames.setdefault(advertisement.nonce(advert.data), advert.data)
        while len(self.frames) > KEY_FRAMES:
            del self.frames[next(iter(self.frames))]

    def _learn(self, gap: float) -> None:
        if not self.heard_at or not 0 < gap < _LONGEST_GAP_S:
            return
        before = gap if self.interval is None else self.interval
        self.interval = before + (gap - before) / _SETTLES_AFTER

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
