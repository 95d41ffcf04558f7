"""The serial line to the host: whole lines out, complete lines in, and never an exception.

stdin is read byte-wise, since `read(n)` of MicroPython's console blocks until n bytes are there.
The ring behind it holds 260 bytes; the host therefore sends one short command at a time.
"""

import asyncio
import select
import sys
import time

import micropython

from protocol import serial_framing
from protocol.errors import ProtocolError

CTRL_C = 3
NO_INTERRUPT = -1
RING = 260  # what is longer than the ring cannot come whole, but by luck
DRAIN = 300  # bytes taken before the other tasks get their turn; a little more than the ring
HOST_STUCK_MS = 1000
CLOSED_MS = 1000  # a closed stdin (there is none on a board) is always "readable"


class SerialPort:
    """Lines with a running number over stdin and stdout."""

    def __init__(self, source=None, sink=None) -> None:
        source = source or sys.stdin.buffer
        self._source = source
        self._sink = sink or sys.stdout.buffer
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._stream = asyncio.StreamReader(sys.stdin.buffer)
        self._byte = bytearray(1)
        self._reader = serial_framing.LineReader(RING)
        self._sequence = 0
        self._stuck_since = None
        self.lines = 0  # written
        self.unwritten = 0  # lines the host did not take, or that could not be encoded

    def take_over(self) -> None:
        """Byte 0x03 in a line must not stop the node."""
        micropython.kbd_intr(NO_INTERRUPT)

    def give_back(self) -> None:
        """Ctrl-C works again: the port belongs to the REPL."""
        micropython.kbd_intr(CTRL_C)

    async def received(self) -> list:
        """Wait for input; return the raw lines that are complete with it, possibly none."""
        if not await self._stream.readinto(self._byte):
            await asyncio.sleep_ms(CLOSED_MS)
            return []
        lines = self._reader.feed(self._byte)
        for _ in range(DRAIN):
            if not self.has_input():
                break
            if self._source.readinto(self._byte) != 1:
                break
            lines += self._reader.feed(self._byte)
        return lines

    @property
    def too_long(self) -> int:
        """Return how many lines were longer than any line may be."""
        return self._reader.too_long

    def has_input(self) -> bool:
        """Tell whether a byte can be read at once."""
        for _ in self._poll.ipoll(0):
            return True
        return False

    def send(self, kind: str, payload: str) -> bool:
        """Write one line at once; False when the host does not take it or it is no line."""
        self.unwritten += 1  # until it is
        if self._host_is_stuck():
            return False
        try:
            line = serial_framing.encode(self._sequence, kind, payload)
            written = self._sink.write(line)
        except (ProtocolError, OSError):
            return False
        self._sequence = (self._sequence + 1) & 0xFFFF
        if written is not None and written < len(line):
            # A USB host that asserts DTR but reads nothing costs 500 ms for each write.
            self._stuck_since = time.ticks_ms()
            return False
        self.unwritten -= 1
        self.lines += 1
        return True

    def _host_is_stuck(self) -> bool:
        """Tell whether a host that lately took only a part of a line is still given time."""
        if self._stuck_since is None:
            return False
        if time.ticks_diff(time.ticks_ms(), self._stuck_since) < HOST_STUCK_MS:
            return True
        self._stuck_since = None
        return False
