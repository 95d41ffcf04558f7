"""The serial line between a node and its host: framing, and what the payloads hold.

docs/protocol.md has the grammar and worked examples.
"""

from .serial_framing import (
    COMMAND,
    MAX_COMMAND,
    MAX_LINE,
    VERSION,
    BadCrc,
    Line,
    LineError,
    LineReader,
    LineTooLong,
    MalformedLine,
    MalformedPayload,
    NotOurs,
    UnknownLineVersion,
    encode,
    parse,
)
from .serial_json import encode_json, parse_json
from .serial_payloads import (
    MAX_NAME,
    encode_ack,
    encode_advert,
    encode_command,
    encode_log,
    parse_ack,
    parse_advert,
    parse_command,
    parse_log,
)

__all__ = (
    "COMMAND",
    "MAX_COMMAND",
    "MAX_LINE",
    "MAX_NAME",
    "VERSION",
    "BadCrc",
    "Line",
    "LineError",
    "LineReader",
    "LineTooLong",
    "MalformedLine",
    "MalformedPayload",
    "NotOurs",
    "UnknownLineVersion",
    "encode",
    "encode_ack",
    "encode_advert",
    "encode_command",
    "encode_json",
    "encode_log",
    "parse",
    "parse_ack",
    "parse_advert",
    "parse_command",
    "parse_json",
    "parse_log",
)
