"""The keys of the display node: kept equal to those configured here."""

import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any, override

from .link import NO_ACK, Connection
from .protocol import serial_line
from .push import Push

# Key and name by address, as the node spells it.
type Keys = dict[str, tuple[str, str]]


class KeyPush(Push):
    """Forgets and sends keys."""

    def __init__(
        self, wanted: Callable[[], Keys], counters: Counter[str], tell: Callable[[], None]
    ) -> None:
        """Know what is wanted; `tell` is called when the refusals may have changed."""
        super().__init__(counters)
        self._wanted = wanted
        self._tell = tell

    @override
    async def _sync(self, connection: Connection) -> bool:
        """Forget what is no longer configured, then send every key: the node cannot show its own.

        A refusal costs only its own device.
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


def _arguments(mac: str, key: str, name: str) -> dict[str, Any]:
    """Cut a long name to what a node keeps, and to what its input can hold as JSON."""
    name = name.encode(errors="ignore")[: serial_line.MAX_NAME].decode(errors="ignore")
    for length in range(len(name), 0, -1):
        args: dict[str, Any] = {"mac": mac, "key": key, "name": name[:length].rstrip()}
        with contextlib.suppress(serial_line.LineTooLong):
            serial_line.encode_command(0xFFFF, 0xFFFF, "key", args)
            return args
    return {"mac": mac, "key": key, "name": ""}
