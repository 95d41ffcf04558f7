"""The bodies of ESP-NOW frames. Each may grow at its end: readers ignore what follows."""

import struct

from .advertisement import MAX_LENGTH, MIN_LENGTH
from .radio_frame import HEADER, MAX_FRAME, TAG, MalformedBody, TooLong

TYPE_CHECKING = False  # MicroPython has no typing module; type checkers know the name
if TYPE_CHECKING:
    from typing import Any

NO_CHALLENGE = bytes(4)
_QUERY = "<8sB"
_ANSWER = "<8sBII"
_RECEIPT = "<4sIB"
_ORDER = "<IB"

_READINGS_HEAD = 5  # count, challenge
_READING = "<6sbHB"
_READING_HEAD = 10
_MAX_AGE = 0xFFFF  # in 10 ms: 10.9 minutes and older


def start_readings(buffer: bytearray, challenge: bytes = NO_CHALLENGE) -> int:
    """Begin an empty readings body; return where the first reading goes."""
    buffer[HEADER] = 0
    buffer[HEADER + 1 : HEADER + _READINGS_HEAD] = challenge
    return HEADER + _READINGS_HEAD


def append_reading(
    buffer: bytearray,
    end: int,
    mac: "bytes | bytearray",
    rssi: int,
    age_ms: int,
    md: "bytes | bytearray | memoryview",
    length: int,
) -> int:
    """Add one advertisement; return the new end, or 0 when the frame is full."""
    if not MIN_LENGTH <= length <= MAX_LENGTH:
        raise MalformedBody
    start = end + _READING_HEAD
    new_end = start + length
    if new_end > MAX_FRAME - TAG:
        return 0
    age = min(age_ms // 10, _MAX_AGE)
    struct.pack_into(_READING, buffer, end, mac, rssi, age, length)
    buffer[start:new_end] = md if len(md) == length else md[:length]
    buffer[HEADER] += 1
    return new_end


def challenge_of(body: memoryview) -> "bytes | None":
    """The number that the sensor wants back in a receipt, None if it wants none."""
    if len(body) < _READINGS_HEAD:
        raise MalformedBody
    challenge = bytes(body[1:_READINGS_HEAD])
    return None if challenge == NO_CHALLENGE else challenge


def readings(body: memoryview) -> "list[tuple[bytes, int, int, bytes]]":
    """All (mac, rssi, age_ms, md) of a readings body; all or none, so nothing is half used."""
    if len(body) < _READINGS_HEAD:
        raise MalformedBody
    found = []
    end = _READINGS_HEAD
    for _ in range(body[0]):
        start = end + _READING_HEAD
        if start > len(body):
            raise MalformedBody
        mac, rssi, age, length = struct.unpack_from(_READING, body, end)
        end = start + length
        if not MIN_LENGTH <= length <= MAX_LENGTH or end > len(body):
            raise MalformedBody
        found.append((mac, rssi, age * 10, bytes(body[start:end])))
    return found


def pack_query(buffer: bytearray, challenge: bytes, channel: int) -> int:
    """Ask which channel the display node is on; return the body's length."""
    return _pack(_QUERY, buffer, challenge, channel)


def unpack_query(body: memoryview) -> "tuple[bytes, int]":
    """Challenge, and the channel that the question was sent on."""
    challenge, channel = _unpack(_QUERY, body)
    return challenge, channel


def pack_answer(
    buffer: bytearray, challenge: bytes, channel: int, floor_epoch: int, floor_sequence: int
) -> int:
    """Answer a query with the true channel and what the sensor must send above."""
    return _pack(_ANSWER, buffer, challenge, channel, floor_epoch, floor_sequence)


def unpack_answer(body: memoryview) -> "tuple[bytes, int, int, int]":
    """Challenge, true channel, floor epoch, floor sequence."""
    challenge, channel, floor_epoch, floor_sequence = _unpack(_ANSWER, body)
    return challenge, channel, floor_epoch, floor_sequence


def pack_receipt(buffer: bytearray, challenge: bytes, sequence: int, channel: int) -> int:
    """Confirm that a readings frame was accepted."""
    return _pack(_RECEIPT, buffer, challenge, sequence, channel)


def unpack_receipt(body: memoryview) -> "tuple[bytes, int, int]":
    """Challenge, accepted sequence, channel."""
    challenge, sequence, channel = _unpack(_RECEIPT, body)
    return challenge, sequence, channel


def append_order(buffer: bytearray, length: int, number: int, text: bytes) -> int:
    """Put an order behind a receipt's body, for a sensor node to carry out; return the new length."""
    start = HEADER + length
    end = start + struct.calcsize(_ORDER) + len(text)
    if end > MAX_FRAME - TAG:
        raise TooLong
    struct.pack_into(_ORDER, buffer, start, number, len(text))
    buffer[end - len(text) : end] = text
    return end - HEADER


def order_of(body: memoryview) -> "tuple[int, bytes] | None":
    """Number and text of the order behind a receipt's body, None if there is none."""
    start = struct.calcsize(_RECEIPT)
    text = start + struct.calcsize(_ORDER)
    if len(body) < text:
        return None
    number, length = struct.unpack_from(_ORDER, body, start)
    if text + length > len(body):
        raise MalformedBody
    return (number, bytes(body[text : text + length])) if number else None


def _pack(layout: str, buffer: bytearray, *fields: "bytes | int") -> int:
    struct.pack_into(layout, buffer, HEADER, *fields)
    return struct.calcsize(layout)


def _unpack(layout: str, body: memoryview) -> "tuple[Any, ...]":
    if len(body) < struct.calcsize(layout):
        raise MalformedBody
    return struct.unpack_from(layout, body)
