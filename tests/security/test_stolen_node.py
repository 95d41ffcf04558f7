"""A stolen sensor node opens nothing but its own uplink."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from simulator import protocol_route
from simulator.bars.site import Site, site
from simulator.provision import site_key_of
from simulator.without import Guard, without
from simulator.world import FIRMWARE

from .thief import Thief, memory_of
from .traces import found

WATCH_S = 15  # a receipt is asked for every other second
NO_TAG_CHECK: Guard = ("protocol/radio_frame.py", "raise BadTag", "pass")


@asynccontextmanager
async def two_sensors(paths: tuple[Path, ...] = FIRMWARE) -> AsyncIterator[Site]:
    async with site(3, number=3, sensors=2, loss=0, paths=paths, keys=True) as one:
        one.world.air.conditions.adjacent_ack = 0
        yield one


def key_of(one: Site, mac: bytes) -> bytes:
    return protocol_route.module("authentication").node_key(site_key_of(one.world), mac)


def secrets(one: Site) -> dict[str, bytes]:
    """What the thief would like to find in his board."""
    return {
        "site key": site_key_of(one.world),
        "key of the other node": key_of(one, one.sensors[1].mac),
        **{device.name: device.key for device in one.source.devices if device.key},
    }


async def test_it_holds_no_other_key_in_flash_or_memory():
    async with two_sensors() as one:
        stolen = one.sensors[0]
        own = {"own key": key_of(one, stolen.mac)}
        places = {
            "flash": [stolen.chip.content],
            "settings": [stolen.nvs._file.read_bytes(), stolen.rtc_memory],
            "memory": memory_of(stolen),
        }
        for place, pieces in places.items():
            assert found(secrets(one), pieces) == set(), place
        # The search sees: its own key is there, and the display node's memory is full of others.
        assert found(own, places["flash"])
        assert found(own, places["memory"])
        assert found(secrets(one), memory_of(one.display)) == {
            "site key", "key of the other node", *(device.name for device in one.source.devices)
        }  # fmt: skip


async def test_its_key_speaks_for_itself_alone():
    async with two_sensors() as one:
        stolen, other = one.sensors
        thief = Thief(one, stolen)
        for source in (other.mac, bytes.fromhex("240AC4DEAD00"), one.display.mac):
            thief.send_readings_as(source)
            await one.world.sleep(0.5)
        assert thief.arrived == {}
        assert (await one.display.command("counters"))["refused"]["bad_tag"] == 3
        thief.send_readings_as(stolen.mac)
        await one.world.sleep(0.5)
        assert thief.arrived == {stolen.mac.hex(): 1}


async def test_its_key_gives_no_orders_to_others():
    async with two_sensors() as one:
        stolen, other = one.sensors
        thief = Thief(one, stolen)
        thief.answer_to(other)
        await one.world.sleep(WATCH_S)
        assert thief.attacker.sent >= 5
        assert thief.orders[other.name] == 0


async def test_with_the_others_own_key_the_same_order_is_carried_out():
    """Else it would be the thief's lack of skill that the test above sees."""
    async with two_sensors() as one:
        stolen, other = one.sensors
        thief = Thief(one, stolen, key_of(one, other.mac))
        thief.answer_to(other)
        await one.world.sleep(WATCH_S)
        assert thief.orders[other.name] == 1


async def test_without_the_check_of_the_tag_he_speaks_for_others():
    with without(NO_TAG_CHECK) as paths:
        async with two_sensors(paths) as one:
            stolen, other = one.sensors
            thief = Thief(one, stolen)
            thief.send_readings_as(other.mac)
            thief.answer_to(other)
            await one.world.sleep(WATCH_S)
            assert thief.arrived == {other.mac.hex(): 1}
            assert thief.orders[other.name] == 1
