"""What became of every message of a run: sent, shown at the display node's serial port, or lost."""

from typing import TYPE_CHECKING, Any

from . import protocol_route
from .accounts import Account
from .accounts.fates import SHOWN
from .node import Node, NodeError
from .replay import ReplaySource

if TYPE_CHECKING:
    from .world import World

_ROW = "{:<22}{:>8}{:>8}{:>9}  {}"


class Ledger:
    """Writes what the display node shows into the trace, and the account in the end."""

    def __init__(
        self, world: World, source: ReplaySource, account: Account, in_trace: bool
    ) -> None:
        self._world = world
        self._account = account
        self._source = source
        self._in_trace = in_trace
        self._newest: dict[bytes, bytes] = {}
        self._names = {device.address: device.name for device in source.devices}

    def note(self, line: Any) -> None:
        """Take a line of the display node."""
        if line.kind != "adv":
            return
        parts = protocol_route.module("serial_payloads").parse_advert(line.payload)
        mac, md = parts[0], parts[4]
        if self._newest.get(mac) == md:
            return
        self._newest[mac] = md
        if self._in_trace:
            self._world.tell(
                "shown", device=self._names.get(mac, mac.hex(":")), rssi=parts[2], age_ms=parts[3],
                **self._read(mac, md),
            )  # fmt: skip

    def _read(self, mac: bytes, md: bytes) -> dict[str, object]:
        """Return what the reading says, by the present key of its device."""
        now = self._source.now().get(mac)
        try:
            reading = protocol_route.module("instant_readout").decode(md, now.key if now else None)
        except protocol_route.module("errors").ProtocolError as error:
            return {"md": md.hex(), "error": error.reason}
        known = {name: value for name, value in reading.fields.items() if value is not None}
        return {"nonce": reading.nonce, **known}

    def table(self) -> list[str]:
        """Return a line for each device; write the same into the trace."""
        lines = [_ROW.format("device", "sent", "shown", "shown %", "the others")]
        for device in self._source.devices:
            sent, fates = self._account.sent[device.address], self._account.of(device.address)
            self._world.tell("account", device=device.name, sent=sent, **fates)
            shown = fates.pop(SHOWN, 0)
            if withheld := self._source.withheld[device.address]:
                fates["(withheld)"] = withheld  # a phone was connected: never on the air
            share = f"{100 * shown / sent:.2f}" if sent else "-"
            lines.append(_ROW.format(device.name[:21], sent, shown, share, _text(fates, "")))
        return lines

    async def check(self) -> list[str]:
        """Return what the sum check says, first that it holds or does not."""
        complaints = await self._account.close()
        verdict = "does not hold:" if complaints else "holds."
        return [f"The sum check of {self._account.sent.total()} messages {verdict}", *complaints]


async def causes(world: World) -> list[str]:
    """Return what each board and the air counted."""
    lines = []
    for node in world.nodes:
        counted = {"bluetooth": dict(node.counters), **await _counters(node)}
        lines += [f"{node.name}: {name} {_text(one)}" for name, one in counted.items()]
    lines.append(f"air: frames {_text(world.air.counters)}, attempts {_text(world.air.attempts)}")
    return lines


async def _counters(node: Node) -> dict[str, Any]:
    try:
        return {
            "node": await node.command("counters"),
            "radio": await node.command("counters", 5, of="radio"),
        }
    except NodeError as error:
        return {"node": {str(error).splitlines()[0]: ""}}


def _text(counts: dict[str, Any], nothing: str = "nothing") -> str:
    return ", ".join(f"{name} {value}" for name, value in counts.items()) or nothing
