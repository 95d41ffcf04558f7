"""Frames of somebody who records everything, keeps it as long as he likes, and has no key."""

import functools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from ..air import Transmission
from ..hostile import Attacker, flipped, forge
from ..node import Node
from ..provision import settings, site_key_of
from ..without import Guard, without
from ..world import FIRMWARE
from .bar import Bar, Extent, Goal, Measured
from .freshness import share_fresh
from .site import Site, site

_FRAMES = 10_000
_SHORT = 400
_EVERY_S = 0.01
READINGS, QUERY = 1, 2
NO_WINDOW: Guard = ("protocol/replay.py", "raise Replayed", "pass")
_EPOCH_S = 20  # of recording, in each of the boards' lives
_STRANGER = bytes.fromhex("02BADBADBAD0")
_LONGEST_ANSWER = 51  # bytes; what is longer comes with an order
_OFTEN = 40
_FASTER_US = 2500  # than the display node's own answer to a long frame
_ONLY_THE_SECOND = 2  # the device that the first sensor node does not hear

type Shot = tuple[Node, bytes, bytes, bool]  # to, from, message, broadcast
type Maker = Callable[[], Shot]


class Arsenal:
    """All that can be made of recorded frames without a key."""

    def __init__(self, one: Site, attacker: Attacker, random: Random) -> None:
        self.attacker = attacker
        self._one = one
        self._random = random
        boards = [node.mac for node in one.sensors]
        up = [frame for frame in attacker.frames if frame.source in boards]
        self._up = up
        down = [frame for frame in attacker.frames if frame.source == one.display.mac]
        orders = [frame for frame in down if len(frame.message) > _LONGEST_ANSWER]
        self._down = down + _OFTEN * orders
        self.makers: list[Maker] = [
            self._played_back, self._played_back, self._played_back, self._in_anothers_name,
            self._reflected, self._to_a_sensor, self._to_the_other_sensor, self._bit_flipped,
            self._other_destination, self._forged, self._foreign, self._cut, self._noise,
        ]  # fmt: skip

    def shot(self) -> Shot:
        """Return the next one, of any kind."""
        return self._random.choice(self.makers)()

    def _frame(self, frames: list[Transmission]) -> Transmission:
        return self._random.choice(frames)

    def _shot(self, frame: Transmission, to: Node, source: bytes | None = None) -> Shot:
        return to, source or frame.source, frame.message, bool(frame.message[1] & 0x40)

    def _played_back(self) -> Shot:
        return self._shot(self._frame(self._up), self._one.display)

    def _in_anothers_name(self) -> Shot:
        frame = self._frame(self._up)
        others = [node.mac for node in self._one.sensors if node.mac != frame.source]
        return self._shot(frame, self._one.display, self._random.choice([*others, _STRANGER]))

    def _reflected(self) -> Shot:
        """Send the display node its own frames, as from itself or from their receiver."""
        frame = self._frame(self._down)
        return self._shot(frame, self._one.display, self._random.choice([None, frame.destination]))

    def _to_a_sensor(self) -> Shot:
        """Send a sensor node its own frames, and old answers and receipts."""
        frame = self._frame(self._down + self._up)
        return self._shot(frame, self._random.choice(self._one.sensors))

    def old_answer(self, to: Node) -> Shot:
        """Return an answer or receipt that was once right for this very node."""
        mine = [frame for frame in self._down if frame.destination == to.mac]
        return self._shot(self._frame(mine), to)

    def _to_the_other_sensor(self) -> Shot:
        frame = self._frame(self._down)
        others = [node for node in self._one.sensors if node.mac != frame.destination]
        return self._shot(frame, self._random.choice(others))

    def _bit_flipped(self) -> Shot:
        frame = self._frame(self._up)
        message = flipped(frame.message, self._random.randrange(8 * len(frame.message)))
        return self._one.display, frame.source, message, False

    def _other_destination(self) -> Shot:
        """Send a frame for one address to all, or the other way round."""
        frame = self._frame(self._up)
        return self._one.display, frame.source, flipped(frame.message, 8 + 6), True

    def _forged(self) -> Shot:
        """Make a frame with the right site tag and a guessed key."""
        world, display = self._one.world, self._one.display
        source = self._random.choice(self._one.sensors).mac
        guess = forge(self._random.randbytes(16), source, display.mac, self._readings())
        right = forge(site_key_of(world), source, display.mac)
        return display, source, guess[:2] + right[2:4] + guess[4:], False

    def _foreign(self) -> Shot:
        """Make a frame of another site, right in itself."""
        display = self._one.display
        key = self._random.randbytes(16)
        return display, _STRANGER, forge(key, _STRANGER, display.mac, self._readings()), False

    def _readings(self) -> list[tuple[bytes, bytes]]:
        return [(device.address, device.captures[0]) for device in self._one.source.devices[:3]]

    def _cut(self) -> Shot:
        frame = self._frame(self._up + self._down)
        length = self._random.randrange(1, len(frame.message))
        return self._one.display, frame.source, frame.message[:length], False

    def _noise(self) -> Shot:
        frame = self._frame(self._up)
        noise = self._random.randbytes(self._random.randrange(0, 247))
        return self._one.display, frame.source, frame.message[:4] + noise, False


