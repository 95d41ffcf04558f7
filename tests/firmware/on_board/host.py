"""The host's end of the serial line, for tests: lines that a node wrote, commands to it."""

import sys

from protocol import serial_framing
from protocol.serial_payloads import encode_command, parse_ack, parse_json


class Output:
    """Stands in for stdout; keeps what was written."""

    def __init__(self):
        self.raw = b""
        self.limit = None  # take no more than this many bytes of a write

    def write(self, data):
        if self.limit is not None:
            data = data[: self.limit]
        self.raw += bytes(data)
        return len(data)

    def lines(self, kind=None):
        """Return (kind, payload) of all lines so far."""
        reader = serial_framing.LineReader()
        found = [serial_framing.parse(raw) for raw in reader.feed(self.raw)]
        return [(one.kind, one.payload) for one in found if kind in (None, one.kind)]

    def json(self, kind):
        return [parse_json(payload) for _, payload in self.lines(kind)]

    def acks(self):
        return [parse_ack(payload) for _, payload in self.lines("ack")]


class Input:
    """Stands in for stdin: what a host has typed."""

    def __init__(self, data=b""):
        self.data = data

    def readinto(self, buffer):
        if not self.data:
            return 0
        buffer[:1] = self.data[:1]
        self.data = self.data[1:]
        return 1


def command(number, name, args=None):
    return encode_command(number, number, name, args or {})


def say(text):
    print(text, file=sys.stderr)
