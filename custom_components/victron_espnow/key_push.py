"""The keys of the display node: kept equal to those configured here, and sent only if they are not."""

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, override

from .commands import NO_ACK
from .link import Connection
from .protocol import serial_line
from .protocol.key_digest import LAST_PLACE, digest
from .push import Push


class WantedKey(NamedTuple):
    """What the display node is to know of a device."""

    key: str
    name: str
    place: int = LAST_PLACE


# By address, as the node spells it.
type Keys = dict[str, WantedKey]


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
        """Forget what is no longer configured, then send every key, unless all are there.

        A refusal costs only its own device.
        """
        wanted = {mac: _arguments(mac, *one) for mac, one in self._wanted().items()}
        reason, answer = await self._ask(connection, "devices", {})
        if reason == NO_ACK:
            return False
        if answer.get("digest") == _digest(wanted):
            self.refused = {}
            self._tell()
            return True
        reasons = []
        for mac in held_macs(answer):
            if mac not in wanted:
                reason, _ = await self._ask(connection, "forget", {"mac": mac})
                reasons.append(reason)
        refused = {}
        for mac, args in wanted.items():
            reason, _ = await self._ask(connection, "key", args)
            reasons.append(reason)
            if reason not in ("", NO_ACK):
                refused[mac] = reason
        self.refused = refused
        self._tell()
        return NO_ACK not in reasons


def held_macs(answer: Mapping[str, Any]) -> list[str]:
    """Return whose keys the node says it holds."""
    held = answer.get("macs")
    return [mac for mac in held if isinstance(mac, str)] if isinstance(held, list) else []


def _digest(wanted: dict[str, dict[str, Any]]) -> str:
    """Return what the node says of its keys if it holds exactly these."""
    return digest(
        [
            (
                bytes.fromhex(mac),
                bytes.fromhex(one["key"]),
                one["name"],
                one.get("place", LAST_PLACE),
            )
            for mac, one in wanted.items()
        ]
    )


def _arguments(mac: str, key: str, name: str, place: int) -> dict[str, Any]:
    """Cut a long name to what a node keeps, and to what its input can hold as JSON."""
    name = name.encode(errors="ignore")[: serial_line.MAX_NAME].decode(errors="ignore")
    placed = {} if place == LAST_PLACE else {"place": place}
    for length in range(len(name), 0, -1):
        args = {"mac": mac, "key": key, "name": name[:length].rstrip(), **placed}
        with contextlib.suppress(serial_line.LineTooLong):
            serial_line.encode_command(0xFFFF, 0xFFFF, "key", args)
            return args
    return {"mac": mac, "key": key, "name": "", **placed}
