"""A display node and a sensor node with the real firmware, a Victron device, and what came through."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator import Node, World, protocol_route, scenario
from simulator.provision import provision
from simulator.world import FIRMWARE

_PAIRED_S = 10


@dataclass
class Site:
    """The two boards; use `start`."""

    world: World
    display_firmware: tuple[Path, ...] = FIRMWARE
    sensor_firmware: tuple[Path, ...] = FIRMWARE
    channel: int = 6
    arrived: list[tuple[float, bytes, bytes]] = field(default_factory=list)  # time, MAC, md

    @property
    def readings(self) -> int:
        """Return how many different readings came out of the display node up to now."""
        return len({(mac, md) for _, mac, md in self.arrived})

    @property
    def repeats(self) -> int:
        """Return how many readings came out more than once."""
        return len(self.arrived) - self.readings

    async def start(self) -> Site:
        """Provision both, put the trailer's devices on the air, let them find each other."""
        world = self.world
        self.display = await world.start_node("display", tcp=None, paths=self.display_firmware)
        self.sensor = await world.start_node("sensor", tcp=None, paths=self.sensor_firmware)
        for node in (self.display, self.sensor):
            await provision(node, node.name)
        self.display.on_line(self._note)
        self.move(self.channel)
        self.source = scenario.load("trailer")
        world.add_source(self.source)
        with contextlib.suppress(TimeoutError):  # some tests prevent it
            await world.until(lambda: self.arrived, _PAIRED_S, 0.1)
        return self

    def move(self, channel: int) -> None:
        """Take the display node to another channel, as an access point would."""
        self.display.radio.channel = channel

    async def gained(self, seconds: float) -> int:
        """Return how many new readings came out within the next seconds."""
        before = self.readings
        await self.world.sleep(seconds)
        return self.readings - before

    async def refused(self) -> dict[str, int]:
        """Return what the display node has refused, by reason."""
        counts: dict[str, int] = (await self.display.command("counters"))["refused"]
        return counts

    async def counters(self, node: Node, **arguments: Any) -> dict[str, Any]:
        """Return a node's counters."""
        return await node.command("counters", **arguments)

    def share_in_time(self, start: float, end: float, limit_s: float) -> float:
        """Return the share of device-seconds in which the newest reading came within the limit."""
        devices = {device.address for device in self.source.devices}
        times = {device: self._times_of(device) for device in devices}
        good = total = 0
        second = start
        while second < end:
            for device in devices:
                total += 1
                good += any(second - limit_s <= time <= second for time in times[device])
            second += 1
        return good / total

    def _times_of(self, device: bytes) -> list[float]:
        """Return when something new of a device came."""
        seen: set[bytes] = set()
        times = []
        for time, mac, md in self.arrived:
            if mac == device and md not in seen:
                seen.add(md)
                times.append(time)
        return times

    def _note(self, line: Any) -> None:
        if line.kind == "adv":
            mac, _, _, _, md = protocol_route.module("serial_payloads").parse_advert(line.payload)
            self.arrived.append((self.world.now, bytes(mac), bytes(md)))
