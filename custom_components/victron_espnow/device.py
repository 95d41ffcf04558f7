"""One Victron device: its newest reading, its rhythm, and whether its key still fits."""

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, NamedTuple

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import slugify

from .alarms import Alarms
from .const import (
    CONF_KEY,
    CONF_LIMITS,
    CONF_PRODUCT_ID,
    CONF_RECORD_TYPE,
    KEY_FRAMES,
    KEY_REFUSALS,
    LOGGER,
    MAX_SIGNALS,
    NO_KEY,
    STALE_INTERVALS,
    STALE_MAX_S,
    STALE_MIN_S,
)
from .following import Followers
from .listeners import Listeners
from .product_names import product_name
from .protocol import advertisement
from .protocol.errors import KeyMismatch, ProtocolError
from .protocol.judging import judge_key
from .protocol.keys import parse_key, parse_mac
from .protocol.records import exponent
from .reading import Reading, decode, layout

# Whether the values are of the present, and if not, where they got lost.
FRESH = "fresh"
NEVER_HEARD = "never_heard"
DEVICE_SILENT = "device_silent"
WRONG_KEY = "wrong_key"
RADIO_LOST = "radio_lost"
LINK_LOST = "link_lost"
STATUSES = [FRESH, NEVER_HEARD, DEVICE_SILENT, WRONG_KEY, RADIO_LOST, LINK_LOST]

# Record, product, what the auxiliary input measures, how many values were ever sent.
type Shape = tuple[int | None, int | None, int | None, int]

_LONGEST_NAME = 100
_LONGEST_SLUG = 150  # some scripts take six Latin letters for one of theirs
_LONGEST_FOREIGN_NAME = 25
_BATTERY_SENSE = (0xA3A4, 0xA3A5)
_MONITOR = 0x02


class Advert(NamedTuple):
    """One relayed advertisement."""

    mac: bytes
    node: bytes
    rssi: int
    heard_at: float
    data: bytes


def _close(name: str, value: Any, previous: Any) -> bool:
    """Compare what cannot change at will within a second: states, masks, the voltage."""
    if name.endswith("_voltage_v") and isinstance(value, float) and isinstance(previous, float):
        return abs(value - previous) <= 1
    return value == previous or not name.endswith(("_state", "_error", "_reason", "_mode"))