async def _measure(seed: int, extent: Extent) -> Measured:
    if extent.short:
        return await _attack(seed, _SHORT)
    with without(NO_WINDOW) as paths:
        unguarded = await _attack(seed, _SHORT, paths)
    measured = await _attack(seed, _FRAMES)
    return measured | {"accepted without replay window": unguarded["accepted"]}


async def _attack(seed: int, frames: int, paths: tuple[Path, ...] = FIRMWARE) -> Measured:
    async with site(seed, number=3, sensors=2, loss=0.05, paths=paths) as one:
        world = one.world
        attacker = Attacker(world)
        _hide_the_last_device(one)
        obeyed = _count_orders(one)
        await _live_several_lives(one)
        arsenal = Arsenal(one, attacker, Random(f"attack {seed}"))
        await world.sleep(3)  # the newest that he has is no longer the newest

        start, moves, ordered = world.now, _count_moves(one), obeyed.total()
        for node in one.sensors:
            mislead = functools.partial(_mislead, arsenal, node)
            attacker.react(node.mac, (READINGS, QUERY), mislead, _FASTER_US)
        await _shoot(one, attacker, arsenal, frames)
        moved = sum(moves[node.name] for node in one.sensors)
        fresh = share_fresh(one, start + 3, world.now)
        one.display.reset()
        one.sensors[0].reset()
        await _shoot(one, attacker, arsenal, frames // 4)
        await world.sleep(10)
        misled = moved + obeyed.total() - ordered
        again = await _provision_anew(one)
        complaints = await one.settle()
        return {
            "frames": attacker.sent,
            "accepted": one.account.hostile + one.hub.repeats,
            "misled": misled,
            "exceptions": len(one.hub.errors) + sum(_tracebacks(node) for node in world.nodes),
            "fresh meanwhile": 100 * fresh,
            "provisioned again": again,
            "not accounted": len(complaints),
        }


def _hide_the_last_device(one: Site) -> None:
    places = one.world.air.space.places
    hidden = one.devices[_ONLY_THE_SECOND].hex(":")
    places |= {hidden: (0, 0), one.sensors[1].name: (0, 0), one.sensors[0].name: (3000, 0)}


def _count_orders(one: Site) -> Counter[str]:
    """Return a counter of the orders that each sensor node carries out."""
    obeyed: Counter[str] = Counter()

    def note(name: str, line: Any) -> None:
        obeyed[name] += line.kind == "log" and "carried out" in line.payload

    for node in one.sensors:
        node.on_line(functools.partial(note, node.name))
    return obeyed


async def _live_several_lives(one: Site) -> None:
    """Give the attacker frames of several epochs, orders, and frames from before the display node's restart."""
    for duty in (90, 100):  # of two orders the older one would do harm
        await one.world.sleep(6)
        for node in one.sensors:
            await one.display.command("node", mac=node.mac.hex().upper(), scan_duty=duty)
    for board in (*one.sensors, one.display, one.sensors[0]):
        await one.world.sleep(_EPOCH_S)
        board.reset()
    await one.world.sleep(_EPOCH_S)


async def _shoot(one: Site, attacker: Attacker, arsenal: Arsenal, frames: int) -> None:
    for number in range(frames):
        to, source, message, broadcast = arsenal.shot()
        shoot = functools.partial(attacker.send, to, source, message, broadcast)
        one.world.timeline.after(round(number * _EVERY_S * 1e6), shoot)
    await one.world.sleep(frames * _EVERY_S)


def _mislead(arsenal: Arsenal, node: Node) -> None:
    """Answer a question with an old answer, while its sender listens."""
    to, source, message, broadcast = arsenal.old_answer(node)
    arsenal.attacker.send(to, source, message, broadcast)


def _count_moves(one: Site) -> Counter[object]:
    """Return a counter of how often each board changes its channel from now on."""
    moves: Counter[object] = Counter()

    def note(entry: dict[str, object]) -> None:
        moves[entry.get("node")] += entry["event"] == "channel"

    one.world.observe(note)
    return moves


async def _provision_anew(one: Site) -> float:
    """Erase a sensor node; return the s from its new keys to its first reading at the hub."""
    node = one.sensors[1]
    node.erase_flash()
    node.give_power()
    while not (await node.wait_line("hello", 20)).payload.count('"provisioned":false'):
        pass
    await node.command("provision", **settings(node, "sensor"))
    since, known = one.world.now, one.hub.known()
    device = one.devices[_ONLY_THE_SECOND]
    await one.world.until(lambda: one.hub.first_since(device, since, known), 60, 0.1)
    return one.world.now - since


def _tracebacks(node: Node) -> int:
    return node.uart.text.count("Traceback") + bool(node.crash)


BARS = [
    Bar(
        "hostile-frames",
        "Forged, damaged, foreign and played-back frames, over restarts, directions and nodes.",
        _measure,
        {
            "frames": Goal("", digits=0),
            "accepted": Goal("", at_most=0, digits=0),
            "accepted without replay window": Goal("", digits=0),
            "misled": Goal("", at_most=0, digits=0),
            "exceptions": Goal("", at_most=0, digits=0),
            "fresh meanwhile": Goal("%", at_least=99.8, digits=2),
            "provisioned again": Goal("s", at_most=10, digits=1),
            "not accounted": Goal("", at_most=0, digits=0),
        },
        seeds=1,
    )
]
