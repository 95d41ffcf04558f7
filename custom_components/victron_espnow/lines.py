"""The serial line as Home Assistant reads it: what `protocol.serial_line` does, in half the time.

There a board's memory counts; here it is the processor's time, with twenty lines a second and more.
Tests hold both against each other.
"""

import re
from binascii import crc32, unhexlify

from .protocol import serial_line
from .protocol.advertisement import MAX_LENGTH, MIN_LENGTH
from .protocol.serial_line import MAX_LINE, VERSION, Line

_LINE = re.compile(rb'(#V%d ([0-9]{1,5}) ([a-z0-9_]+) ([ -"$-~]*)) \*([0-9a-f]{8})' % VERSION)
_MAX_SEQUENCE = 0xFFFF


class LineCutter:
    """Keeps the line that is under way, and no more of it than a line may hold."""

    def __init__(self) -> None:
        """Begin between two lines."""
        self.too_long = 0
        self._begun = b""  # one byte more than MAX_LINE: the line is being skipped

    def feed(self, data: bytes) -> list[bytes]:
        """Take what came in, give the lines that are complete with it."""
        # A line ends at a newline, and before a '#': the next one was cut into it.
        if b"\r" in data:
            data = data.replace(b"\r", b"\n")
        pieces = data.replace(b"#", b"\n#").split(b"\n")
        pieces[0] = self._begun + pieces[0]
        self._begun = pieces.pop()[: MAX_LINE + 1]
        lines = [piece for piece in pieces if piece]
        whole = [line for line in lines if len(line) <= MAX_LINE]
        self.too_long += len(lines) - len(whole)
        return whole


def parse(raw: bytes) -> Line:
    """Read a line, or raise a ProtocolError."""
    found = _LINE.fullmatch(raw)
    if found is not None:
        signed, number, kind, payload, crc = found.groups()
        sequence = int(number)
        if crc == b"%08x" % crc32(signed) and sequence <= _MAX_SEQUENCE and len(raw) <= MAX_LINE:
            return Line(sequence, kind.decode(), payload.decode())
    return serial_line.parse(raw)  # which knows what is wrong


def parse_advert(payload: str) -> tuple[bytes, bytes, int, int, bytes]:
    """Read what an `adv` line holds, or raise a ProtocolError."""
    fields = payload.split(" ", 5)
    if len(fields) >= 5:
        mac, node, rssi, age_ms, data = fields[:5]
        if (
            len(mac) == len(node) == 12
            and rssi[:1] == "-"
            and len(rssi) < 4
            and age_ms.isdigit()
            and len(age_ms) < 10
            and 2 * MIN_LENGTH <= len(data) <= 2 * MAX_LENGTH
        ):
            try:
                return unhexlify(mac), unhexlify(node), int(rssi), int(age_ms), unhexlify(data)
            except ValueError:
                pass
    return serial_line.parse_advert(payload)  # which knows what is wrong, and what is seldom
