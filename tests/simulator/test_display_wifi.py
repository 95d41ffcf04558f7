"""The display node loses its access point, opens its own, comes back; readings go on through all of it."""

import json
from typing import Any

from simulator import World
from simulator.access_point import AccessPoint

from .site import Site

FALLBACK_S = 120
BACK_S = 330  # the longest pause between two tries, and the try


def _logs(site: Site) -> list[str]:
    """Collect what the display node says of its Wi-Fi."""
    said: list[str] = []

    def note(line: Any) -> None:
        if line.kind == "log" and "Wi-Fi" in line.payload:
            said.append(line.payload)

    site.display.on_line(note)
    return said


async def _use(site: Site, point: AccessPoint, password: str | None = None) -> None:
    await site.display.command(
        "set", wifi_mode="station", wifi_ssid=point.ssid, wifi_password=password or point.key
    )


def _own_point(site: Site) -> bool:
    return site.display.radio.interfaces[1]


async def test_a_lost_access_point_gives_way_to_our_own_until_it_is_back(world: World):
    site = await Site(world).start()
    said = _logs(site)
    point = AccessPoint(world, channel=11)
    await _use(site, point)
    await world.until(lambda: site.display.station.has_ip, 30, 0.1)
    await world.sleep(10)
    assert site.display.radio.channel == 11
    point.switch(False)
    await world.until(lambda: _own_point(site), FALLBACK_S, 1)
    assert site.display.radio.channel == 11  # where the sensor node knows it
    assert await site.gained(30) >= 70
    point.move(1)
    point.switch(True)
    await world.until(lambda: site.display.station.has_ip, BACK_S, 1)
    await world.sleep(10)
    assert not _own_point(site)
    assert site.display.radio.channel == 1
    assert await site.gained(30) >= 70
    health = json.loads((await site.display.wait_line("health", 20)).payload)
    assert health["wifi"]["state"] == "connected"
    for words in ("beacons stopped", "no such network", "opening the access point", "channel 1"):
        assert any(words in line for line in said), (words, said)


async def test_a_wrong_password_is_told_as_such_and_never_the_password_itself(world: World):
    site = await Site(world).start()
    said = _logs(site)
    await _use(site, AccessPoint(world, channel=6), "not the password")
    await world.sleep(60)
    assert [line for line in said if "wrong password" in line and "home" in line]
    assert await site.gained(10) >= 20
    options = await site.display.command("options")
    assert "not the password" not in site.display.uart.text
    assert "wifi_password" not in options["options"]
    assert options["options"]["wifi_ssid"] == "home"


async def test_our_own_network_is_shown_on_the_screen_with_a_password_that_lasts(world: World):
    site = await Site(world).start()
    display = site.display
    await display.command("set", wifi_mode="ap", channel=3)
    await world.sleep(5)
    assert (_own_point(site), display.radio.channel) == (True, 3)
    pictures = []
    for _ in range(2):
        for _ in range(2):  # the page of the nodes comes first
            display.press(0, 0)
            await world.sleep(0.2)
            display.press(0, 1)
            await world.sleep(1)
        pictures.append(display.oled.rows())
        display.power_cycle()
        await world.sleep(15)
    assert pictures[0] == pictures[1]
    assert all(pictures[0][0])  # a page with a title, not the battery
    assert await site.gained(10) >= 20
