"""Two boards, four devices and a host in virtual time: where a fault meets a moment."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..accounts import Account
from ..air import Transmission
from ..bars.site import Hub, Site, devices
from ..hostile import Attacker
from ..node import Node
from ..provision import provision, push_key
from ..replay import Device, ReplaySource
from ..standins import _operations as op
from ..world import FIRMWARE, World
from .host import Host
from .stores import Stores

LOSS = 0.05  # of frames, each attempt: an ordinary air
_DEVICES = 4
NEW_DEVICE = 3  # the one whose key the display node has not got yet
_BATTERY = 0x02
_PAIRED_S = 60
_BOOT_S = 20


@dataclass
class Stage(Site):
    """A site, its host, and what has been seen of both boards."""

    board: Node = None  # type: ignore[assignment]  # where the cable is
    host: Host = None  # type: ignore[assignment]
    stores: Stores = None  # type: ignore[assignment]
    attacker: Attacker | None = None
    arrived: list[Transmission] = field(default_factory=list)  # while somebody records
    own_restarts: int = 0  # resets that a board has asked for itself
    bites: int = 0  # of the watchdog, and ends of a program
    asleep: bool = False  # the sensor node sleeps between its wakes
    on_write: Callable[[Node], None] | None = None  # to flash or NVS
    on_visit: Callable[[], None] | None = None  # of the page

    @property
    def sensor(self) -> Node:
        """Return the only one."""
        return self.sensors[0]

    @property
    def battery(self) -> Device:
        """Return a device that knows its state of charge."""
        return next(one for one in self.source.devices if one.captures[0][4] == _BATTERY)

    def node(self, role: str) -> Node:
        """Return a board."""
        return self.display if role == "display" else self.sensor

    def writing(self, node: Node) -> None:
        """Notice a write to flash or NVS."""
        if self.on_write is not None:
            self.on_write(node)

    def happened(self, entry: dict[str, object]) -> None:
        """Note what boards do to themselves, and look at their settings whenever one starts."""
        event = entry["event"]
        self.own_restarts += event == "reset" and entry["cause"] != op.DEEP_SLEEP
        self.bites += event in ("watchdog", "died", "abort", "crash")
        if event == "boot":
            self.stores.look()


@contextlib.asynccontextmanager
async def stage(
    seed: int, *, blank: tuple[str, ...] = (), host: str = "display", paths: tuple[Path, ...] = FIRMWARE
) -> AsyncIterator[Stage]:  # fmt: skip
    """Start everything; what is not blank is set up, and readings come."""
    async with World(seed, real_time=False) as world:
        display = await world.start_node("display", tcp=None, paths=paths)
        account = Account(world, display)
        sensor = await world.start_node("sensor", tcp=None, paths=paths)
        source = ReplaySource(devices(_DEVICES))
        hub = Hub(world, display, [sensor])
        one = Stage(world, display, [sensor], source, hub, account)
        one.board = one.node(host)
        one.host = Host(world)
        one.stores = Stores({"display": display, "sensor": sensor})
        world.witnesses.append(one)
        world.observe(one.happened)
        for node in (display, sensor):
            node.chip.watchers.append(lambda node=node: one.writing(node))
            node.nvs.watchers.append(lambda node=node: one.writing(node))
        for role in ("display", "sensor"):
            if role in blank:
                await one.node(role).wait_line("hello", _BOOT_S)
            else:
                await provision(one.node(role), role)
        if "display" not in blank:
            for device in source.devices[:NEW_DEVICE]:
                assert device.key is not None
                await push_key(display, device.address, device.key, device.name)
        world.air.conditions.loss = LOSS
        world.add_source(source)
        if not blank:
            await one.resumes(_PAIRED_S)
            await world.sleep(3)  # until the keys are proved
        one.own_restarts = 0
        yield one
