"""The link to the node behind one port: it is greeted, heard, told what to do, and given up when it is none."""

import asyncio
import math
import time
from collections import Counter

import serialx

from .commands import Commands
from .const import CLOSE_TIMEOUT_S, HELLO_EVERY_S, HELLO_TIMEOUT_S, LOGGER, SILENCE_S
from .hello import Hello, parse_hello
from .port import LinkError, open_port, shown
from .protocol import serial_line
from .protocol.errors import ProtocolError
from .stream import LineStream


class Connection:
    """One open port."""

    def __init__(
        self,
        url: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        counters: Counter[str],
    ) -> None:
        """Take over the streams; counters outlive the connection."""
        self.url = url
        self.counters = counters
        self._writer = writer
        self._stream = LineStream(reader, counters, self._patience)
        self._commands = Commands(writer, counters)
        self._asked_at = -math.inf
        self.budget = self._stream.budget
        self.command = self._commands.run

    async def next_line(self) -> serial_line.Line:
        """Return the next good line of the node; acknowledgements are delivered on the way."""
        while True:
            line = await self._stream.next_line()
            if line.kind != "ack":
                return line
            try:
                self._commands.take_ack(line.payload)
            except ProtocolError as err:
                self.counters[err.reason] += 1

    # Is it a node?

    async def greet(self) -> Hello:
        """Return the node's hello. Boot messages and half lines before it are normal."""
        # Counted, not by the clock: while Home Assistant was busy the answer came, and waits to be read.
        for _ in range(round(HELLO_TIMEOUT_S / HELLO_EVERY_S)):
            self._commands.say_hello()
            try:
                async with asyncio.timeout(HELLO_EVERY_S):
                    return await self._hello()
            except TimeoutError:
                continue
        raise self._given_up(
            self._stream.bytes_seen, LinkError("no_answer", device=shown(self.url))
        )

    async def _hello(self) -> Hello:
        """Wait for a hello that can be read."""
        while True:
            line = await self.next_line()
            if line.kind != "hello":
                continue
            try:
                return parse_hello(line.payload)
            except ProtocolError as err:
                self.counters[err.reason] += 1

    def _patience(self) -> float:
        """Return how long to wait for a good line; then ask once, and then give up.

        Bytes alone prove nothing: a boot loop, a prompt and a node of another time send them too.
        """
        now = time.monotonic()
        good_at = self._stream.good_at
        if self._asked_at <= good_at:
            if (left := good_at + SILENCE_S - now) > 0:
                return left
            self._asked_at = now
            self._commands.say_hello()
        if (left := self._asked_at + HELLO_TIMEOUT_S - now) > 0:
            return left
        received = self._stream.bytes_seen - self._stream.bytes_at_good
        raise self._given_up(received, LinkError("silent"))

    def _given_up(self, received: int, silence: LinkError) -> LinkError:
        """Tell silence from something else, and from a node of another time."""
        device = shown(self.url)
        if (version := self._stream.foreign_version) is not None:
            ours = serial_line.VERSION
            return LinkError(
                "newer_line_version" if version > ours else "older_line_version",
                device=device,
                version=str(version),
                ours=str(ours),
            )
        return LinkError("something_else", device=device) if received else silence

    async def close(self) -> None:
        """Close the port and wait until it is closed, so that it can be opened again."""
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._writer.wait_closed()
        except (OSError, serialx.SerialException, TimeoutError) as err:
            LOGGER.debug("Closing %s: %s", shown(self.url), err)


async def connect(url: str, counters: Counter[str]) -> Connection:
    """Open the port, or say why not."""
    reader, writer = await open_port(url)
    return Connection(url, reader, writer, counters)


async def probe(url: str) -> Hello:
    """Open the port, read the hello, close the port."""
    connection = await connect(url, Counter())
    try:
        return await connection.greet()
    finally:
        await connection.close()
