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
# Bytes: the counts of what was refused stay, and the table of sockets, however many come.
HEAP_PLAY = 768


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
        """Return the next one."""
        self._told = 0
        await self._world.until(lambda: self._told, 15, 0.5)
        return self._told


async def storm(with_crowd: bool) -> dict[str, Any]:
    """Let a storm go over a site, with or without people at the door of its page."""
    async with site(11, number=8, sensors=1, loss=0) as one:
        world, display = one.world, one.display
        world.air.conditions.adjacent_ack = 0
        await display.command("set", wifi_mode="ap")
        await world.sleep(5)
        address = display.web_url.removeprefix("http://").split(":")
        crowd = Crowd((address[0], int(address[1])))
        heap = Heap(one)
        before = await heap.free()
        begun, dropped = world.now, display.radio.dropped
        flood = Neighbour(display.radio.channel, STORM_HZ)
        world.add_source(flood)
        for number in range(STEPS):
            if with_crowd:
                crowd.step(number)
            await world.sleep(STEP_S)
        readings = {md for came in one.hub.arrivals.values() for at, md in came if at >= begun}
        crowd.leave()
        flood.stop()
        await world.sleep(SETTLE_S)
        after = await heap.free()
        complaints = await one.settle()
        counters = await display.command("counters")
        return {
            "readings": len(readings),
            "dropped": display.radio.dropped - dropped,
            "connections": crowd.opened,
            "errors": one.hub.errors,
            "complaints": complaints,
            "heap": before - after,
            "web": {name: count for name, count in counters["refused"].items() if "web" in name},
        }


async def test_no_frame_is_lost_more_than_without_anybody_at_the_door():
    alone = await storm(with_crowd=False)
    crowded = await storm(with_crowd=True)
    print("alone  ", alone)
    print("crowded", crowded)
    assert crowded["connections"] > SLOW + STEPS
    assert sum(crowded["web"].values()) > STEPS / 2
    assert crowded["dropped"] <= alone["dropped"]
    assert crowded["readings"] >= alone["readings"]
    assert (crowded["errors"], crowded["complaints"]) == ([], [])
    assert crowded["heap"] <= alone["heap"] + HEAP_PLAY
