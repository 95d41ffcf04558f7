"""Victron devices that play captures: each verbatim first, then its plaintext under new nonces.

On the air a nonce lasts a second and a message is repeated about every 200 ms (reference: Victron's
own receiver, and published captures). A captured nonce can therefore be sent for one second only.
"""

import functools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .envelope import nonce_of, open_envelope, seal_envelope
from .foreign import ForeignSource

if TYPE_CHECKING:
    from .world import World

FLAGS = bytes.fromhex("020106")
COMPANY = bytes.fromhex("E102")
_NONCE_US = 1_000_000
_REPEAT_US = 200_000
_JITTER_US = 10_000  # the random delay every advertiser adds


def advertisement(md: bytes) -> bytes:
    """Return the AD structures as on air."""
    return FLAGS + bytes([3 + len(md), 0xFF]) + COMPANY + md


@dataclass(slots=True)
class Device:
    """One device: who it is, what was captured of it, what else it plays."""

    name: str
    address: bytes
    captures: list[bytes]
    key: bytes | None = None
    payloads: list[bytes] = field(default_factory=list)  # of other devices of this record type
    rssi: int = -70
    silent: bool = False  # as while a phone is connected


@dataclass(frozen=True, slots=True)
class Now:
    """What a device sends at this moment."""

    name: str
    key: bytes | None
    md: bytes
    nonce: int
    payload: bytes | None  # plaintext, where the key is known


class _Player:
    """The messages of one device, one a second."""

    def __init__(self, device: Device, period_s: int) -> None:
        self.device = device
        self._period = period_s
        self._second = -1
        self._template = device.captures[-1]
        self._nonce = nonce_of(self._template)
        self.md = device.captures[0]
        self.payload: bytes | None = None
        self._payloads = self._all_payloads()

    def _all_payloads(self) -> list[bytes]:
        key = self.device.key
        if key is None:
            return []
        return [open_envelope(md, key) for md in self.device.captures] + self.device.payloads

    def count_from(self, nonce: int) -> None:
        """Go on behind this nonce."""
        self._nonce = nonce & 0xFFFF

    def next_second(self) -> None:
        """Go on to the message of the next second."""
        self._second += 1
        captures = self.device.captures
        if self._second < len(captures):
            self.md = captures[self._second]
            self.payload = self._payloads[self._second] if self._payloads else None
            return
        if self.device.key is None:
            return  # without a key only what was captured
        self._nonce = self._nonce + 1 & 0xFFFF
        turn = (self._second - len(captures)) // self._period
        self.payload = self._payloads[turn % len(self._payloads)]
        self.md = seal_envelope(self._template, self.device.key, self._nonce, self.payload)


class ReplaySource:
    """Several devices, with foreign advertisements between theirs."""

    def __init__(self, devices: list[Device], period_s: int = 10, foreign: bool = True) -> None:
        self.devices = devices
        self.sent = 0  # advertisements, repeats included
        self.messages: Counter[bytes] = Counter()  # by address; repeats are the same message
        self.withheld: Counter[bytes] = Counter()  # nonces that passed while a phone was connected
        self._counted: dict[bytes, int] = {}  # the newest nonce in either
        self._players = {device.address: _Player(device, period_s) for device in devices}
        self._foreign = ForeignSource() if foreign else None
        self._world: World | None = None

    def start(self, world: World) -> None:
        """Begin to advertise."""
        self._world = world
        for number, player in enumerate(self._players.values()):
            # devices are not in step with each other
            offset = number * _REPEAT_US // (len(self._players) + 1)
            world.timeline.after(offset, functools.partial(self._second, player))
        if self._foreign is not None:
            self._foreign.start(world)

    def stop(self) -> None:
        """End."""
        self._world = None
        if self._foreign is not None:
            self._foreign.stop()

    def restart(self, device: Device, nonce: int) -> None:
        """Have a device count from elsewhere, as after it was without power."""
        self._players[device.address].count_from(nonce)

    def now(self) -> dict[bytes, Now]:
        """Return by address what every device sends at this moment."""
        return {
            address: Now(
                player.device.name,
                player.device.key,
                player.md,
                nonce_of(player.md),
                player.payload,
            )
            for address, player in self._players.items()
        }

    def _second(self, player: _Player) -> None:
        """Begin a device's next message and plan its repeats."""
        world = self._world
        if world is None:
            return
        player.next_second()
        self._count(player)
        for repeat in range(_NONCE_US // _REPEAT_US):
            delay = repeat * _REPEAT_US + world.random.randrange(_JITTER_US)
            world.timeline.after(delay, lambda: self._advertise(player))
        world.timeline.after(_NONCE_US, lambda: self._second(player))

    def _count(self, player: _Player) -> None:
        """Count a new message; garbage under the last nonce, as at power-off, is none."""
        address, nonce = player.device.address, nonce_of(player.md)
        if self._counted.get(address) != nonce:
            self._counted[address] = nonce
            (self.withheld if player.device.silent else self.messages)[address] += 1

    def _advertise(self, player: _Player) -> None:
        if self._world is None or player.device.silent:
            return
        self.sent += 1
        device = player.device
        self._world.advertise(device.address, advertisement(player.md), device.rssi)
