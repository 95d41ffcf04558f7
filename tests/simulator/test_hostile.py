"""Strangers on the air, seen by a board without any countermeasure."""

import pytest

from simulator import World
from simulator.hostile import Attacker, Neighbour, flipped, forge

from .conftest import StartScript, said
from .radio_scripts import RADIO, got, listener, send

_SITE = bytes(range(16))


async def test_a_neighbour_is_heard_on_its_channel_only(world: World, start_script: StartScript):
    same = await listener(world, start_script, 6)
    other = await listener(world, start_script, 11)
    neighbour = Neighbour(6, per_second=10)
    world.add_source(neighbour)
    await world.sleep(3)
    neighbour.stop()
    await world.sleep(0.1)
    sizes = [int(line.split()[-2]) for line in got(same)]
    assert sizes[:3] == [60, 250, 1470]
    assert len(sizes) == neighbour.sent >= 30
    assert got(other) == []


async def test_a_neighbour_out_of_range_is_not_heard(world: World, start_script: StartScript):
    node = await listener(world, start_script)
    world.air.space.places = {node.name: (0, 0), "neighbour": (3000, 0)}
    world.add_source(Neighbour(6, per_second=10))
    await world.sleep(1)
    assert got(node) == []


@pytest.mark.parametrize("on", [True, False])
async def test_before_1_29_a_long_frame_damages_the_ring(
    world: World, start_script: StartScript, on: bool
):
    world.air.conditions.ring_of_1_28 = on
    node = await start_script(
        RADIO % 6
        + """
print("ready")
time.sleep(1)
while True:
    try:
        message = radio.recv(0)[1]
    except ValueError as error:
        print(error)
        continue
    if message is None:
        break
    print("got", len(message))
print(radio.any(), "end")
"""
    )
    await said(node, "ready")
    for size in (10, 300, 20, 30):
        world.inject_frame(node, bytes(6), bytes(size))
    text = (await said(node, "end")).replace("\r", "")
    if on:
        # the long one is cut to 300 modulo 256, then what follows is taken for nonsense
        assert "got 10\ngot 44\nESPNow.recv(): buffer error\nFalse end" in text
        assert world.air.fates == {"delivered": 1, "wiped": 3}
    else:
        assert "got 10\ngot 300\ngot 20\ngot 30\nFalse end" in text


async def test_an_attacker_records_and_plays_back_under_any_address(
    world: World, start_script: StartScript
):
    attacker = Attacker(world)
    first = await listener(world, start_script)
    second = await listener(world, start_script)
    await send(start_script, first, 3)
    sender = world.nodes[-1].mac
    loot = attacker.recorded(sender)
    assert [frame.message for frame in loot] == [b"frame 0", b"frame 1", b"frame 2"]
    assert attacker.recorded(first.mac) == []
    attacker.replay(loot, to=second, source=first.mac)
    attacker.send(first, sender, flipped(loot[0].message, 0))
    await world.sleep(1)
    assert [line.split()[1:3] for line in got(second)] == [
        ["b'frame", f"{number}'"] for number in range(3)
    ]
    assert "b'grame" in got(first)[-1]
    assert len(attacker.frames) == 3  # its own are no loot


def test_a_flipped_bit_is_the_only_change():
    assert flipped(b"\x00\x00", 9) == b"\x00\x02"
    assert flipped(b"\x00\x00", -1) == b"\x00\x80"


def test_a_forged_frame_is_well_made():
    from simulator import protocol_route

    radio, keys = protocol_route.module("radio_frame"), protocol_route.module("authentication")
    source, destination = bytes(range(6)), bytes(range(6, 12))
    frame = forge(_SITE, source, destination, [(bytes(6), bytes(10))])
    opened = radio.open_frame(
        frame,
        source,
        destination,
        keys.site_tag(_SITE),
        lambda mac: keys.node_key(_SITE, mac),
        False,
    )
    assert opened.epoch == 0xFFFFFFF0
