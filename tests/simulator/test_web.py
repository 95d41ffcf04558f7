"""The display node's page while the radio has a storm to get through: nobody at the door costs a frame."""

import contextlib
import json
import random
import socket
from dataclasses import dataclass, field
from typing import Any

from simulator.bars.site import Site, site
from simulator.hostile import Neighbour

STEP_S = 0.25
STEPS = 100  # one broken request each
SLOW = 20
STORM_HZ = 100
SETTLE_S = 25
BYTES = b"GET /api/state HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: very, very slow\r\n\r\n"
STORMS = 4
# Bytes of the heap. The counts of what was refused stay, and the table of sockets, however many come ...
ONCE = 640
PLAY = 128  # ... and no later crowd takes anything more


@dataclass
class Crowd:
    """Twenty who ask a byte at a time, and one after the other whose requests make no sense."""

    address: tuple[str, int]
    random: random.Random = field(default_factory=lambda: random.Random(5))
    slow: list[socket.socket] = field(default_factory=list)
    broken: list[socket.socket] = field(default_factory=list)
    opened: int = 0

    def step(self, number: int) -> None:
        """Go on by one byte, and break one request more."""
        while len(self.slow) < SLOW:
            self.slow.append(self._connect())
        for one in list(self.slow):
            if not self._send(one, BYTES[number % len(BYTES) :][:1]):
                self.slow.remove(one)
        one = self._connect()
        self._send(one, self._nonsense())
        self.broken.append(one)
        if len(self.broken) > 4:
            self.broken.pop(0).close()

    def _nonsense(self) -> bytes:
        data = bytearray(BYTES)
        for _ in range(self.random.randrange(1, 9)):
            data[self.random.randrange(len(data))] = self.random.randrange(256)
        return bytes(data[: self.random.randrange(len(data))]) + b"\n\n" * self.random.randrange(2)

    def _connect(self) -> socket.socket:
        self.opened += 1
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(self.address)
        return one

    def _send(self, one: socket.socket, data: bytes) -> bool:
        with contextlib.suppress(BlockingIOError):
            try:
                one.send(data)
                if one.recv(4096):
                    return True
            except OSError as error:
                if isinstance(error, BlockingIOError):
                    return True
            one.close()
            return False
        return True

    def leave(self) -> None:
        """Go home."""
        for one in (*self.slow, *self.broken):
            one.close()


class Heap:
    """What is free behind a collection, as a node tells it every ten seconds."""

    def __init__(self, one: Site) -> None:
        self._told = 0
        one.display.on_line(self._note)
        self._world = one.world

    def _note(self, line: Any) -> None:
        if line.kind == "health":
            self._told = json.loads(line.payload).get("heap_free", self._told)

    async def free(self) -> int:
        """Return the most of the next three: one of them may come while something is borrowed."""
        found = []
        for _ in range(3):
            self._told = 0
            await self._world.until(lambda: self._told, 15, 0.5)
            found.append(self._told)
        return max(found)


class Door:
    """A site whose display node serves its page, in one storm after another."""

    def __init__(self, one: Site) -> None:
        self._site = one
        self._heap = Heap(one)
        self._free = 0
        address = one.display.web_url.removeprefix("http://").split(":")
        self._address = (address[0], int(address[1]))
        self.taken: list[int] = []  # of the heap, since before the first storm
        self.readings: list[int] = []
        self.connections = 0

    async def storm(self, with_crowd: bool) -> None:
        """Let a storm go over, with or without people at the door."""
        world, display = self._site.world, self._site.display
        self._free = self._free or await self._heap.free()  # before the first storm
        crowd, begun = Crowd(self._address), world.now
        flood = Neighbour(display.radio.channel, STORM_HZ)
        world.add_source(flood)
        for number in range(STEPS):
            if with_crowd:
                crowd.step(number)
            await world.sleep(STEP_S)
        came = self._site.hub.arrivals.values()
        self.readings.append(len({md for one in came for at, md in one if at >= begun}))
        self.connections += crowd.opened
        crowd.leave()
        flood.stop()
        await world.sleep(SETTLE_S)
        self.taken.append(self._free - await self._heap.free())


async def storms(with_crowd: bool) -> dict[str, Any]:
    """Let storms go over a site; return what became of it."""
    async with site(11, number=8, sensors=1, loss=0) as one:
        display = one.display
        one.world.air.conditions.adjacent_ack = 0
        await display.command("set", wifi_mode="ap")
        await one.world.sleep(5)
        dropped = display.radio.dropped
        door = Door(one)
        for _ in range(STORMS):
            await door.storm(with_crowd)
        complaints = await one.settle()
        counters = await display.command("counters")
        return {
            "readings": door.readings,
            "dropped": display.radio.dropped - dropped,
            "connections": door.connections,
            "errors": one.hub.errors,
            "complaints": complaints,
            "heap": door.taken,
            "web": {name: count for name, count in counters["refused"].items() if "web" in name},
        }


async def test_no_frame_is_lost_more_than_without_anybody_at_the_door():
    alone = await storms(with_crowd=False)
    crowded = await storms(with_crowd=True)
    print("alone  ", alone)
    print("crowded", crowded)
    assert crowded["connections"] > STORMS * (SLOW + STEPS)
    assert sum(crowded["web"].values()) > STORMS * STEPS / 2
    assert crowded["dropped"] <= alone["dropped"]
    # the first storm begins at the same moment, so that the same readings fall into it
    assert crowded["readings"][0] >= alone["readings"][0]
    assert (crowded["errors"], crowded["complaints"]) == ([], [])
    heap = crowded["heap"]  # one of them may have been told while something is borrowed
    assert min(heap) <= min(alone["heap"]) + ONCE
    assert min(heap[-2:]) <= min(heap[:2]) + PLAY
