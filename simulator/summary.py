"""What became of every message of a run: sent, shown at the display node's serial port, or lost."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from . import protocol_route
from .node import Node, NodeError
from .replay import ReplaySource

if TYPE_CHECKING:
    from .world import World

_ROW = "{:<22}{:>8}{:>8}{:>8}{:>8}"


class Ledger:
    """Watches the display node's serial port; a message counts once."""

    def __init__(self, world: World, source: ReplaySource, in_trace: bool) -> None:
        self.shown: Counter[bytes] = Counter()
        self._world = world
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
        self.shown[mac] += 1
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
        """Return a line for each device."""
        lines = [_ROW.format("device", "sent", "shown", "lost", "shown %")]
        for device in self._source.devices:
            sent, shown = self._source.messages[device.address], self.shown[device.address]
            share = f"{100 * shown / sent:.2f}" if sent else "-"
            lines.append(_ROW.format(device.name[:21], sent, shown, sent - shown, share))
        return lines


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


def _text(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in counts.items()) or "nothing"
