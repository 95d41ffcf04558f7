"""The sum check: every nonce ends in one fate, each fault in its own, and the boards count the same."""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import Node, World, scenario
from simulator.accounts import Account
from simulator.air import Outcome
from simulator.hostile import Attacker, Neighbour, flipped, forge
from simulator.provision import provision, site_key_of
from simulator.replay import advertisement
from simulator.world import FIRMWARE

from .sabotage import Guard, firmware_without, firmware_without_all
from .test_air_bars import BAD_AIR

READINGS = 1
FOUND_S = 4
SETTLE_S = 4
_MD = bytes.fromhex("100289A3020100550011223344556677")


class Trailer:
    """Boards, the trailer's devices, and the account of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sensors: list[Node] = []
        self.source = scenario.load("trailer")

    async def start(self, sensors: int = 1, paths: tuple[Path, ...] = FIRMWARE) -> Trailer:
        start = self.world.start_node
        self.display = await start("display", tcp=None, paths=paths)
        self.account = Account(self.world, self.display)
        self.sensors = [await start("sensor", tcp=None, paths=paths) for _ in range(sensors)]
        for node in self.world.nodes:
            await provision(node, node.name.partition("-")[0])
        self.world.add_source(self.source)
        await self.world.sleep(FOUND_S)
        return self

    async def hold_back(self) -> None:
        """Let the first sensor node lose the display node, then the devices; it sends what it still has."""
        air = self.world.air
        air.conditions.set({"links": {"sensor>display": {"loss": 1}}})
        await self.world.sleep(1.5)
        far = {device.address.hex(":"): (3000.0, 0.0) for device in self.source.devices}
        air.space.places |= far | {"sensor": (0.0, 0.0)}
        await self.world.sleep(1.5)
        air.conditions.set({"links": {}})
        await self.world.sleep(8)

    async def sum_up(self) -> Counter[str]:
        """Let everything come to rest; the sums must be right."""
        self.source.stop()
        self.world.air.conditions.set({"loss": 0, "bursts": None, "adjacent_ack": 0, "links": {}})
        await self.world.sleep(SETTLE_S)
        assert await self.account.close() == []
        sent = self.account.sent
        assert all(sent[mac] == count for mac, count in self.source.messages.items())
        assert self.account.total.total() == self.account.sent.total()
        return self.account.total


async def nothing(trailer: Trailer) -> None:
    await trailer.world.sleep(5)


async def heavy_loss(trailer: Trailer) -> None:
    trailer.world.air.conditions.set({"loss": 0.4, "bursts": {"every_s": 8, "length_s": 4}})
    await trailer.world.sleep(24)


async def bad_bluetooth(trailer: Trailer) -> None:
    trailer.world.advert_loss = 0.7
    await trailer.world.sleep(10)


async def a_far_device(trailer: Trailer) -> None:
    places = trailer.world.air.space.places
    places[trailer.source.devices[0].address.hex(":")] = (900, 0)
    places["sensor"] = (0, 0)
    await trailer.world.sleep(3)


async def a_question(trailer: Trailer) -> None:
    """The scan pauses for longer than a message lasts: thirteen channels without an answer."""
    trailer.display.radio.channel = 1
    trailer.display.radio.espnow = False
    await trailer.world.sleep(20)


async def the_next_channel(trailer: Trailer) -> None:
    trailer.world.air.conditions.set({"adjacent_ack": 1, "adjacent_delivery": 0})
    trailer.display.radio.channel = 7
    await trailer.world.sleep(3)


async def a_sensor_restart(trailer: Trailer) -> None:
    """It holds what it could not send, and is away for longer than a message lasts."""
    trailer.world.air.conditions.loss = 1
    await trailer.world.sleep(2)
    trailer.world.air.conditions.loss = 0
    trailer.sensors[0].power_cycle(1.5)
    await trailer.world.sleep(8)


async def a_sensor_without_power(trailer: Trailer) -> None:
    trailer.sensors[0].power_cycle(5)
    await trailer.world.sleep(12)


async def a_display_restart(trailer: Trailer) -> None:
    trailer.display.reset()
    await trailer.world.sleep(12)


async def a_cut_line(trailer: Trailer) -> None:
    """The cable is pulled just as readings have come in, before their lines are out."""
    world, display = trailer.world, trailer.display
    life = display.life

    def pull(outcome: Outcome) -> None:
        readings = outcome.frame.message[1] & 0x3F == READINGS
        if readings and outcome.receiver == display.name and display.life == life:
            world.timeline.after(5000, lambda: display.unplug() if display.running else None)

    world.air.watch(pull)
    await world.sleep(2)
    assert display.off
    display.plug()
    await world.sleep(12)


async def a_full_ring(trailer: Trailer) -> None:
    radio = trailer.display.radio
    room = radio.buffer_size
    radio.buffer_size = 60  # acknowledged all the same
    await trailer.world.sleep(2)
    radio.buffer_size = room
    await trailer.world.sleep(2)


async def a_damaging_air(trailer: Trailer) -> None:
    """Every fifth frame arrives with one bit changed, although its check sum should not let it."""
    number = 0

    def damage(frame: Any) -> bytes:
        nonlocal number
        number += 1
        return flipped(frame.message, 300) if number % 5 == 0 else frame.message

    trailer.world.corrupt(damage)
    await trailer.world.sleep(10)


async def a_full_table(trailer: Trailer) -> None:
    """More devices than a sensor node has room for, and it has to start with them."""
    trailer.source.stop()
    trailer.sensors[0].reset()
    await trailer.world.sleep(3)
    for number in range(30):
        trailer.world.advertise(bytes([0xC0, 0, 0, 0, 0, number]), advertisement(_MD))
    await trailer.world.sleep(2)


FAULTS: list[tuple[Callable[[Trailer], Awaitable[None]], str]] = [
    (heavy_loss, "replaced"),
    (bad_bluetooth, "ble_loss"),
    (a_far_device, "out_of_range"),
    (a_question, "not_scanning"),
    (the_next_channel, "air: adjacent"),
    (a_sensor_restart, "sensor_restarted"),
    (a_sensor_without_power, "board_off"),
    (a_display_restart, "refused: replayed"),
    (a_cut_line, "no_line"),
    (a_full_ring, "air: overflow"),
    (a_damaging_air, "refused: bad_tag"),
    (a_full_table, "table_full"),
]


@pytest.mark.parametrize(("fault", "fate"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
async def test_every_fault_ends_messages_in_a_fate_of_its_own(
    world: World, fault: Callable[[Trailer], Awaitable[None]], fate: str
):
    trailer = await Trailer(world).start()
    assert fate not in trailer.account.total
    await fault(trailer)
    total = await trailer.sum_up()
    assert total[fate] > 0
    assert total["shown"] > 0


async def test_without_faults_everything_is_shown(world: World):
    trailer = await Trailer(world).start()
    await world.sleep(10)
    assert set(await trailer.sum_up()) == {"shown"}


async def test_devices_that_a_sensor_node_may_not_relay_are_a_fate_too(world: World):
    trailer = await Trailer(world).start()
    sensor, one = trailer.sensors[0], trailer.source.devices[0].address
    await sensor.command("set", allow=[one.hex().upper()])
    trailer.account.allowed[sensor.name] = {one}
    await world.sleep(5)
    assert (await trailer.sum_up())["not_allowed"] >= 8


async def test_a_sensor_node_that_sleeps_between_adds_up(world: World):
    trailer = await Trailer(world).start()
    await trailer.sensors[0].command("set", sleep_s=10)
    await world.sleep(160)  # for the first two minutes it stays awake
    total = await trailer.sum_up()
    assert total["board_off"] > 60
    assert total["shown"] > 15


async def test_a_connected_phone_takes_nonces_from_the_air(world: World):
    trailer = await Trailer(world).start()
    device = trailer.source.devices[0]
    device.silent = True
    await world.sleep(5)
    device.silent = False
    await world.sleep(5)
    await trailer.sum_up()
    assert trailer.source.withheld[device.address] == 5
    assert trailer.account.sent[device.address] == 9


async def test_of_two_sensor_nodes_that_hear_the_same_one_copy_counts(world: World):
    trailer = await Trailer(world).start(sensors=2)
    await trailer.hold_back()
    assert set(await trailer.sum_up()) == {"shown"}
    counters = await trailer.display.command("counters")
    assert counters["repeats"] > 5
    assert counters["late"] > 0


async def test_what_was_forged_or_played_back_is_refused_in_the_account_too(world: World):
    trailer = await Trailer(world).start()
    attacker = Attacker(world)
    sensor, display = trailer.sensors[0], trailer.display
    await world.sleep(5)
    attacker.replay(attacker.recorded(sensor.mac, READINGS), display)
    attacker.send(
        display, sensor.mac, flipped(forge(site_key_of(world), sensor.mac, display.mac), -1)
    )
    await world.sleep(3)
    assert set(await trailer.sum_up()) == {"shown"}
    refused = (await display.command("counters"))["refused"]
    assert refused["replayed"] > 2
    assert refused["bad_tag"] == 1


async def test_everything_at_once_adds_up(world: World):
    trailer = await Trailer(world).start(sensors=2)
    world.air.conditions.set(BAD_AIR | {"adjacent_ack": 0.3})
    world.add_source(Neighbour(6, 5))
    for fault in (a_sensor_restart, a_full_ring, a_display_restart, a_damaging_air, a_cut_line):
        await fault(trailer)
        world.air.conditions.set(BAD_AIR)
    total = await trailer.sum_up()
    assert len(total) >= 5


# Each counter of the firmware, miscounting: file, what stands there, what stands there instead.
MISCOUNTS = {
    "seen": ("sensor/advert_table.py", "self.seen += 1", "self.seen += nonce(header) & 1"),
    "replaced": ("sensor/advert_table.py", "self.replaced += (((", "self.replaced += 0 * ((("),
    "sent": ("sensor/uplink.py", "self.sent += self._held", "self.sent += self._held > 1"),
    "late": ("display/registry.py", "self.late += 1", "pass"),
    "refused": ("display/gateway.py", "self.refused.add(error.reason)\n        if", "if"),
    "a line": ("display/relay.py", "if device:", "if device and device.nonce % 16:"),
}


@pytest.mark.parametrize("miscount", MISCOUNTS)
async def test_a_counter_that_leaves_something_out_is_found(
    world: World, tmp_path: Path, miscount: str
):
    trailer = await Trailer(world).start(2, firmware_without(tmp_path, *MISCOUNTS[miscount]))
    attacker = Attacker(world)
    await trailer.hold_back()
    attacker.replay(attacker.recorded(trailer.sensors[1].mac, READINGS), trailer.display)
    with pytest.raises(AssertionError):
        await trailer.sum_up()
    assert trailer.account.complaints


# A display node without memory at one place now and then, and the counter that tells.
NO_MEMORY: dict[str, tuple[Guard, str]] = {
    "for a frame": (
        (
            "display/gateway.py",
            "        challenge = challenge_of(frame.body)\n",
            "        if frame.sequence % 32 == 5:\n            raise MemoryError\n"
            "        challenge = challenge_of(frame.body)\n",
        ),
        "unread",
    ),
    "for a reading": (
        (
            "display/registry.py",
            "        number = nonce(md)\n",
            "        number = nonce(md)\n        if number % 16 == 5:\n            raise MemoryError\n",
        ),
        "untold",
    ),
    "for a line": (
        (
            "display/reporter.py",
            "        payload = encode_advert(\n",
            "        if device.nonce % 16 == 5:\n            raise MemoryError\n"
            "        payload = encode_advert(\n",
        ),
        "untold",
    ),
}
UNTOLD: dict[str, Guard] = {
    "unread": ("display/relay.py", "self._link.received - gateway.read", "0"),
    "untold": ("display/relay.py", "gateway.untold", "0"),
}


@pytest.mark.parametrize("place", NO_MEMORY)
async def test_what_a_display_node_has_no_memory_for_is_counted(
    world: World, tmp_path: Path, place: str
):
    fault, counter = NO_MEMORY[place]
    trailer = await Trailer(world).start(1, firmware_without(tmp_path, *fault))
    await world.sleep(12)
    assert (await trailer.sum_up())["no_line"] > 0
    assert (await trailer.display.command("counters"))[counter] > 0


@pytest.mark.parametrize("place", NO_MEMORY)
async def test_what_memory_ran_out_for_and_is_not_counted_is_found(
    world: World, tmp_path: Path, place: str
):
    fault, counter = NO_MEMORY[place]
    trailer = await Trailer(world).start(
        1, firmware_without_all(tmp_path, [fault, UNTOLD[counter]])
    )
    await world.sleep(12)
    with pytest.raises(AssertionError):
        await trailer.sum_up()
