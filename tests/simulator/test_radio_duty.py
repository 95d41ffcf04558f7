"""A sensor node on a battery: wake, scan, send, listen, sleep; and nothing is written to flash."""

from pathlib import Path

from simulator import World
from simulator.hostile import Attacker
from simulator.standins._operations import DEEP_SLEEP

from .sabotage import Guard, firmware_without_all
from .site import Site

SLEEP_S = 15
READINGS = 1
SOON = ("sensor/duty.py", "GRACE_S = 120", "GRACE_S = 2")  # two minutes cost too much here


async def asleep(world: World, folder: Path, *guards: Guard) -> Site:
    """Let a sensor node sleep between short wakes."""
    paths = firmware_without_all(folder, [SOON, *guards])
    site = await Site(world, sensor_firmware=paths).start()
    await site.sensor.command("set", sleep_s=SLEEP_S)
    await site.world.until(lambda: site.sensor.cause == DEEP_SLEEP, 2 * SLEEP_S, 1)
    return site


def writes(site: Site) -> tuple[int, int]:
    """Return how often the flash and NVS of the sensor node were written."""
    return site.sensor.chip.writes, site.sensor.nvs.writes


async def test_it_delivers_at_each_wake_and_writes_nothing(world: World, tmp_path: Path):
    site = await asleep(world, tmp_path)
    attacker = Attacker(world)
    before, restarts = writes(site), site.sensor.restarts
    gained = await site.gained(20 * SLEEP_S)
    wakes = site.sensor.restarts - restarts
    print(f"{wakes} wakes, {gained} readings")
    assert 18 <= wakes <= 21
    assert gained >= 3 * wakes  # each of the three devices
    assert writes(site) == before
    told = f'"interval_s":{SLEEP_S}'
    await site.display.wait_line("node", 2 * SLEEP_S, lambda line: told in line.payload)
    attacker.replay(attacker.recorded(site.sensor.mac, READINGS)[:30], site.display)
    await world.sleep(2)
    assert (await site.refused())["replayed"] == 30


async def test_after_power_was_lost_a_new_epoch_begins(world: World, tmp_path: Path):
    site = await asleep(world, tmp_path)
    before = writes(site)
    site.sensor.power_cycle()
    assert await site.gained(10) >= 6
    assert writes(site)[1] > before[1]


async def test_without_its_memory_it_would_wear_the_flash(world: World, tmp_path: Path):
    site = await asleep(world, tmp_path, ("sensor/duty.py", "node.put_by(sleep_s)", "pass"))
    before = writes(site)
    await world.sleep(3 * SLEEP_S)
    assert writes(site) != before


async def hears_nothing(site: Site) -> int:
    """Return how many readings come through where nobody can tell it the floor."""
    site.world.air.conditions.set({"links": {"display>sensor": {"loss": 1}}})
    return await site.gained(4 * SLEEP_S)


async def test_it_delivers_although_it_hears_nothing(world: World, tmp_path: Path):
    assert await hears_nothing(await asleep(world, tmp_path)) >= 6


async def test_without_its_sequence_it_would_be_refused(world: World, tmp_path: Path):
    guard = ("sensor/node.py", "past.sequence = self._session.sequence", "pass")
    assert await hears_nothing(await asleep(world, tmp_path, guard)) < 6


async def test_an_order_reaches_a_sleeping_node(world: World, tmp_path: Path):
    site = await asleep(world, tmp_path)
    mac = site.sensor.mac.hex().upper()
    await site.display.command("node", mac=mac, name="Heck")
    await world.sleep(2 * SLEEP_S)
    assert (await site.display.command("node", mac=mac))["pending"] == 0


async def test_it_sleeps_although_the_display_node_is_off(world: World, tmp_path: Path):
    site = await asleep(world, tmp_path)
    await site.display.stop()
    restarts = site.sensor.restarts
    await world.sleep(5 * SLEEP_S)
    assert 4 <= site.sensor.restarts - restarts <= 6
