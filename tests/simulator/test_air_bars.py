"""What must come through a bad air, and what no attacker gets through: the firmware as it is."""

from pathlib import Path

from simulator import World
from simulator.hostile import Attacker, Neighbour, flipped, forge
from simulator.provision import site_key_of

from .sabotage import firmware_without_all
from .site import Site
from .test_air_countermeasures import NEVER_AGAIN, ONE_TRY

BAD_AIR = {"loss": 0.2, "bursts": {"every_s": 30, "length_s": 1}}
MEASURED_S = 300
NEW_WITHIN_S = 3
READINGS, QUERY, RECEIPT = 1, 2, 4


async def _share(world: World, site: Site) -> float:
    """Return the share of device-seconds with something new, in bad air."""
    await world.sleep(5)
    world.air.conditions.set(BAD_AIR)
    start = world.now
    await world.sleep(MEASURED_S)
    return site.share_in_time(start + NEW_WITHIN_S, world.now, NEW_WITHIN_S)


async def test_each_device_is_new_within_three_seconds_in_bad_air(world: World):
    share = await _share(world, await Site(world).start())
    print(f"with retransmission: {share:.2%}")
    assert share >= 0.995


async def test_without_any_retransmission_clearly_fewer_are(world: World, tmp_path: Path):
    paths = firmware_without_all(tmp_path, (ONE_TRY, NEVER_AGAIN))
    site = await Site(world, paths, paths).start()
    world.air.conditions.attempts = 1
    share = await _share(world, site)
    print(f"without: {share:.2%}")
    assert share < 0.99


async def test_every_attack_is_refused_by_its_reason(world: World):
    """Recorded before a restart, under another address, the other way round, damaged, foreign."""
    site = await Site(world).start()
    display, sensor = site.display, site.sensor
    attacker = Attacker(world)
    sensor.reset()
    await world.sleep(6)
    readings = attacker.recorded(sensor.mac, READINGS)[:5]
    assert len(readings) == 5
    downwards = [one for one in attacker.frames if one.source == display.mac][:1]
    sensor.reset()  # to another epoch
    await world.sleep(6)
    refused = await site.refused()
    stranger = bytes.fromhex("025E50000099")

    attacker.replay(readings, display)  # of the epoch before
    attacker.replay(readings, display, source=stranger)
    attacker.replay(downwards, display)
    attacker.send(display, sensor.mac, flipped(readings[0].message, -1))
    attacker.send(display, sensor.mac, forge(bytes(16), sensor.mac, display.mac))
    attacker.send(display, sensor.mac, forge(site_key_of(world), stranger, display.mac))
    await world.sleep(3)

    after = await site.refused()
    grown = {reason: count - refused.get(reason, 0) for reason, count in after.items()}
    assert {reason: count for reason, count in grown.items() if count} == {
        "replayed": 5,
        "bad_tag": 7,  # under another address, damaged, and signed with another node's key
        "wrong_direction": 1,
        "foreign_site": 1,
    }
    assert site.repeats == 0


async def test_what_is_played_back_to_a_sensor_node_moves_nothing(world: World):
    site = await Site(world).start()
    display, sensor = site.display, site.sensor
    attacker = Attacker(world)
    sensor.reset()
    await world.sleep(6)
    question = attacker.recorded(sensor.mac, QUERY)[-1]
    readings = attacker.recorded(sensor.mac, READINGS)[-1]
    receipt = attacker.recorded(display.mac, RECEIPT)[-1]
    stranger = bytes.fromhex("025E50000099")

    def play() -> None:
        attacker.replay([question, readings, receipt], sensor, every_s=0.005)
        attacker.replay([receipt], sensor, source=stranger)

    attacker.react(sensor.mac, (READINGS,), play)
    assert await site.gained(25) >= 73
    counters = await site.counters(sensor)
    assert counters["refused"]["wrong_direction"] >= 1
    assert counters["sweeps"] == 0  # it never believed that the display node was gone
    assert site.repeats == 0


async def test_readings_flow_through_a_flood_of_forged_frames(world: World):
    site = await Site(world).start()
    forged = flipped(forge(site_key_of(world), site.sensor.mac, site.display.mac), -1)
    flood = Neighbour(
        site.channel, 200, destination=site.display.mac, source=site.sensor.mac,
        message=lambda number: forged, name="flood",
    )  # fmt: skip
    world.add_source(flood)
    assert await site.gained(10) >= 28
    refused = await site.refused()  # the console answers too
    assert refused["bad_tag"] >= 1900
    assert world.air.fates["overflow"] == 0


async def test_every_frame_of_the_firmware_is_accounted_for(world: World):
    site = await Site(world).start()
    world.air.conditions.set(BAD_AIR | {"adjacent_ack": 0.3})
    world.add_source(Neighbour(site.channel, 5))
    await world.sleep(20)
    site.sensor.reset()
    await world.sleep(10)
    site.display.reset()
    site.move(site.channel)
    await world.sleep(20)
    air = world.air
    assert sum(air.fates.values()) + air.pending == air.expected
    assert air.pending == sum(len(node.radio.queue) for node in world.nodes)
