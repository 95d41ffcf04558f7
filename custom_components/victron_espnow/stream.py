"""What the node says: bytes are read within a budget, and good lines made of them."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable

import serialx

from .budget import Budget
from .const import FLOOD_PAUSE_S, TURN_S
from .lines import LineCutter, parse
from .port import LinkError
from .protocol import serial_line
from .protocol.errors import ProtocolError

_READ_BYTES = 4096
_FLOOD_BYTES = 1 << 18
# A larger gap is a node that began anew, not lines that were lost.
_MAX_GAP = 1000


class LineStream:
    """The lines that come in at one open port."""

    def __init__(
        self, reader: asyncio.StreamReader, counters: Counter[str], patience_fn: Callable[[], float]
    ) -> None:
        """Begin to read; `patience_fn` says how long to wait for bytes, or raises LinkError."""
        self.budget = Budget()
        self.good_at = time.monotonic()
        self.bytes_seen = self.bytes_at_good = 0
        self.foreign_version: int | None = None
        self._reader = reader
        self._counters = counters
        self._patience_fn = patience_fn
        self._framer = LineCutter()
        self._raw: deque[bytes] = deque()
        self._expected: int | None = None
        self._turn_began = time.monotonic()

    async def next_line(self) -> serial_line.Line:
        """Return the next good line."""
        while True:
            await self._breathe()
            if not self._raw:
                await self._fill()
            elif not self.budget.take(1, 0):
                await self._skip_flood()
            elif (line := self._parse(self._raw.popleft())) is not None:
                return line

    async def _skip_flood(self) -> None:
        """Throw away what comes until the second is over: newest values come again anyway."""
        self._counters["flooded"] += len(self._raw)
        self._raw.clear()
        while (left := self.budget.left_s) > 0:
            await asyncio.sleep(FLOOD_PAUSE_S)
            try:
                async with asyncio.timeout(left):
                    data = await self._read(_FLOOD_BYTES)
            except TimeoutError:
                break
            self._counters["flooded"] += data.count(b"\n")
        # What was thrown away ended somewhere in a line.
        self._framer = LineCutter()
        self._expected = None

    async def _breathe(self) -> None:
        """Let Home Assistant do other things; a stream that is full is read without waiting."""
        if time.monotonic() - self._turn_began >= TURN_S:
            await asyncio.sleep(0)
            self._turn_began = time.monotonic()

    async def _fill(self) -> None:
        """Wait for bytes and cut them into lines."""
        data = await self._read(_READ_BYTES)
        if not self.budget.take(0, len(data)):
            await self._skip_flood()
            return
        too_long = self._framer.too_long
        self._raw.extend(self._framer.feed(data))
        self._counters["line_too_long"] += self._framer.too_long - too_long

    async def _read(self, size: int) -> bytes:
        """Read what is there, as long as good lines come now and then."""
        while True:
            patience = asyncio.timeout(self._patience_fn())
            try:
                async with patience:
                    data = await self._reader.read(size)
            except (OSError, serialx.SerialException) as err:
                # A socket has time limits too, and raises them at once, again and again.
                if patience.expired():
                    continue
                raise LinkError("lost", error=str(err)) from err
            if not data:
                raise LinkError("lost", error="end of file")
            self.bytes_seen += len(data)
            return data

    def _parse(self, raw: bytes) -> serial_line.Line | None:
        """Return the line, or count why it is none."""
        try:
            line = parse(raw)
        except ProtocolError as err:
            self._counters[err.reason] += 1
            if err.reason == "unknown_line_version":
                self.foreign_version = getattr(err, "version", None)
            return None
        if line.kind == serial_line.COMMAND:  # a prompt repeats what we say
            self._counters["echo"] += 1
            return None
        self._counters["lines"] += 1
        self._count_gap(line)
        self._note_good()
        return line

    def _note_good(self) -> None:
        """This is a node, and it can be understood."""
        self.good_at = time.monotonic()
        self.bytes_at_good = self.bytes_seen
        self.foreign_version = None

    def _count_gap(self, line: serial_line.Line) -> None:
        """Count the lines between this one and the last; a hello may begin anew."""
        if self._expected is not None and line.kind != "hello":
            gap = (line.sequence - self._expected) & 0xFFFF
            self._counters["lost_lines"] += gap if gap < _MAX_GAP else 0
        self._expected = line.sequence + 1
