"""The power goes away at every single write of a change, whole or torn: old or new, and never locked out."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from .. import protocol_route
from ..node import Node, NodeError
from ..provision import settings
from .bar import Bar, Extent, Goal, Measured
from .site import Site, site

_MOST_WRITES = 80  # of one change; far more than any makes
_BACK_S = 60


@dataclass
class Count:
    """What was seen over all cuts."""

    cuts: int = 0
    neither: int = 0
    locked_out: int = 0
    slowest_s: float = 0.0
    details: list[str] = field(default_factory=list)


type Cut = Callable[[Node, int | None], None]
type Change = Callable[[Site, Node, str], Awaitable[None]]


def _flash_whole(node: Node, writes: int | None) -> None:
    node.chip.cut_after(writes)


def _flash_torn(node: Node, writes: int | None) -> None:
    node.chip.cut_after(writes, torn=True)


def _nvs(node: Node, writes: int | None) -> None:
    node.nvs.cut_after(writes)


async def _provision(one: Site, node: Node, name: str) -> None:
    """Give the board another name, and its keys anew with a higher epoch."""
    role = "display" if node is one.display else "sensor"
    await node.command("provision", 3, **settings(node, role, name=name))
    await one.world.sleep(2)  # it restarts


async def _push_key(one: Site, node: Node, name: str) -> None:
    device = one.source.devices[0]
    assert device.key is not None
    mac = device.address.hex().upper()
    await node.command("key", 3, mac=mac, key=device.key.hex(), name=name)


async def _set_channel(one: Site, node: Node, name: str) -> None:
    """Change an option back and forth; what it holds is seen by whether the sensor node finds it."""
    await node.command("set", 3, channel=6 if name.endswith(("0", "2", "4", "6", "8")) else 11)


async def _restart(one: Site, node: Node, name: str) -> None:
    """Raise the node's epoch, and with it what the display node has to store of it."""
    node.reset()
    await one.world.sleep(4)


async def _restart_a_sensor(one: Site, node: Node, name: str) -> None:
    """Have a sensor node come with a new epoch, so that the display node stores a ceiling."""
    one.sensors[0].reset()
    await one.world.sleep(4)


@dataclass(frozen=True)
class Case:
    """A change on a board, and how the power goes away meanwhile."""

    change: Change
    on_display: bool
    cut: Cut
    short: bool = False  # among the quick ones


CASES = [
    *(Case(_provision, on, cut) for on in (False, True) for cut in (_flash_whole, _flash_torn)),
    Case(_provision, False, _nvs, short=True),
    Case(_provision, True, _nvs),
    Case(_push_key, True, _flash_whole),
    Case(_push_key, True, _flash_torn),
    Case(_set_channel, True, _flash_whole),
    Case(_set_channel, True, _flash_torn, short=True),
    Case(_restart, False, _nvs, short=True),
    Case(_restart, True, _nvs, short=True),
    Case(_restart_a_sensor, True, _nvs, short=True),
]


async def _measure(seed: int, extent: Extent) -> Measured:
    count = Count()
    for case in CASES:
        if case.short or not extent.short:
            await _cut_everywhere(case, seed, count)
    for detail in count.details:
        print(detail, file=sys.stderr)
    return {
        "cuts": count.cuts,
        "neither": count.neither,
        "locked out": count.locked_out,
        "back after": count.slowest_s,
    }


async def _cut_everywhere(case: Case, seed: int, count: Count) -> None:
    """Make the change again and again, each time cut one write later, until it comes through."""
    async with site(seed, number=1, loss=0) as one:
        board = Board(one, one.display if case.on_display else one.sensors[0])
        for writes in range(_MOST_WRITES):
            if not await _cut_once(case, board, writes, count):
                return
        raise NodeError(f"{case.change.__name__} never ends")


class Board:
    """The board whose power goes, and what it last said of itself."""

    def __init__(self, one: Site, node: Node) -> None:
        self.one = one
        self.node = node
        self.name = node.name
        self.hello: dict[str, Any] = {}
        self.problem = ""
        self.cut = False
        node.on_line(self._note)
        one.world.observe(self._watch)

    def _note(self, line: Any) -> None:
        if line.kind == "hello":
            self.hello = protocol_route.module("serial_payloads").parse_json(line.payload)
        elif line.kind == "log" and ".json" in line.payload:
            self.problem = line.payload  # a file that is not as it was written

    def holds(self, new: str) -> bool:
        """Tell whether its settings are the old or the new ones."""
        hello = self.hello
        if not hello.get("provisioned") or self.problem:
            return False
        return hello.get("name") in (self.name, new)

    def _watch(self, entry: dict[str, object]) -> None:
        self.cut = self.cut or (entry["event"] == "power" and entry["node"] == self.node.name)


async def _cut_once(case: Case, board: Board, writes: int, count: Count) -> bool:
    """Cut one change, give the power back, look; False when the change came through uncut."""
    one, node, new = board.one, board.node, f"name {writes}"
    board.cut = False
    case.cut(node, writes)
    try:
        await case.change(one, node, new)
    except NodeError:
        if not board.cut:
            raise
    case.cut(node, None)
    if not board.cut:
        return False
    count.cuts += 1
    since, board.hello, board.problem = one.world.now, {}, ""
    node.give_power()
    seconds = await one.resumes(_BACK_S)
    count.slowest_s = max(count.slowest_s, one.world.now - since)
    what = f"{case.change.__name__} on {node.name}, {case.cut.__name__} at write {writes}"
    if not board.holds(new):
        count.neither += 1
        count.details.append(f"{what}: {board.hello} {board.problem}")
    if seconds > _BACK_S:
        count.locked_out += 1
        count.details.append(f"{what}: no reading came back")
    board.name = str(board.hello.get("name"))
    return True


BARS = [
    Bar(
        "power-cuts",
        "The power goes at every write of a change of settings, keys, epoch or replay ceiling.",
        _measure,
        {
            "cuts": Goal("", digits=0),
            "neither": Goal("", at_most=0, digits=0),
            "locked out": Goal("", at_most=0, digits=0),
            "back after": Goal("s", at_most=15, digits=1),
        },
        seeds=1,
    )
]
