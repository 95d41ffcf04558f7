"""JSON in a serial line: written as ASCII without '#', read without surprises.

MicroPython's json leaves letters beyond ASCII as they are, leaves surrogate pairs apart and takes
a few things that are not JSON; CPython's takes NaN. Here both write and accept the same.
"""

import json

from .serial_framing import MalformedPayload, is_printable

_MAX_DEPTH = 8
_MAX_INTEGER = 1 << 63

# Not JSON; nested deeper than the stack (RecursionError on CPython); more than the heap holds.
_PARSER_ERRORS = (ValueError, RuntimeError, MemoryError)


def encode_json(data: "dict[str, object]") -> str:
    """Compact JSON in printable ASCII, without '#', so that it cannot look like a line's start."""
    text = json.dumps(data, separators=(",", ":"))
    if is_printable(text):
        return text
    return "".join([letter if is_printable(letter) else _escape(ord(letter)) for letter in text])


def parse_json(payload: "str | bytes") -> "dict[str, object]":
    """A JSON object, nothing else; every fault is a MalformedPayload."""
    try:
        data = json.loads(payload)
    except _PARSER_ERRORS:
        raise MalformedPayload from None
    return checked(data)


def checked(data: object) -> "dict[str, object]":
    """What json made of a text, if it is an object and all in it is what both interpreters would read."""
    if not isinstance(data, dict):
        raise MalformedPayload
    return _object(data, _MAX_DEPTH)


def _object(data: "dict[object, object]", depth: int) -> "dict[str, object]":
    checked: "dict[str, object]" = {}
    for name, value in data.items():
        if not isinstance(name, str):
            raise MalformedPayload
        checked[_text(name)] = _value(value, depth)
    return checked


def _value(value: object, depth: int) -> object:
    """The value with whole letters, finite numbers of a sane size and limited nesting."""
    if not depth:
        raise MalformedPayload
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _object(value, depth - 1)
    if isinstance(value, list):
        return [_value(item, depth - 1) for item in value]
    if isinstance(value, int) and not -_MAX_INTEGER <= value < _MAX_INTEGER:
        raise MalformedPayload
    if isinstance(value, float) and not value - value == 0:  # infinite, or not a number
        raise MalformedPayload
    return value


def _escape(code: int) -> str:
    if code <= 0xFFFF:
        return "\\u%04x" % code
    code -= 0x10000
    return "\\u%04x\\u%04x" % (0xD800 | code >> 10, 0xDC00 | code & 0x3FF)


def _text(text: str) -> str:
    """Join surrogate pairs; a half one is no letter and would break whoever stores it."""
    if is_printable(text):
        return text
    letters = []
    high = 0
    for letter in text:
        code = ord(letter)
        if bool(high) != (0xDC00 <= code <= 0xDFFF):
            raise MalformedPayload
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if high:
            letter = chr(0x10000 + ((high & 0x3FF) << 10 | code & 0x3FF))
            high = 0
        letters.append(letter)
    if high:
        raise MalformedPayload
    return "".join(letters)
