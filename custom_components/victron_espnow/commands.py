"""Commands to the node: each is sent until it is acknowledged."""

import asyncio
from collections import Counter
from typing import Any

import serialx

from .const import ACK_TIMEOUT_S, COMMAND_RETRIES
from .port import LinkError
from .protocol import serial_line

# The reason of a command that nobody answered.
NO_ACK = "no_ack"


class CommandError(Exception):
    """The node refused a command, or did not answer."""

    def __init__(self, reason: str) -> None:
        """Remember the node's reason."""
        super().__init__(reason)
        self.reason = reason


# A refusal is an answer like any other: an exception that nobody fetches would be complained of.
type _Answer = dict[str, Any] | CommandError


class Commands:
    """What is said to the node behind one open port."""

    def __init__(self, writer: asyncio.StreamWriter, counters: Counter[str]) -> None:
        """Have said nothing yet."""
        self._writer = writer
        self._counters = counters
        self._sequence = 0
        self._id = 0
        self._lock = asyncio.Lock()
        self._waiting: tuple[int, asyncio.Future[_Answer]] | None = None

    def say_hello(self) -> None:
        """Ask the node who it is; it answers with a hello and the value of everything."""
        self._send(self._next_id(), "hello", {})

    async def run(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """Send a command until it is acknowledged, one at a time: the node's input is small."""
        async with self._lock:
            command_id = self._next_id()
            future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
            self._waiting = (command_id, future)
            for _ in range(1 + COMMAND_RETRIES):
                self._send(command_id, name, args)
                done, _pending = await asyncio.wait((future,), timeout=ACK_TIMEOUT_S)
                if done:
                    break
                self._counters["ack_timeout"] += 1
            answer = future.result() if future.done() else CommandError(NO_ACK)
            if isinstance(answer, CommandError):
                raise answer
            return answer

    def take_ack(self, payload: str) -> None:
        """Hand the answer to who waits for it; late and repeated ones are nobody's."""
        command_id, accepted, reason, data = serial_line.parse_ack(payload)
        if self._waiting is None:
            return
        awaited, answer = self._waiting
        if awaited == command_id and not answer.done():
            answer.set_result(data if accepted else CommandError(reason))

    def _next_id(self) -> int:
        self._id = (self._id + 1) & 0xFFFF
        return self._id

    def _send(self, command_id: int, name: str, args: dict[str, Any]) -> None:
        """Write one command line; a transport that broke says so here first."""
        data = serial_line.encode_command(self._sequence, command_id, name, args)
        self._sequence += 1
        try:
            self._writer.write(data)
        except (OSError, serialx.SerialException) as err:
            raise LinkError("lost", error=str(err)) from err
