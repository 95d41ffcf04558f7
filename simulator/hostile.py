"""Strangers on the air: neighbours who mean no harm, and somebody who records, plays back and forges.

All of them need only a radio: ESP-NOW carries any source address. None of them has a key of the site, so
what they cannot do is sign; `forge` takes a key to make frames of another site, or the worst case.
"""

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from . import protocol_route
from .air import BROADCAST, Transmission

if TYPE_CHECKING:
    from .node import Node
    from .timeline import Event
    from .world import World

V1_LONGEST = 250
V2_LONGEST = 1470
_REACTION_US = 4_000
_NEIGHBOUR = bytes.fromhex("02F0E16E0001")


class Neighbour:
    """Foreign ESP-NOW traffic, a number of frames each second; with a high number, a flood."""

    SIZES = (60, V1_LONGEST, V2_LONGEST)

    def __init__(
        self,
        channel: int,
        per_second: float = 2.0,
        sizes: tuple[int, ...] = SIZES,
        destination: bytes = BROADCAST,
        source: bytes | None = _NEIGHBOUR,
        message: Callable[[int], bytes] | None = None,
        name: str = "neighbour",
    ) -> None:
        self.channel = channel
        self.name = name  # for places
        self.sent = 0
        self._period_us = round(1e6 / per_second)
        self._sizes = sizes
        self._destination = destination
        self._source = source  # None: another address for each frame
        self._message = message
        self._world: World | None = None
        self._next: Event | None = None

    def start(self, world: World) -> None:
        """Begin."""
        self._world = world
        self._send()

    def stop(self) -> None:
        """End."""
        if self._next is not None:
            self._next.cancel()
        self._world = None

    def _send(self) -> None:
        world = self._world
        if world is None:
            return
        size = self._sizes[self.sent % len(self._sizes)]
        message = self._message(self.sent) if self._message else world.random.randbytes(size)
        source = self._source or b"\x02\xf0" + self.sent.to_bytes(4)
        self.sent += 1
        world.air.emit(source, self._destination, message, self.channel, self.name)
        self._next = world.timeline.after(self._period_us, self._send)


class Attacker:
    """Records everything, for as long as it takes, and sends it again in any way it likes."""

    def __init__(self, world: World, name: str = "attacker") -> None:
        self.name = name  # for places
        self.frames: list[Transmission] = []
        self.sent = 0
        self._world = world
        self._sending = False
        self._reactions: list[Callable[[Transmission], None]] = []
        world.sniff(self._record)

    def _record(self, frame: Transmission) -> None:
        if self._sending:  # its own frames are no loot
            return
        self.frames.append(frame)
        for reaction in self._reactions:
            reaction(frame)

    def react(
        self,
        source: bytes,
        kinds: Iterable[int],
        action: Callable[[], None],
        delay_us: int = _REACTION_US,
    ) -> None:
        """Do something 4 ms after each frame of somebody begins: in time, since he listens for an answer."""

        def reaction(frame: Transmission) -> None:
            if frame.source == source and frame.message[1] & 0x3F in kinds:
                self._world.timeline.after(delay_us, action)

        self._reactions.append(reaction)

    def recorded(self, source: bytes, kind: int | None = None) -> list[Transmission]:
        """Return what somebody has sent, all of it or one type (protocol.md, 2.3)."""
        return [
            frame
            for frame in self.frames
            if frame.source == source and kind in (None, frame.message[1] & 0x3F)
        ]

    def send(self, to: Node, source: bytes, message: bytes, broadcast: bool = False) -> None:
        """Send one frame to a board, on its channel, under any address."""
        destination = BROADCAST if broadcast else to.mac
        self.sent += 1
        self._sending = True
        self._world.air.emit(source, destination, message, to.radio.channel, self.name)
        self._sending = False

    def replay(
        self,
        frames: Iterable[Transmission],
        to: Node,
        source: bytes | None = None,
        every_s: float = 0.02,
    ) -> None:
        """Send recorded frames again, one after the other; to a board, from an address, of choice."""
        for number, frame in enumerate(frames):
            send = functools.partial(
                self.send, to, source or frame.source, frame.message, frame.destination == BROADCAST
            )
            self._world.timeline.after(round(number * every_s * 1e6), send)


def flipped(message: bytes, bit: int) -> bytes:
    """Return the message with one bit changed; negative numbers count from the end."""
    changed = bytearray(message)
    bit %= 8 * len(changed)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def forge(
    site_key: bytes,
    source: bytes,
    destination: bytes,
    readings: Iterable[tuple[bytes, bytes]] = (),
    epoch: int = 0xFFFFFFF0,
    sequence: int = 1,
    challenge: bytes = bytes(4),
) -> bytes:
    """Return a readings frame of a site; `readings` are (Victron MAC, md).

    A challenge that is not zero wants a receipt.
    """
    radio, bodies = protocol_route.module("radio_frame"), protocol_route.module("radio_bodies")
    authentication = protocol_route.module("authentication")
    buffer = bytearray(radio.MAX_FRAME)
    end = bodies.start_readings(buffer, challenge)
    for mac, md in readings:
        end = bodies.append_reading(buffer, end, mac, -60, 100, md, len(md))
    length = radio.seal(
        buffer, end - radio.HEADER, radio.READINGS, 0, authentication.site_tag(site_key),
        epoch, sequence, (0, 0, 0, 0), authentication.node_key(site_key, source), source, destination,
    )  # fmt: skip
    return bytes(buffer[:length])
