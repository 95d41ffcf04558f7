"""Victron Instant Readout: decrypt and decode one advertisement.

`decode` never guesses about the key beyond its check byte; judging and repairing keys and reading
what people type live in `judging` and `keys` and are loaded when first asked for.
"""

from .advertisement import detect, nonce, product_id
from .aes import key_stream
from .errors import (
    KeyMismatch,
    KeyMissing,
    KeyWrongLength,
    NoData,
    NoPayload,
    TruncatedRecord,
    UnknownRecordType,
)
from .plausibility import RULES, fits, spare_bits_set
from .records import RECORDS, exponent, in_units, is_encrypted, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .judging import KeyRepair, judge_key, repair_key
    from .keys import format_mac, parse_key, parse_mac

__all__ = [
    "KeyRepair",
    "Reading",
    "check",
    "check_key",
    "decode",
    "format_mac",
    "judge_key",
    "parse_key",
    "parse_mac",
    "repair_key",
]

_MAX_PAYLOAD = 16  # one block; no record is longer, and what follows is of a newer layout


class Reading:
    """One decoded advertisement: scaled integers, and the ways to show them."""

    def __init__(self, record_type: int, md: bytes, whole: int) -> None:
        self.record_type = record_type
        self.product_id = product_id(md)
        self.nonce = nonce(md)
        self.values = read(whole, record_type)
        self._spare_bits_set = spare_bits_set(whole, len(md) - 8, record_type)

    @property
    def record_name(self) -> str:
        """What kind of record this is: "battery_monitor"."""
        return RECORDS[self.record_type][0]  # type: ignore[return-value]

    @property
    def plausible(self) -> bool:
        """Whether a genuine device would send this; false does not make it wrong."""
        return self._spare_bits_set and all(
            name not in RULES or fits(self.record_type, name, value)  # type: ignore[arg-type]
            for name, value in self.values.items()
        )

    @property
    def fields(self) -> "dict[str, object]":
        """Every value in its unit; codes and masks stay raw numbers."""
        return in_units(self.values, self.record_type)

    def exponent(self, name: str) -> int:
        """How many digits of the scaled integer stand behind the point."""
        return exponent(self.record_type, name)


def decode(md: bytes, key: "bytes | None") -> Reading:
    """The reading in manufacturer data (after the company id), or a ProtocolError.

    The frame is judged before the key. A payload may be longer than its table, never shorter.
    """
    record_type = detect(md)
    return Reading(record_type, md, payload(md, key, RECORDS.get(record_type)))


def payload(md: bytes, key: "bytes | None", record: "list[str | int] | None") -> int:
    """What a frame says in the clear, as a little-endian number; `record` is what RECORDS has of its type."""
    record_type = check_frame(md, record)
    stream = 0
    if is_encrypted(record_type):
        check_key(md, key)
        stream = int.from_bytes(key_stream(key, md), "little")  # type: ignore[arg-type]
    return int.from_bytes(bytes(md[8 : 8 + _MAX_PAYLOAD]), "little") ^ stream


def check(md: bytes) -> "tuple[int, int]":
    """The record type and payload length of a well-formed frame."""
    return check_frame(md, RECORDS.get(detect(md))), len(md) - 8


def check_frame(md: bytes, record: "list[str | int] | None") -> int:
    """The record type of a frame that is as its record wants it."""
    record_type = detect(md)
    if record_type == 0 and nonce(md) == 0 and md[7] == 0:
        raise NoData
    if record is None:
        raise UnknownRecordType(record_type)
    length = len(md) - 8
    if length == 0:
        raise NoPayload
    if length < record[1]:  # type: ignore[operator]
        raise TruncatedRecord
    return record_type


def check_key(md: bytes, key: "bytes | None") -> None:
    """Refuse a key that cannot be the frame's; one wrong key in 256 passes."""
    if key is None:
        raise KeyMissing
    if len(key) != 16:
        raise KeyWrongLength
    if key[0] != md[7]:
        raise KeyMismatch


def __getattr__(name: str) -> object:
    """Keys are typed in Home Assistant only: a board never pays for these modules."""
    if name in ("parse_key", "parse_mac", "format_mac"):
        from . import keys

        return getattr(keys, name)
    if name in ("judge_key", "repair_key", "KeyRepair"):
        from . import judging

        return getattr(judging, name)
    raise AttributeError(name)
