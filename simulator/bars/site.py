"""A site in virtual time, and what a hub reads from its serial port."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from .. import protocol_route, scenario
from ..accounts import Account
from ..node import Node
from ..provision import provision, push_key
from ..replay import Device, ReplaySource
from ..world import FIRMWARE, World

LOSS = 0.1  # of frames, each attempt: an ordinary air
PAIRED_S = 60
_LONG_AGO_S = 10  # what a restarted display node is sent again is no older


class Hub:
    """The host: whole lines with the right CRC, and when they came; of other boards only their errors."""

    def __init__(self, world: World, display: Node, others: list[Node]) -> None:
        self.arrivals: dict[bytes, list[tuple[float, bytes]]] = {}  # by device: time, md
        self.errors: list[str] = []  # log lines that tell of an exception
        self.repeats = 0  # readings from long ago that came once more, though nobody asked for them
        self._seen: dict[bytes, float] = {}
        self._world = world
        for node in (display, *others):
            node.on_line(self._note)

    def _note(self, line: Any) -> None:
        if line.kind == "adv":
            mac, _, _, _, md = protocol_route.module("serial_payloads").parse_advert(line.payload)
            md = bytes(md)
            self.arrivals.setdefault(bytes(mac), []).append((self._world.now, md))
            self.repeats += self._world.now - self._seen.get(md, self._world.now) > _LONG_AGO_S
            self._seen.setdefault(md, self._world.now)
        elif line.kind == "log" and line.payload.startswith("error"):
            self.errors.append(line.payload)

    def forget(self) -> None:
        """Drop what has come: a day of it is much."""
        self.arrivals.clear()
        self._seen.clear()

    def first_since(self, device: bytes, since: float, known: set[bytes]) -> float | None:
        """Return when something of the device came that was not known."""
        came = self.arrivals.get(device, [])
        return next((time for time, md in came if time >= since and md not in known), None)

    def known(self) -> set[bytes]:
        """Return everything that has come."""
        return {md for came in self.arrivals.values() for _, md in came}


@dataclass
class Site:
    """Boards, devices, the hub and the account."""

    world: World
    display: Node
    sensors: list[Node]
    source: ReplaySource
    hub: Hub
    account: Account
    short: bool = False
    births: dict[bytes, list[tuple[float, bytes]]] = field(default_factory=dict)

    @property
    def devices(self) -> list[bytes]:
        """Return the addresses."""
        return [device.address for device in self.source.devices]

    async def resumes(self, limit_s: float = 60, anything: bool = False) -> float:
        """Return the s from now until every device has something new at the hub (or anything)."""
        since = self.world.now
        known = set() if anything else self.hub.known()
        found: dict[bytes, float] = {}

        def look() -> bool:
            for device in self.devices:
                time = self.hub.first_since(device, since, known)
                if device not in found and time is not None:
                    found[device] = time
            return len(found) == len(self.devices)

        with contextlib.suppress(TimeoutError):
            await self.world.until(look, limit_s, 0.02)
        return max(found.values()) - since if look() else float("inf")

    async def some_moment(self, seed: int, most_s: float = 3) -> None:
        """Let a while go by that differs by seed: nothing may hang on the moment."""
        await self.world.sleep(5 + Random(f"moment {seed}").uniform(0, most_s))

    def advertised(self, address: bytes, data: bytes) -> None:
        """Note when a reading was born."""
        md = data[7:]
        births = self.births.setdefault(address, [])
        if address in self.devices and (not births or births[-1][1] != md):
            births.append((self.world.now, md))

    def reached(self, *_: object) -> None:
        """Be no obstacle."""

    handled = reached

    async def settle(self, seconds: float = 8) -> list[str]:
        """End what advertises, let everything come to rest, return the account's complaints."""
        self.source.stop()
        self.world.air.conditions.set({"loss": 0, "bursts": None})
        await self.world.sleep(seconds)
        return await self.account.close()


def devices(number: int) -> list[Device]:
    """Return made-up devices that play the trailer's captures."""
    templates = scenario.load("trailer").devices
    return [
        replace(
            templates[index % len(templates)],
            name=f"device {index + 1}",
            address=bytes([0xC0, 0xDE, 0, 0, 0, index + 1]),
        )
        for index in range(number)
    ]


@contextlib.asynccontextmanager
async def site(
    seed: int, *, number: int = 20, sensors: int = 1, loss: float = LOSS,
    paths: tuple[Path, ...] = FIRMWARE, keys: bool = False,
) -> AsyncIterator[Site]:  # fmt: skip
    """Start everything; it runs, with something of each device at the hub, inside the block."""
    async with World(seed, real_time=False) as world:
        display = await world.start_node("display", tcp=None, paths=paths)
        account = Account(world, display)
        nodes = [await world.start_node("sensor", tcp=None, paths=paths) for _ in range(sensors)]
        await provision(display, "display")
        for node in nodes:
            await provision(node, "sensor")
        source = ReplaySource(devices(number))
        if keys:
            for device in source.devices:
                assert device.key is not None
                await push_key(display, device.address, device.key, device.name)
        one = Site(world, display, nodes, source, Hub(world, display, nodes), account)
        world.witnesses.append(one)
        world.air.conditions.loss = loss
        world.add_source(source)
        await one.resumes(PAIRED_S)
        yield one
