"""A sensor node that hears nothing still delivers; listening costs next to nothing."""

from pathlib import Path

import pytest

from simulator import World
from simulator.hostile import Attacker

from .sabotage import Guard, firmware_without_all
from .site import Site

READINGS, RECEIPT = 1, 4
UPLINK, SESSION = "sensor/uplink.py", "sensor/session.py"
# five minutes cost too much here; that it is five stands in uplink.py
SOON: Guard = (UPLINK, "LEAP_MS = 300_000", "LEAP_MS = 30_000")
# a pause of the scan costs a few milliseconds every other second
MOST_PAUSED = 0.02


def never_hears(site: Site) -> None:
    """Let whatever is sent to the sensor node get lost, as where reception does not work at all."""
    site.world.air.conditions.set({"links": {"display>sensor": {"loss": 1}}})


async def delivers_without_hearing_anything(site: Site) -> bool:
    never_hears(site)
    site.sensor.power_cycle()
    await site.world.sleep(8)
    return await site.gained(10) >= 7


async def gets_above_a_ceiling_nobody_tells_it(site: Site) -> bool:
    """The display node restarts, and accepts only what is 4096 numbers further on."""
    never_hears(site)
    await site.world.sleep(8)
    site.display.reset()
    site.move(site.channel)
    assert await site.gained(10) == 0
    await site.world.sleep(20)
    return await site.gained(10) >= 7


CASES: dict[str, tuple[object, Guard]] = {
    "broadcast": (
        delivers_without_hearing_anything,
        (UPLINK, "if sweep >= PATIENCE:", "if False:"),
    ),
    "leap": (gets_above_a_ceiling_nobody_tells_it, (UPLINK, "self._session.leap()", "pass")),
}


@pytest.mark.parametrize("name", CASES)
async def test_the_uplink_does_not_depend_on_the_downlink(world: World, tmp_path: Path, name: str):
    paths = firmware_without_all(tmp_path, [SOON])
    site = await Site(world, sensor_firmware=paths).start()
    assert await CASES[name][0](site)
    assert site.repeats == 0


@pytest.mark.parametrize("name", CASES)
async def test_without_its_guard_it_does(world: World, tmp_path: Path, name: str):
    scenario, guard = CASES[name]
    paths = firmware_without_all(tmp_path, [SOON, guard])
    assert not await scenario(await Site(world, sensor_firmware=paths).start())


async def test_what_was_broadcast_cannot_be_played_back(world: World):
    site = await Site(world).start()
    attacker = Attacker(world)
    never_hears(site)
    site.sensor.power_cycle()
    await world.sleep(10)
    loot = attacker.recorded(site.sensor.mac, READINGS)
    assert any(frame.destination == b"\xff" * 6 for frame in loot)
    await site.sensor.stop()
    await world.sleep(70)  # then the nonce alone would no longer tell
    attacker.replay(loot, site.display)
    await world.sleep(3)
    assert site.repeats == 0
    assert (await site.refused())["replayed"] >= len({frame.message for frame in loot}) - 1


async def test_listening_costs_hardly_any_advertisement(world: World):
    pauses: list[tuple[float, bool]] = []
    site = await Site(world).start()
    world.observe(
        lambda entry: (
            pauses.append((world.now, bool(entry["on"])))
            if entry["event"] == "scan" and entry["node"] == site.sensor.name
            else None
        )
    )
    await world.sleep(30)
    off = [at for at, on in pauses if not on]
    on = [at for at, on in pauses if on]
    paused = sum(end - start for start, end in zip(off, on, strict=False))
    print(f"{len(off)} windows in 30 s, {paused / 30:.2%} of the scan")
    assert 10 <= len(off) <= 16
    assert paused / 30 < MOST_PAUSED
