"""The serial port: open it, greet the node behind it, read lines within a budget, send commands."""

import asyncio
import errno
import termios
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import serialx

from .budget import Budget
from .const import (
    ACK_TIMEOUT_S,
    BAUD_RATE,
    COMMAND_RETRIES,
    FLOOD_PAUSE_S,
    HELLO_EVERY_S,
    HELLO_TIMEOUT_S,
    LOGGER,
    SILENCE_S,
    TURN_S,
)
from .lines import LineCutter, parse
from .masking import mask_log
from .protocol import serial_line
from .protocol.errors import ProtocolError
from .protocol.keys import format_mac, parse_mac

# A path has no scheme; whatever is not surely local may be overheard.
LOCAL_SCHEMES = ("", "device")

# The reason of a command that nobody answered.
NO_ACK = "no_ack"

_READ_BYTES = 4096
_FLOOD_BYTES = 1 << 18
# A larger gap is a node that began anew, not lines that were lost.
_MAX_GAP = 1000

_OPEN_ERRORS = {
    errno.ENOENT: "port_absent",
    errno.ENODEV: "port_absent",
    errno.ENXIO: "port_absent",
    errno.EBUSY: "port_busy",
    errno.EACCES: "port_permission",
    errno.EPERM: "port_permission",
    errno.ECONNREFUSED: "network_unreachable",
    errno.EHOSTUNREACH: "network_unreachable",
    errno.ENETUNREACH: "network_unreachable",
}


class LinkError(Exception):
    """The link cannot be used; the reason is also the key of the translated message."""

    def __init__(self, reason: str, **placeholders: str) -> None:
        """Remember what the message needs."""
        super().__init__(reason)
        self.reason = reason
        self.placeholders = placeholders


