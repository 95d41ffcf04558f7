"""Settings of the display node, kept equal to those here: sent when asked to, again what got no answer."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from .commands import CommandError
from .const import LOGGER, RETRY_FIRST_S, RETRY_MAX_S
from .link import Connection
from .port import LinkError
from .protocol.errors import ProtocolError


class Push(ABC):
    """One kind of setting; a subclass knows what is wanted."""

    def __init__(self, counters: Counter[str]) -> None:
        """Begin with nothing to do."""
        self.refused: dict[str, str] = {}  # the node's reasons by address
        self._counters = counters
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
            except Exception:
                # A fault of ours must not end it for good; at once it would only be the same again.
                self._counters["fault"] += 1
                LOGGER.exception("Unexpected error while sending settings")
                continue
            if answered:
                pause = RETRY_FIRST_S
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._due.wait()
            self._due.set()
            pause = min(2 * pause, RETRY_MAX_S)

    @abstractmethod
    async def _sync(self, connection: Connection) -> bool:
        """Send what is wanted; False when something got no answer. A refusal is an answer."""

    async def _ask(
        self, connection: Connection, name: str, args: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return the reason of a refusal, "" if there was none, and the answer."""
        try:
            return "", await connection.command(name, args)
        except (CommandError, ProtocolError) as err:
            self._counters[f"command_{err.reason}"] += 1
            return err.reason, {}
