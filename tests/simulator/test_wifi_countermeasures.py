"""A display node with Wi-Fi goes on hearing its sensor nodes; each rule for that is needed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from simulator import World
from simulator.access_point import AccessPoint

from .sabotage import firmware_without
from .site import Site

WIFI = "display/wifi.py"
CONNECTED_S = 30


async def _connect(site: Site) -> AccessPoint:
    """Give the display node an access point on another channel, and wait until all have followed."""
    point = AccessPoint(site.world, channel=11)
    await site.display.command(
        "set", wifi_mode="station", wifi_ssid=point.ssid, wifi_password=point.key
    )
    await site.world.until(lambda: site.display.station.has_ip, CONNECTED_S, 0.1)
    await site.world.sleep(10)
    return point


async def sleeps_through_no_frame(site: Site) -> bool:
    await _connect(site)
    before = site.world.air.attempts["asleep"]
    await site.world.sleep(10)
    return site.world.air.attempts["asleep"] == before


async def is_heard_without_its_access_point(site: Site) -> bool:
    """The driver by itself would search on all channels without end."""
    point = await _connect(site)
    point.switch(False)
    await site.world.sleep(15)
    return await site.gained(30) >= 70


CASES: list[tuple[Callable[[Site], Awaitable[bool]], str, str]] = [
    (sleeps_through_no_frame, "self._station.config(pm=NO_PM)", "pass"),
    (is_heard_without_its_access_point,
     "self._station.config(reconnects=0)  # pyright: ignore[reportArgumentType]", "pass"),
]  # fmt: skip
_NAMES = [scenario.__name__ for scenario, _, _ in CASES]


@pytest.mark.parametrize(("scenario", "guard", "instead"), CASES, ids=_NAMES)
async def test_a_display_node_with_wifi(
    world: World, scenario: Callable[[Site], Awaitable[bool]], guard: str, instead: str
):
    assert await scenario(await Site(world).start())


@pytest.mark.parametrize(("scenario", "guard", "instead"), CASES, ids=_NAMES)
async def test_a_display_node_with_wifi_but_without_the_rule(
    world: World,
    tmp_path: Path,
    scenario: Callable[[Site], Awaitable[bool]],
    guard: str,
    instead: str,
):
    paths = firmware_without(tmp_path, WIFI, guard, instead)
    assert not await scenario(await Site(world, paths, paths).start())
