"""One message a line: prefix, number, kind, payload, CRC. Lives beside boot messages and a REPL.

A line opens with '#' and ends at the newline, and neither occurs inside: whatever was lost or
added before, the next '#' starts afresh.
"""

import re
from binascii import crc32

from .errors import ProtocolError

VERSION = 1
MAX_LINE = 512  # bytes on the wire, newlines included
MAX_COMMAND = 200  # a node's input ring holds 260 bytes and drops the rest without a word
COMMAND = "cmd"
_LIMITS = {COMMAND: MAX_COMMAND}

# ESP32-C3 and -C6 hold back a burst of a multiple of 64 bytes (micropython#19651).
_USB_PACKET = 64
_TRAILER = 10  # " *" and eight digits
_FORBIDDEN = re.compile('[^ -"$-~]')  # not printable ASCII, or '#'
_FORBIDDEN_BYTE = re.compile(b'[^ -"$-~]')
_NOT_WORD = re.compile("[^a-z0-9_]")
_NOT_DIGIT = re.compile("[^0-9]")
_MAX_SEQUENCE = 0xFFFF
_NEWLINES = b"\r\n"
_HASH = 0x23


class LineError(ProtocolError):
    """A line that cannot be used or written."""


class NotOurs(LineError):
    """No prefix: boot messages, tracebacks, somebody typing."""

    reason = "not_ours"


class LineTooLong(LineError):
    """Longer than MAX_LINE, or than MAX_COMMAND for a command."""

    reason = "line_too_long"


class BadCrc(LineError):
    """Damaged or cut."""

    reason = "bad_crc"


class UnknownLineVersion(LineError):
    """A whole line of a version that we do not speak."""

    reason = "unknown_line_version"

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class MalformedLine(LineError):
    """The CRC is right and the fields are not."""

    reason = "malformed_line"


class MalformedPayload(LineError):
    """A whole line whose payload contradicts its kind."""

    reason = "malformed_payload"


class Line:
    """One message."""

    def __init__(self, sequence: int, kind: str, payload: str) -> None:
        self.sequence = sequence
        self.kind = kind
        self.payload = payload


def encode(sequence: int, kind: str, payload: str) -> bytes:
    """The bytes to write in one go; the leading newline ends whatever noise came before."""
    if not is_printable(payload) or not is_word(kind):
        raise MalformedLine
    signed = ("#V%d %d %s %s" % (VERSION, sequence & _MAX_SEQUENCE, kind, payload)).encode()
    line = b"\n%s *%08x\n" % (signed, crc32(signed))
    if len(line) % _USB_PACKET == 0:
        line += b"\n"
    if len(line) > _LIMITS.get(kind, MAX_LINE):
        raise LineTooLong
    return line


def parse(line: "bytes | bytearray | memoryview") -> Line:
    """Read what follows the last '#' of a line; newlines around it do no harm."""
    if len(line) > MAX_LINE:
        raise LineTooLong
    raw = bytes(line).strip(_NEWLINES)
    start = raw.rfind(b"#V")
    if start < 0:
        raise NotOurs
    signed = raw[start:-_TRAILER]
    if raw[-_TRAILER:] != b" *%08x" % crc32(signed):
        raise BadCrc
    text = signed[2:]
    if _FORBIDDEN_BYTE.search(text):
        raise MalformedLine
    fields = text.decode().split(" ", 3)
    version = decimal(fields[0], 255)
    if version not in (VERSION, -1):
        raise UnknownLineVersion(version)
    sequence = decimal(fields[1], _MAX_SEQUENCE) if len(fields) == 4 else -1
    if version < 0 or sequence < 0 or not is_word(fields[2]):
        raise MalformedLine
    return Line(sequence, fields[2], fields[3])


def is_printable(text: str) -> bool:
    """Whether the text can stand in a payload as it is."""
    return _FORBIDDEN.search(text) is None


def is_word(text: str) -> bool:
    """Whether the text can be a kind, a command's name or a reason."""
    return bool(text) and _NOT_WORD.search(text) is None


def decimal(text: str, most: int) -> int:
    """An unsigned decimal, -1 if it is none; stricter than int(), which takes blanks and signs."""
    if not text or len(text) > 10 or _NOT_DIGIT.search(text):
        return -1
    number = int(text)
    return number if number <= most else -1


class LineReader:
    """Cut a stream into raw lines with a fixed amount of memory."""

    def __init__(self, most: int = MAX_LINE) -> None:
        self.too_long = 0
        self._buffer = bytearray(most)
        self._length = 0  # past the buffer: the line is being skipped

    def feed(self, data: "bytes | bytearray | memoryview") -> "list[bytes]":
        """Take what came in, give the lines that are complete with it."""
        lines: list[bytes] = []
        for byte in data:
            if byte == _HASH or byte in _NEWLINES:
                self._finish(lines)
            if byte not in _NEWLINES:
                self._append(byte)
        return lines

    def _append(self, byte: int) -> None:
        if self._length < len(self._buffer):
            self._buffer[self._length] = byte
        self._length += 1

    def _finish(self, lines: list[bytes]) -> None:
        length = self._length
        self._length = 0
        if length > len(self._buffer):
            self.too_long += 1
        elif length:
            lines.append(bytes(memoryview(self._buffer)[:length]))
