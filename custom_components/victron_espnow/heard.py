"""Victron devices in range, configured or not: what is needed to offer one, and to judge its key."""

from collections import deque
from collections.abc import Container

from .const import KEY_FRAMES, MAX_HEARD
from .device import Advert
from .protocol import advertisement
from .protocol.records import RECORDS, is_encrypted

_KEPT = 48  # several nodes may hear the same one
_SETTLES_AFTER = 8  # as many gaps weigh in the rate
_LONGEST_GAP_S = 60.0  # an absence is no rhythm


class Heard:
    """The newest of what was heard of a device; what follows from it is worked out when somebody asks."""

    def __init__(self, advert: Advert) -> None:
        """Begin with the first advertisement."""
        self.mac = advert.mac
        self.adverts = deque((advert,), _KEPT)

    @property
    def rssi(self) -> int:
        """Return the newest signal strength."""
        return self.adverts[-1].rssi

    @property
    def heard_at(self) -> float:
        """Return when it was heard last; a node may deliver late."""
        return max(advert.heard_at for advert in self.adverts)

    @property
    def frames(self) -> list[Advert]:
        """Return the newest of distinct nonces, so that three frames are three facts about a key."""
        found: dict[int, Advert] = {}
        check_byte = -1
        for advert in self.adverts:
            if advert.data[7] != check_byte:
                found.clear()  # a new key: the old frames would judge it wrong
                check_byte = advert.data[7]
            found.setdefault(advertisement.nonce(advert.data), advert)
        return list(found.values())[-KEY_FRAMES:]

    @property
    def data(self) -> list[bytes]:
        """Return these frames' bytes."""
        return [advert.data for advert in self.frames]

    @property
    def interval(self) -> float | None:
        """Return the seconds between new readings, which several nodes may hear."""
        interval: float | None = None
        seen: set[int] = set()
        last = self.adverts[0].heard_at
        for advert in self.adverts:
            nonce = advertisement.nonce(advert.data)
            if nonce in seen:
                continue
            seen.add(nonce)
            gap, last = advert.heard_at - last, max(last, advert.heard_at)
            if 0 < gap < _LONGEST_GAP_S:
                known = gap if interval is None else interval
                interval = known + (gap - known) / _SETTLES_AFTER
        return interval

    @property
    def is_encrypted(self) -> bool:
        """Return whether a key is needed; what nobody knows is taken for encrypted."""
        record_type = advertisement.detect(self.adverts[-1].data)
        return record_type not in RECORDS or is_encrypted(record_type)

    @property
    def product_id(self) -> int:
        """Return the product that the newest frame names."""
        return advertisement.product_id(self.adverts[-1].data)


class InRange(dict[bytes, Heard]):
    """Who is in range by address; bounded, as addresses are easily invented."""

    def note(self, advert: Advert, configured: Container[bytes]) -> None:
        """Keep an advertisement; a stranger makes room, never a configured device."""
        heard = self.get(advert.mac)
        if heard is not None:
            heard.adverts.append(advert)
            return
        if len(self) >= MAX_HEARD:
            self._make_room(configured)
        self[advert.mac] = Heard(advert)

    def _make_room(self, configured: Container[bytes]) -> None:
        strangers = [one for one in self.values() if one.mac not in configured]
        if strangers:
            del self[min(strangers, key=lambda one: one.adverts[-1].heard_at).mac]
