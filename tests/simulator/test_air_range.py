"""Places, walls and distance: who is heard, and how strongly."""

import pytest

from simulator import World
from simulator.conditions import Link
from simulator.space import Space, Wall

from .conftest import StartScript, said
from .radio_scripts import got, listener, send

_SCAN = """
import bluetooth
ble = bluetooth.BLE()
ble.active(True)
ble.irq(lambda event, data: event == 5 and print("heard", data[3]))
ble.gap_scan(0, 100000, 100000)
print("ready")
import time
time.sleep(1000)
"""
_ADDRESS = bytes.fromhex("c00000000001")


def test_strength_falls_with_distance_and_walls():
    space = Space()
    space.places = {"near": (0, 0), "far": (10, 0), "aside": (0, 10)}
    assert space.path_loss("near", "far") == pytest.approx(70)  # 40 dB and a decade of exponent 3
    space.walls.append(Wall((5, -1), (5, 1), 12))
    assert space.path_loss("near", "far") == space.path_loss("far", "near") == pytest.approx(82)
    assert space.path_loss("near", "aside") == pytest.approx(70)
    assert space.path_loss("near", "elsewhere") is None


@pytest.mark.parametrize(("metres", "hears"), [(20, True), (1000, False)])
async def test_a_node_out_of_range_hears_nothing(
    world: World, start_script: StartScript, metres: int, hears: bool
):
    receiver = await listener(world, start_script)
    world.air.space.places = {receiver.name: (0, 0), "sensor-2": (metres, 0)}
    assert await send(start_script, receiver) == hears
    await world.sleep(1)
    assert len(got(receiver)) == hears
    assert world.air.fates == {"delivered": 1} if hears else {"out_of_range": 1}


async def test_the_strength_is_reported(world: World, start_script: StartScript):
    receiver = await listener(world, start_script)
    world.air.conditions.rssi_noise = 0
    world.air.space.places = {receiver.name: (0, 0), "sensor-2": (10, 0)}
    await send(start_script, receiver)
    await world.sleep(1)
    assert got(receiver)[0].endswith(" -50")  # 20 dBm less 70 dB


async def test_without_places_everything_is_beside_everything(
    world: World, start_script: StartScript
):
    world.air.conditions.rssi_noise = 0
    receiver = await listener(world, start_script)
    await send(start_script, receiver)
    await world.sleep(1)
    assert got(receiver)[0].endswith(f" {world.air.conditions.rssi}")


async def test_at_the_edge_of_range_only_some_attempts_are_heard(
    world: World, start_script: StartScript
):
    receiver = await listener(world, start_script)
    world.air.conditions.links[f"sensor-2>{receiver.name}"] = Link(attenuation_db=39)
    await send(start_script, receiver, 50)
    assert world.air.attempts["out_of_range"] > 20
    assert world.air.attempts["heard"] > 20


@pytest.mark.parametrize(("metres", "hears"), [(10, True), (500, False)])
async def test_a_victron_device_out_of_range_is_not_heard(
    world: World, start_script: StartScript, metres: int, hears: bool
):
    world.air.space.places = {"sensor": (0, 0), _ADDRESS.hex(":"): (metres, 0)}
    node = await start_script(_SCAN)
    await said(node, "ready")
    for _ in range(5):
        world.advertise(_ADDRESS, b"\x02\x01\x06", rssi=-40)
        await world.sleep(0.1)
    await world.sleep(1)
    heard = [int(line.split()[1]) for line in node.uart.text.splitlines() if "heard" in line]
    assert len(heard) == (5 if hears else 0)
    assert all(-73 <= one <= -67 for one in heard)