class CommandError(Exception):
    """The node refused a command, or did not answer."""

    def __init__(self, reason: str) -> None:
        """Remember the node's reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Hello:
    """What a node says of itself."""

    role: str
    mac: str
    name: str
    firmware: str
    provisioned: bool
    data: dict[str, Any]


def is_network(url: str) -> bool:
    """Return whether the port is reached over a network, where others may listen.

    Read as serialx reads it, which takes capitals, and drops blanks and line breaks.
    """
    try:
        return urlsplit(url).scheme not in LOCAL_SCHEMES
    except ValueError:
        return True


def shown(url: str) -> str:
    """Return the port as it may be shown: what follows the ? can be a secret."""
    return url.partition("?")[0]


def parse_hello(payload: str) -> Hello:
    """Read a hello; an unusable one is a ProtocolError like any other bad line."""
    data = serial_line.parse_json(payload)
    return Hello(
        role=str(data.get("role")),
        mac=format_mac(parse_mac(str(data.get("mac")))),
        name=str(data.get("name") or ""),
        firmware=str(data.get("fw") or ""),
        provisioned=data.get("provisioned") is not False,
        data=data,
    )


async def open_port(url: str, counters: Counter[str]) -> Connection:
    """Open the port, or say why not."""
    device = shown(url)
    try:
        reader, writer = await serialx.open_serial_connection(url=url, baudrate=BAUD_RATE)
    except TimeoutError as err:
        raise LinkError("network_unreachable", device=device) from err
    except ValueError as err:
        raise LinkError("invalid_url", device=device) from err
    except serialx.SerialException as err:
        reason = "invalid_url" if "://" in url else "cannot_open"
        raise LinkError(reason, device=device, error=str(err)) from err
    except OSError as err:
        fallback = "network_unreachable" if is_network(url) else "cannot_open"
        reason = _OPEN_ERRORS.get(err.errno or 0, fallback)
        raise LinkError(reason, device=device, error=err.strerror or str(err)) from err
    except termios.error as err:  # a file that is no terminal
        raise LinkError("cannot_open", device=device, error=str(err)) from err
    except Exception as err:
        # Backends have errors of their own: that of ESPHome raises ConfigEntryNotReady.
        LOGGER.debug("Unexpected error while opening %s", device, exc_info=True)
        raise LinkError("cannot_open", device=device, error=str(err)) from err
    mask_log()
    return Connection(url, reader, writer, counters)


# A refusal is an answer like any other: an exception that nobody fetches would be complained of.
type _Answer = dict[str, Any] | CommandError


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
        self._reader = reader
        self._writer = writer
        self._framer = LineCutter()
        self._raw: deque[bytes] = deque()
        self._good_at = time.monotonic()
        self._asked_at: float | None = None
        self._bytes_seen = self._bytes_at_good = 0
        self._foreign_version: int | None = None
        self._sequence = 0
        self._expected: int | None = None
        self.budget = Budget()
        self._turn_began = time.monotonic()
        self._command_id = 0
        self._command_lock = asyncio.Lock()
        self._waiting: tuple[int, asyncio.Future[_Answer]] | None = None

    # Reading

    async def next_line(self) -> serial_line.Line:
        """Return the next good line of the node; acknowledgements are delivered on the way."""
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
        self.counters["flooded"] += len(self._raw)
        self._raw.clear()
        while (left := self.budget.left_s) > 0:
            await asyncio.sleep(FLOOD_PAUSE_S)
            try:
                async with asyncio.timeout(left):
                    data = await self._read(_FLOOD_BYTES)
            except TimeoutError:
                break
            self.counters["flooded"] += data.count(b"\n")
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
        self.counters["line_too_long"] += self._framer.too_long - too_long

    async def _read(self, size: int) -> bytes:
        """Read what is there, as long as good lines come now and then."""
        while True:
            patience = asyncio.timeout(self._patience())
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
            self._bytes_seen += len(data)
            return data

    def _patience(self) -> float:
        """Return how long to wait for a good line; then ask once, and then give up.

        Bytes alone prove nothing: a boot loop, a prompt and a node of another time send them too.
        """
        now = time.monotonic()
        if self._asked_at is None:
            if (left := self._good_at + SILENCE_S - now) > 0:
                return left
            self._asked_at = now
            self.say_hello()
        if (left := self._asked_at + HELLO_TIMEOUT_S - now) > 0:
            return left
        raise self._given_up(self._bytes_seen - self._bytes_at_good, LinkError("silent"))

    def _parse(self, raw: bytes) -> serial_line.Line | None:
        """Return the line, or count why it is none."""
        try:
            line = parse(raw)
            if line.kind == serial_line.COMMAND:  # a prompt repeats what we say
                self.counters["echo"] += 1
                return None
            self.counters["lines"] += 1
            self._count_gap(line)
            self._note_good()
            if line.kind != "ack":
                return line
            self._take_ack(line.payload)
        except ProtocolError as err:
            self.counters[err.reason] += 1
            if err.reason == "unknown_line_version":
                self._foreign_version = getattr(err, "version", None)
        return None

    def _note_good(self) -> None:
        """This is a node, and it can be understood."""
        self._good_at = time.monotonic()
        self._asked_at = None
        self._bytes_at_good = self._bytes_seen
        self._foreign_version = None

    def _count_gap(self, line: serial_line.Line) -> None:
        """Count the lines between this one and the last; a hello may begin anew."""
        if self._expected is not None and line.kind != "hello":
            gap = (line.sequence - self._expected) & 0xFFFF
            self.counters["lost_lines"] += gap if gap < _MAX_GAP else 0
        self._expected = (line.sequence + 1) & 0xFFFF

    # Greeting

    def say_hello(self) -> None:
        """Ask the node who it is; it answers with a hello and the value of everything."""
        self._send(self._next_id(), "hello", {})

    async def greet(self) -> Hello:
        """Return the node's hello. Boot messages and half lines before it are normal."""
        # Counted, not by the clock: while Home Assistant was busy the answer came, and waits to be read.
        for _ in range(round(HELLO_TIMEOUT_S / HELLO_EVERY_S)):
            self.say_hello()
            try:
                async with asyncio.timeout(HELLO_EVERY_S):
                    return await self._hello()
            except TimeoutError:
                continue
        raise self._given_up(self._bytes_seen, LinkError("no_answer", device=shown(self.url)))

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

    def _given_up(self, received: int, silence: LinkError) -> LinkError:
        """Tell silence from something else, and from a node of another time."""
        device = shown(self.url)
        if (version := self._foreign_version) is not None:
            ours = serial_line.VERSION
            return LinkError(
                "newer_line_version" if version > ours else "older_line_version",
                device=device,
                version=str(version),
                ours=str(ours),
            )
        return LinkError("something_else", device=device) if received else silence

    # Commands

    async def command(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """Send a command until it is acknowledged, one at a time: the node's input is small."""
        async with self._command_lock:
            command_id = self._next_id()
            future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
            self._waiting = (command_id, future)
            try:
                for _ in range(1 + COMMAND_RETRIES):
                    self._send(command_id, name, args)
                    done, _pending = await asyncio.wait((future,), timeout=ACK_TIMEOUT_S)
                    if done:
                        break
                    self.counters["ack_timeout"] += 1
            finally:
                self._waiting = None
            answer = future.result() if future.done() else CommandError(NO_ACK)
            if isinstance(answer, CommandError):
                raise answer
            return answer

    def _take_ack(self, payload: str) -> None:
        """Hand the answer to who waits for it; late and repeated ones are nobody's."""
        command_id, accepted, reason, data = serial_line.parse_ack(payload)
        if self._waiting is None or self._waiting[0] != command_id or self._waiting[1].done():
            return
        if accepted:
            self._waiting[1].set_result(data if isinstance(data, dict) else {})
        else:
            self._waiting[1].set_result(CommandError(reason))

    def _next_id(self) -> int:
        self._command_id = (self._command_id + 1) & 0xFFFF
        return self._command_id

    def _send(self, command_id: int, name: str, args: dict[str, Any]) -> None:
        """Write one command line; a transport that broke says so here first."""
        data = serial_line.encode_command(self._sequence, command_id, name, args)
        self._sequence = (self._sequence + 1) & 0xFFFF
        try:
            self._writer.write(data)
        except (OSError, serialx.SerialException) as err:
            raise LinkError("lost", error=str(err)) from err

    # Closing

    async def close(self) -> None:
        """Close the port and wait until it is closed, so that it can be opened again."""
        self._writer.close()
        try:
            async with asyncio.timeout(5):
                await self._writer.wait_closed()
        except (OSError, serialx.SerialException, TimeoutError) as err:
            LOGGER.debug("Closing %s: %s", shown(self.url), err)


async def probe(url: str) -> Hello:
    """Open the port, read the hello, close the port."""
    connection = await open_port(url, Counter())
    try:
        return await connection.greet()
    finally:
        await connection.close()
