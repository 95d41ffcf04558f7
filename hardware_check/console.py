"""The node's console: its lines as they come, and commands with their answers."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

from protocol import serial_line
from protocol.errors import ProtocolError

from .errors import CheckError, Refused
from .port import Stream

HELLO_S = 8.0  # opening the port may reset the board
AGAIN_S = 2.0
TRIES = 3

Listener = Callable[[serial_line.Line], None]


class Console:
    """One node on one port."""

    def __init__(
        self,
        stream: Stream,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.now = now
        self.wait = wait
        self.refused: Counter[str] = Counter()  # lines that could not be read, by reason
        self.lost = 0  # lines that are missing between those that came
        self.heard = 0  # bytes
        self.listener: Listener = lambda _line: None
        self._stream = stream
        self._reader = serial_line.LineReader()
        self._raw: deque[bytes] = deque()
        self._sequence = 0
        self._number = 0
        self._expected: int | None = None

    def close(self) -> None:
        """Let go of the port."""
        self._stream.close()

    # Lines

    def lines(self, seconds: float) -> Iterator[serial_line.Line]:
        """Give every line that can be read until the time is over."""
        end = self.now() + seconds
        while self.now() < end:
            # Whoever stops listening leaves the rest for the next.
            while self._raw:
                line = self._parsed(self._raw.popleft())
                if line is not None:
                    self.listener(line)
                    yield line
            data = self._stream.read()
            self.heard += len(data)
            self._raw.extend(self._reader.feed(data))

    def _parsed(self, raw: bytes) -> serial_line.Line | None:
        try:
            line = serial_line.parse(raw)
        except ProtocolError as error:
            self.refused[error.reason] += 1
            return None
        if line.kind == serial_line.COMMAND:  # a prompt repeats what we say
            return None
        if self._expected is not None and line.kind != "hello":
            gap = (line.sequence - self._expected) & 0xFFFF
            self.lost += gap if gap < 1000 else 0
        self._expected = (line.sequence + 1) & 0xFFFF
        return line

    def next(self, kind: str, seconds: float) -> dict[str, Any] | None:
        """Return the next JSON line of a kind, None if none comes in time."""
        for line in self.lines(seconds):
            if line.kind == kind:
                return fields(line)
        return None

    # Commands

    def command(self, name: str, args: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command until it is answered; Refused if the answer is an error."""
        self._number = (self._number + 1) & 0xFFFF
        for _ in range(TRIES):
            self._send(name, args or {})
            for line in self.lines(AGAIN_S):
                if line.kind != "ack":
                    continue
                answer = _answer(line.payload)
                if answer[0] != self._number:
                    continue
                if not answer[1]:
                    raise Refused(name, answer[2])
                return answer[3]
        raise CheckError(f"The node does not answer `{name}`.", "Unplug it, plug it in, try again.")

    def hello(self, seconds: float = HELLO_S) -> dict[str, Any]:
        """Return who is there."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            self._number = (self._number + 1) & 0xFFFF
            self._send("hello", {})
            found = self.next("hello", min(AGAIN_S, left))
            if found is not None:
                return found
        raise self._silence()

    def _silence(self) -> CheckError:
        """Tell silence from something else, and from a node of another time."""
        if self.refused["unknown_line_version"]:
            return CheckError(
                "The node speaks another version of our serial protocol.",
                "Take the program and the firmware from the same release.",
            )
        if self.heard:
            return CheckError(
                "Something is talking on this port, but it is none of our nodes.",
                "Choose another port, or install the firmware first.",
            )
        return CheckError(
            "The port is silent.",
            "Is the firmware installed, and does the cable carry data? Press the reset button once.",
        )

    def _send(self, name: str, args: dict[str, Any]) -> None:
        self._stream.write(serial_line.encode_command(self._sequence, self._number, name, args))
        self._sequence = (self._sequence + 1) & 0xFFFF


def _answer(payload: str) -> tuple[int, bool, str, dict[str, Any]]:
    try:
        return serial_line.parse_ack(payload)
    except ProtocolError:
        return -1, False, "", {}


def fields(line: serial_line.Line) -> dict[str, Any]:
    """Return the payload of a JSON line, nothing if it is none."""
    try:
        return serial_line.parse_json(line.payload)
    except ProtocolError:
        return {}
