"""The keys of the display node: kept equal to those configured here."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from .const import RETRY_FIRST_S, RETRY_MAX_S
from .link import NO_ACK, CommandError, Connection, LinkError
from .protocol import serial_line
from .protocol.errors import ProtocolError

# Key and name by address, as the node spells it.
type Keys = dict[str, tuple[str, str]]


class KeyPush:
    """Sends what is wanted when asked to, and again later what got no answer."""

    def __init__(
        self, wanted: Callable[[], Keys], counters: Counter[str], tell: Callable[[], None]
    ) -> None:
        """Begin with nothing to do; `tell` is called when the refusals may have changed."""
        self.refused: dict[str, str] = {}  # the node's reasons by address
        self._wanted = wanted
        self._counters = counters
        self._tell = tell
        self._due = asyncio.Event()

    def request(self) -> None:
        """Have everything sent."""
        self._due.set()

    async def run(self, connection: Connection) -> None:
        """Serve requests until the link is lost; pauses after silence are 1, 2, 4 … 60 s."""
        pause = RETRY_FIRST_S
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                answered = await self._sync(connection)
            except LinkError:
                return  # the reader sees it too, and tells
            if answered:
                pause = RETRY_FIRST_S
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._due.wait()
            self._due.set()
            pause = min(2 * pause, RETRY_MAX_S)

    async def _sync(self, connection: Connection) -> bool:
        """Forget what is no longer configured, then send every key: the node cannot show its own.

        False when something got no answer. A refusal is an answer, and costs only its own device.
        """
        wanted = self._wanted()
        reason, answer = await self._ask(connection, "devices", {})
        if reason == NO_ACK:
            return False
        held = answer.get("macs")
        reasons = []
        for mac in held if isinstance(held, list) else []:
            if isinstance(mac, str) and mac not in wanted:
                reason, _ = await self._ask(connection, "forget", {"mac": mac})
                reasons.append(reason)
        refused = {}
        for mac, (key, name) in wanted.items():
            reason, _ = await self._ask(connection, "key", _arguments(mac, key, name))
            reasons.append(reason)
            if reason not in ("", NO_ACK):
                refused[mac] = reason
        self.refused = refused
        self._tell()
        return NO_ACK not in reasons

    async def _ask(
        self, connection: Connection, name: str, args: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return the reason of a refusal, "" if there was none, and the answer."""
        try:
            return "", await connection.command(name, args)
        except (CommandError, ProtocolError) as err:
            self._counters[f"command_{err.reason}"] += 1
            return err.reason, {}


def _arguments(mac: str, key: str, name: str) -> dict[str, Any]:
    """Cut a long name to what a node keeps, and to what its input can hold as JSON."""
    name = name.encode(errors="ignore")[: serial_line.MAX_NAME].decode(errors="ignore")
    for length in range(len(name), 0, -1):
        args: dict[str, Any] = {"mac": mac, "key": key, "name": name[:length].rstrip()}
        with contextlib.suppress(serial_line.LineTooLong):
            serial_line.encode_command(0xFFFF, 0xFFFF, "key", args)
            return args
    return {"mac": mac, "key": key, "name": ""}
