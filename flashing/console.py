"""The serial line to a board that runs the firmware: hello, commands, and what else was heard when neither comes."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from . import diagnosis, protocol_route
from .errors import FlashError

KEPT_TEXT = 20_000  # bytes of what was heard, for a diagnosis
ASK_AGAIN_S = 2.0
ANSWER_S = 5.0
PROMPT_S = 10.0
PROMPT = b">>> "


class SerialPort(Protocol):
    """What is needed of pyserial."""

    @property
    def in_waiting(self) -> int:
        """Return how many bytes have come."""

    def read(self, size: int = 1) -> bytes | None:
        """Return bytes, none after the time-out."""

    def write(self, data: bytes, /) -> int | None:
        """Send bytes."""


class Console:
    """One side of the conversation; the port is read with a short time-out."""

    def __init__(self, port: SerialPort, now: Callable[[], float] = time.monotonic) -> None:
        self._port = port
        self._now = now
        self._lines = protocol_route.module("serial_line")
        self._payloads = protocol_route.module("serial_payloads")
        self._reader = self._lines.LineReader()
        self._sequence = 0
        self._number = 0
        self.heard = b""

    def hello(
        self, timeout: float, ask: bool = True, other_than: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the board's hello: the one it says at its start, or the answer to ours.

        `other_than`: one of an earlier start, which does not count.
        """
        now = ask_at = self._now()
        end = now + timeout
        while now < end:
            if ask and now >= ask_at:
                self._send("hello", {})
                ask_at = now + ASK_AGAIN_S
            if diagnosis.is_loop(self.heard):
                break
            for line in self._receive():
                if line.kind != "hello":
                    continue
                hello = dict(self._payloads.parse_json(line.payload))
                if other_than is None or hello["boot"] != other_than["boot"]:
                    return hello
            now = self._now()
        raise diagnosis.of_silence(self.heard, timeout)

    def command(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Send a command and return what its acknowledgement holds."""
        number = self._send(name, arguments)
        end = self._now() + ANSWER_S
        while self._now() < end:
            for line in self._receive():
                if line.kind != "ack":
                    continue
                identity, right, reason, data = self._payloads.parse_ack(line.payload)
                if identity != number:
                    continue
                if not right:
                    raise Refused(name, reason)
                return dict(data or {})
        raise diagnosis.of_silence(self.heard, ANSWER_S)

    def prompt(self) -> None:
        """Have the firmware end at MicroPython's prompt, and wait for it."""
        self.command("repl")
        end = self._now() + PROMPT_S
        while PROMPT not in self.heard:
            if self._now() > end:
                raise diagnosis.of_silence(self.heard, PROMPT_S)
            self._receive()

    def _send(self, name: str, arguments: dict[str, object]) -> int:
        self._number += 1
        self._sequence = self._sequence + 1 & 0xFFFF
        try:
            line = self._payloads.encode_command(self._sequence, self._number, name, arguments)
        except self._lines.LineError as error:
            raise FlashError(
                f"The command {name} does not fit into a line.", "Choose a shorter name."
            ) from error
        self._port.write(line)
        return self._number

    def _receive(self) -> list[Any]:
        data = self._port.read(max(1, self._port.in_waiting)) or b""
        self.heard = (self.heard + data)[-KEPT_TEXT:]
        found = []
        for raw in self._reader.feed(data):
            try:
                found.append(self._lines.parse(raw))
            except self._lines.LineError as error:
                version = getattr(error, "version", None)
                if version is not None:
                    raise FlashError(
                        f"The board speaks line version {version}, this program another.",
                        "Update this program, or flash the board with it.",
                    ) from error
        return found


class Refused(FlashError):
    """The board has answered with an error."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(f"The board refuses {command}: {reason}.")
        self.reason = reason
