"""The ESP-NOW frame: header, body, tag. Every refusal is an error with a reason to count."""

import struct

from .authentication import hmac_sha256, same_bytes
from .errors import ProtocolError

VERSION = 1
MAX_FRAME = 250  # ESP-NOW v1, which every ESP32 firmware understands
HEADER = 26
TAG = 8

READINGS, QUERY, ANSWER, RECEIPT, STATE = 1, 2, 3, 4, 5
UP_KINDS = (READINGS, QUERY, STATE)
DOWN_KINDS = (ANSWER, RECEIPT)

BROADCAST_FLAG = 0x40
DOWN_FLAG = 0x80
_KIND_BITS = 0x3F

BROADCAST = b"\xff" * 6

TYPE_CHECKING = False  # MicroPython has no typing module; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable

_LAYOUT = "<BBHIIIIIH"
_FIXED = 4  # version, type and site tag: these bytes never move
_MAX32 = 0xFFFFFFFF


class RadioError(ProtocolError):
    """A frame that cannot be used."""


class TooShort(RadioError):
    """Shorter than header and tag."""

    reason = "too_short"


class TooLong(RadioError):
    """Longer than an ESP-NOW v1 frame."""

    reason = "too_long"


class ForeignSite(RadioError):
    """Another site's frame, or not ours at all."""

    reason = "foreign_site"


class UnknownVersion(RadioError):
    """Our site, another version. Nothing proves it yet: a hint for the user, no more."""

    reason = "unknown_version"

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class WrongDirection(RadioError):
    """An uplink frame where a downlink is due, or the reverse."""

    reason = "wrong_direction"


class UnknownSender(RadioError):
    """No key for this MAC."""

    reason = "unknown_sender"


class BadTag(RadioError):
    """Forged, damaged, or meant for another receiver."""

    reason = "bad_tag"


class UnknownType(RadioError):
    """A genuine frame of a kind that this version does not know in this direction."""

    reason = "unknown_type"

    def __init__(self, kind: int) -> None:
        super().__init__()
        self.kind = kind


class MalformedBody(RadioError):
    """A genuine frame whose body contradicts its kind."""

    reason = "malformed_body"


class CounterExhausted(RadioError):
    """Epoch or sequence needs a 33rd bit; the sender must raise its epoch instead."""

    reason = "counter_exhausted"


class Frame:
    """An authenticated frame. `body` looks into the receive buffer: use it before the next one."""

    def __init__(self, header: tuple[int, ...], body: memoryview) -> None:
        self.kind = header[1] & _KIND_BITS
        self.broadcast = bool(header[1] & BROADCAST_FLAG)
        self.epoch = header[3]
        self.sequence = header[4]
        self.counters = header[5:]
        self.body = body


def seal(
    buffer: bytearray,
    body_length: int,
    kind: int,
    flags: int,
    site_tag: int,
    epoch: int,
    sequence: int,
    counters: tuple[int, int, int, int],
    key: bytes,
    source: bytes,
    destination: bytes,
) -> int:
    """Write header and tag around the body that lies at buffer[HEADER:]; return the length."""
    end = HEADER + body_length
    if end + TAG > MAX_FRAME:
        raise TooLong
    # Checked because MicroPython's struct cuts silently, and a reused number is a replayed one.
    if epoch > _MAX32 or sequence > _MAX32:
        raise CounterExhausted
    if flags & BROADCAST_FLAG or destination == BROADCAST:
        flags |= BROADCAST_FLAG
        destination = BROADCAST
    first, second, third, fourth = counters
    struct.pack_into(
        _LAYOUT,
        buffer,
        0,
        VERSION,
        kind | flags,
        site_tag,
        epoch,
        sequence,
        first & _MAX32,
        second & _MAX32,
        third & _MAX32,
        fourth & 0xFFFF,
    )
    tag = _tag(key, memoryview(buffer)[:end], source, destination)
    buffer[end : end + TAG] = tag
    return end + TAG


def open_frame(
    frame: "bytes | bytearray | memoryview",
    source: bytes,
    own_mac: bytes,
    own_site_tag: int,
    key_of: "Callable[[bytes], bytes | None]",
    down: bool,
) -> Frame:
    """Authenticate a received frame; raise the first reason that speaks against it.

    Version and site are looked at before the length, because only bytes 0 to 3 are promised to
    mean the same in every version.
    """
    length = len(frame)
    if length < _FIXED:
        raise TooShort
    if frame[2] | frame[3] << 8 != own_site_tag:
        raise ForeignSite
    if frame[0] != VERSION:
        raise UnknownVersion(frame[0])
    if length < HEADER + TAG:
        raise TooShort
    if length > MAX_FRAME:
        raise TooLong
    if bool(frame[1] & DOWN_FLAG) != down:
        raise WrongDirection
    key = key_of(source)
    if key is None:
        raise UnknownSender
    view = memoryview(frame)
    end = length - TAG
    # ESP-NOW does not tell the receiver which address a frame was sent to; the flag does.
    destination = BROADCAST if frame[1] & BROADCAST_FLAG else own_mac
    if not same_bytes(_tag(key, view[:end], source, destination), view[end:]):
        raise BadTag
    kind = frame[1] & _KIND_BITS
    if kind not in (DOWN_KINDS if down else UP_KINDS):
        raise UnknownType(kind)
    return Frame(struct.unpack_from(_LAYOUT, view), view[HEADER:end])


def _tag(key: bytes, signed: memoryview, source: bytes, destination: bytes) -> bytes:
    return hmac_sha256(key, signed, source, destination)[:TAG]