class Device:
    """A configured Victron device; its identity is the subentry, not the hardware behind it."""

    def __init__(self, hass: HomeAssistant, subentry: ConfigSubentry) -> None:
        """Start without a reading."""
        self.subentry_id = subentry.subentry_id
        self.counters: Counter[str] = Counter()
        self.mac = b""
        self.plain_mac = ""
        self.key = b""
        self.alarms = Alarms()
        self.limits: dict[str, float] = {}
        # Told when something changed other than a value, which is seldom.
        self.listeners: Listeners[()] = Listeners()
        self.followers = Followers(hass)
        # Told of a new frame that could not be read: the device is heard all the same.
        self.unread: Listeners[()] = Listeners()
        self._missed = False  # the log said that it is gone
        self.configure(subentry)

    def configure(self, subentry: ConfigSubentry) -> None:
        """Take name, address and key; another address or key means to start from nothing."""
        self.title = self.name = subentry.title  # the name may be another, given to the device
        self.limits = dict(subentry.data.get(CONF_LIMITS, {}))
        mac = parse_mac(subentry.data[CONF_MAC])
        text = subentry.data[CONF_KEY]
        key = parse_key(text) if text else NO_KEY
        if (mac, key) == (self.mac, self.key):
            return
        if self.mac not in (b"", mac):
            self.alarms.forget()
        self.mac = mac
        self.plain_mac = mac.hex().upper()  # as the display node spells it
        self.key = key
        self.record_type: int | None = subentry.data.get(CONF_RECORD_TYPE)
        self.product_id: int | None = subentry.data.get(CONF_PRODUCT_ID)
        self.reading: Reading | None = None
        self.fields: dict[str, Any] = {}
        self.seen: set[str] = set()
        self._unseen: frozenset[str] | None = None  # of the fields of its record
        # What decides which entities exist; it changes seldom.
        self.shape: Shape = (self.record_type, self.product_id, None, 0)
        self.key_refused = False
        self._suspected = False  # of passing the check byte by chance
        # The first two digits of the key that the device uses now, when they are not ours.
        self.check_byte = key[:1].hex()
        self.available = False
        self.status = NEVER_HEARD
        self.heard_at: float | None = None
        self.read_at: float | None = None
        self._is_read = False  # the newest frame
        self._began_old = False  # with a frame from before an absence that nobody watched
        self.interval: float | None = None
        self.stale_after = STALE_MIN_S
        self.signal: dict[bytes, tuple[int, float]] = {}
        self._nonce = 0
        self._frames: deque[bytes] = deque(maxlen=KEY_FRAMES)
        self._refused = 0
        self._doubtful: Reading | None = None

    # Frames

    @callback
    def receive(self, advert: Advert) -> None:
        """Take an advertisement of this device; whatever is in it, nothing is raised."""
        nonce = advertisement.nonce(advert.data)
        # A new frame, a repeat, or one that another node delivers late.
        verdict = advertisement.NEW
        gap = None
        if self.heard_at is not None:
            gap = advert.heard_at - self.heard_at
            verdict = advertisement.judge_nonce(self._nonce, nonce, int(gap * 1000))
        if verdict == advertisement.LATE:
            self.counters["late"] += 1
            return
        self._note_signal(advert)
        if gap is None or gap > 0:
            self.heard_at = advert.heard_at
        if verdict == advertisement.REPEAT:
            self.counters["repeat"] += 1
            # What could not be read says no more when it is heard again.
            if self._is_read and gap is not None and gap > 0:
                self.read_at = advert.heard_at
            return
        self.counters["new"] += 1
        self._nonce = nonce
        self._is_read = False
        if gap is not None and not self._began_old:
            self._learn(gap)
        self._began_old = gap is None and self.now() - advert.heard_at > STALE_MIN_S
        try:
            self._read(advert)
        except ProtocolError as err:
            self.counters[err.reason] += 1
        if not self._is_read:
            self.unread.tell()

    def _note_signal(self, advert: Advert) -> None:
        """Keep the signal at each node that hears the device at present, the newest last."""
        signal = self.signal
        if len(signal) > 1:
            signal.pop(advert.node, None)
        signal[advert.node] = (advert.rssi, advert.heard_at)
        if len(signal) == 1:
            return
        for node, (_, at) in list(signal.items()):
            if advert.heard_at - at >= STALE_MIN_S or len(signal) > MAX_SIGNALS:
                del signal[node]

    def _learn(self, gap: float) -> None:
        """Follow the interval between new frames; an absence is no rhythm."""
        if not 0 < gap < STALE_MAX_S:
            return
        if self.interval is None:
            self.interval = gap
        elif gap < STALE_INTERVALS * self.interval:
            self.interval += (gap - self.interval) / 8
        # The silence after which the values are no longer the present.
        stale_after = STALE_INTERVALS * self.interval
        if stale_after < STALE_MIN_S:
            stale_after = STALE_MIN_S
        self.stale_after = stale_after if stale_after < STALE_MAX_S else STALE_MAX_S

    def _read(self, advert: Advert) -> None:
        """Decrypt and decode a new frame."""
        before = self.reading
        try:
            reading = decode(advert.data, self.key, before)
        except KeyMismatch:
            self._refuse(advert.data)
            raise
        self._frames.append(advert.data)
        if not reading.plausible and not self._agrees(reading):
            self.counters["implausible"] += 1
            self._doubtful = reading
            self._suspect_key()
            return
        if self._suspected and judge_key(list(self._frames), self.key) != "right":
            self.counters["implausible"] += 1  # nonsense that looks like a reading, now and then
            return
        self._doubtful = None if reading.plausible else reading  # and the next may agree again
        self._refused = 0
        self.key_refused = self._suspected = False
        self.read_at = advert.heard_at
        self._is_read = True
        if reading is not before:
            self._take(reading)
        self.followers.tell(
            at_once=before is None
            or reading.codes != before.codes
            or reading.record_type != before.record_type
        )

    def _take(self, reading: Reading) -> None:
        """Hold what the device says now, and remember what it ever said."""
        self.reading = reading
        self.fields = reading.fields
        unseen = self._unseen
        if unseen is None or reading.record_type != self.record_type:
            unseen = layout(reading.record_type).names - self.seen
        self.record_type = reading.record_type
        self.product_id = reading.product_id
        self._unseen = self._note_seen(unseen)
        self.shape = self.record_type, self.product_id, self.aux_mode, len(self.seen)

    def _note_seen(self, unseen: frozenset[str]) -> frozenset[str]:
        """Remember of what was never seen what the device sends now, of a list which places."""
        count = len(self.seen)
        for name in unseen:
            value = self.fields[name]
            if type(value) is list:
                self.seen.update(f"{name}[{at}]" for at, one in enumerate(value) if one is not None)
            elif value is not None:
                self.seen.add(name)
        return unseen if len(self.seen) == count else unseen - self.seen

    def _refuse(self, data: bytes) -> None:
        """Count a frame that the key does not open; three in a row are no accident."""
        self._refused += 1
        self.check_byte = data[7:8].hex()
        if self._refused >= KEY_REFUSALS:
            self.key_refused = True

    def _suspect_key(self) -> None:
        """One key in 256 passes the check byte: then only nonsense tells, and only frames prove the contrary."""
        if judge_key(list(self._frames), self.key) == "wrong":
            self.key_refused = self._suspected = True
            self.check_byte = self.key[:1].hex()

    def _agrees(self, reading: Reading) -> bool:
        """Return whether an implausible frame says what the implausible one before it said."""
        before = self._doubtful
        if before is None or before.record_type != reading.record_type:
            return False
        return all(
            _close(name, value, before.fields.get(name)) for name, value in reading.fields.items()
        )

    # State

    @property
    def shown_name(self) -> str:
        """Return the name as Home Assistant can keep it: entity ids are made of it."""
        name = self.title.encode(errors="replace").decode()[:_LONGEST_NAME]
        return name if len(slugify(name)) <= _LONGEST_SLUG else name[:_LONGEST_FOREIGN_NAME]

    @property
    def model(self) -> str | None:
        """Return what Victron calls the product."""
        return None if self.product_id is None else product_name(self.product_id)

    @property
    def model_id(self) -> str | None:
        """Return the product id as Victron's documents write it."""
        return None if self.product_id is None else f"0x{self.product_id:04X}"

    @property
    def field_names(self) -> frozenset[str]:
        """Return the fields of the device's record."""
        return layout(self.record_type).names

    def digits(self, variants: tuple[tuple[str, ...], ...]) -> int:
        """Return how many digits behind the point the record sends of a field."""
        for variant in variants:
            if self.record_type is not None and self.field_names.issuperset(variant[:1] or {""}):
                return exponent(self.record_type, variant[0])
        return 0

    @property
    def aux_mode(self) -> int | None:
        """Return what a battery monitor's auxiliary input measures."""
        return self.fields.get("aux_mode")

    @property
    def is_battery_sense(self) -> bool:
        """Return whether it is a Battery Sense: a battery monitor that sends two values only."""
        return self.record_type == _MONITOR and self.product_id in _BATTERY_SENSE

    @property
    def rssi(self) -> int | None:
        """Return the signal at the node that hears the device best at present."""
        if self.heard_at is None:
            return None
        recent = [rssi for rssi, at in self.signal.values() if self.heard_at - at < STALE_MIN_S]
        return max(recent, default=None)

    @callback
    def update_availability(self, link_up: bool, radio_up: Callable[[], bool]) -> None:
        """Say once when the device is gone, and once when it is back; tell why it is.

        `radio_up` says whether the nodes that heard the device last are still there.
        """
        fresh = self.read_at is not None and time.monotonic() - self.read_at <= self.stale_after
        available = link_up and fresh
        status = self._judge_status(link_up, radio_up, fresh)
        if (available, status) == (self.available, self.status):
            return
        if available != self.available:
            self.available = available
            if link_up and available == self._missed:  # a lost link has a line of its own
                self._missed = not available
                LOGGER.info("%s is %s", self.name, "back" if available else "no longer heard")
        self.status = status
        self.tell()

    def _judge_status(self, link_up: bool, radio_up: Callable[[], bool], fresh: bool) -> str:
        """Tell the first place on the way at which the values got lost, seen from here."""
        if not link_up:
            return LINK_LOST
        if fresh:
            return FRESH
        if self.key_refused:
            return WRONG_KEY
        if self.heard_at is None:
            return NEVER_HEARD
        return DEVICE_SILENT if radio_up() else RADIO_LOST

    @callback
    def tell(self) -> None:
        """Tell of what is no value."""
        self.listeners.tell()

    def now(self) -> float:
        """Return the time that readings are dated by."""
        return time.monotonic()

    @callback
    def close(self) -> None:
        """Stop what is pending."""
        self.followers.close()
