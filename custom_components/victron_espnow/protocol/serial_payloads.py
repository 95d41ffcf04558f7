"""What stands in the payload of a serial line: adverts, commands, answers and log texts."""

from binascii import hexlify, unhexlify

from .advertisement import MAX_LENGTH, MIN_LENGTH
from .serial_framing import (
    COMMAND,
    MAX_LINE,
    MalformedPayload,
    decimal,
    encode,
    is_printable,
    is_word,
)
from .serial_json import encode_json, parse_json

MAX_NAME = 48  # bytes in UTF-8 of a device's name in a `key` command: what a node keeps

_MAX_ID = 0xFFFF
_MAX_AGE = 0xFFFFFFFF
_MAX_RSSI = 128
_LOG_LIMIT = MAX_LINE - 64  # beside it prefix, level and CRC always find room


def encode_advert(
    mac: bytes, node: bytes, rssi: int, age_ms: int, md: "bytes | bytearray | memoryview"
) -> str:
    """One advertisement: Victron MAC, node MAC, RSSI, age, manufacturer data."""
    fields = (hexlify(mac).decode(), hexlify(node).decode(), rssi, age_ms, hexlify(md).decode())
    return "%s %s %d %d %s" % fields


def parse_advert(payload: str) -> "tuple[bytes, bytes, int, int, bytes]":
    """Undo encode_advert; fields that a newer node adds behind are ignored."""
    fields = payload.split(" ")
    if len(fields) < 5:
        raise MalformedPayload
    mac = _unhex(fields[0], 6, 6)
    node = _unhex(fields[1], 6, 6)
    age_ms = _number(fields[3], _MAX_AGE)
    return mac, node, _signed(fields[2]), age_ms, _unhex(fields[4], MIN_LENGTH, MAX_LENGTH)


def encode_command(sequence: int, number: int, name: str, args: "dict[str, object]") -> bytes:
    """The whole line of a command; too long a command is refused as line_too_long."""
    if not is_word(name):
        raise MalformedPayload
    return encode(sequence, COMMAND, "%d %s %s" % (number & _MAX_ID, name, encode_json(args)))


def parse_command(payload: str) -> "tuple[int, str, dict[str, object]]":
    """Number, name and arguments. Whether the name is known is the caller's business."""
    number, name, args = _three(payload)
    if not is_word(name):
        raise MalformedPayload
    return _number(number, _MAX_ID), name, parse_json(args)


def encode_ack(number: int, data: "dict[str, object] | None" = None, error: str = "") -> str:
    """The answer to a command: ok with data, or an error's reason."""
    if not error:
        return "%d ok %s" % (number, encode_json(data or {}))
    if not is_word(error):
        raise MalformedPayload
    return "%d error %s" % (number, error)


def parse_ack(payload: str) -> "tuple[int, bool, str, dict[str, object]]":
    """Number, whether it went well, the reason if not, the data if it did."""
    number, outcome, rest = _three(payload)
    answered = _number(number, _MAX_ID)
    if outcome == "ok":
        return answered, True, "", parse_json(rest)
    reason = rest.split(" ", 1)[0]
    if outcome != "error" or not is_word(reason):
        raise MalformedPayload
    return answered, False, reason, {}


def encode_log(level: str, text: str) -> str:
    """A text for people: what a line cannot hold becomes a question mark, the end is cut."""
    text = text[:_LOG_LIMIT]
    if not is_printable(text):
        text = "".join([letter if is_printable(letter) else "?" for letter in text])
    return "%s %s" % (level, text)


def parse_log(payload: str) -> "tuple[str, str]":
    """Level and text."""
    level, _, text = payload.partition(" ")
    if not is_word(level):
        raise MalformedPayload
    return level, text


def _three(payload: str) -> "list[str]":
    fields = payload.split(" ", 2)
    if len(fields) != 3:
        raise MalformedPayload
    return fields


def _number(text: str, most: int) -> int:
    number = decimal(text, most)
    if number < 0:
        raise MalformedPayload
    return number


def _signed(text: str) -> int:
    if text[:1] == "-":
        return -_number(text[1:], _MAX_RSSI)
    return _number(text, _MAX_RSSI - 1)


def _unhex(text: str, least: int, most: int) -> bytes:
    try:
        data = unhexlify(text)
    except ValueError:
        raise MalformedPayload from None
    if not least <= len(data) <= most:
        raise MalformedPayload
    return data
