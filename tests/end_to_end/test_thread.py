"""A captured Victron advertisement becomes a Home Assistant sensor, and nothing else does."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from simulator.world import World
from tests.simulator.sabotage import firmware_without

from .sabotage import parse_without_crc
from .thread import PATIENCE_S, Thread, captured_vectors

GOLDEN = Path(__file__).parent / "battery_page.txt"
LABELS = 4  # lines of text, two rows of pixels each
DISCHARGING_SHUNT = [one for one in captured_vectors() if one["expected"].get("ttg_min")][:1]
ONE_SHUNT = [one for one in captured_vectors() if one["record_type"] == "0x02"][:1]

# What is taken out (file, guard, instead), and the attack that only this guard stops.
DISPLAY_GUARDS = {
    "tag check": ("protocol/radio_frame.py", "raise BadTag", "pass", Thread.forge_a_frame),
    "replay window": ("protocol/replay.py", "raise Replayed", "pass", Thread.replay),
}
# A main that starts, says hello and can be provisioned, but does not do its node's work.
MAINS = {
    "sensor": ("sensor/main.py", "node.prepare()", "pass"),
    "display": ("display/main.py", "DisplayNode(app, link).prepare()", "pass"),
}


@pytest.fixture
async def world(socket_enabled: None) -> AsyncGenerator[World]:
    async with World() as world:
        yield world


async def test_every_captured_advertisement_shows_as_expected_whatever_an_attacker_sends(
    hass: HomeAssistant, world: World
) -> None:
    thread = Thread(hass, world)
    await thread.start()

    assert await thread.wrong() == []
    assert await thread.wrong_after(Thread.damage_a_line) == []
    assert await thread.wrong_after(Thread.forge_a_frame) == []
    assert await thread.wrong_after(Thread.replay) == []

    refused = (await thread.display.command("counters"))["refused"]
    assert refused["bad_tag"] == 1
    assert refused["replayed"] >= 1
    assert thread.entry.runtime_data.counters["bad_crc"] == 1


async def test_the_thread_fails_without_the_crc_check(
    hass: HomeAssistant, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = Thread(hass, world, ONE_SHUNT)
    await thread.start()
    assert await thread.wrong() == []
    assert await thread.wrong_after(Thread.damage_a_line) == []

    parse_without_crc(monkeypatch)

    assert "soc_pct" in str(await thread.wrong_after(Thread.damage_a_line))


@pytest.mark.parametrize("guard", DISPLAY_GUARDS)
async def test_the_thread_fails_without_a_guard_of_the_display_node(
    hass: HomeAssistant, world: World, tmp_path: Path, guard: str
) -> None:
    file, check, instead, attack = DISPLAY_GUARDS[guard]
    firmware = firmware_without(tmp_path, file, check, instead)
    thread = Thread(hass, world, ONE_SHUNT, display_firmware=firmware)
    await thread.start()
    assert await thread.wrong() == []

    assert "soc_pct" in str(await thread.wrong_after(attack))


@pytest.mark.parametrize("role", MAINS)
async def test_the_thread_fails_without_the_main_of_a_node(
    hass: HomeAssistant, world: World, tmp_path: Path, role: str
) -> None:
    firmware = firmware_without(tmp_path, *MAINS[role])
    thread = Thread(hass, world, ONE_SHUNT, patience_s=5, **{f"{role}_firmware": firmware})
    await thread.start()

    assert await thread.wrong() != []


async def test_the_display_node_shows_the_battery_once_home_assistant_gave_it_the_key(
    hass: HomeAssistant, world: World
) -> None:
    golden = GOLDEN.read_text()
    thread = Thread(hass, world, DISCHARGING_SHUNT)
    await thread.start()
    assert await thread.wrong() == []
    await thread.go_on(4)  # by one frame alone no key is believed
    await world.until(lambda: picture(thread) == golden, PATIENCE_S)

    subentry = next(iter(thread.entry.subentries))
    hass.config_entries.async_remove_subentry(thread.entry, subentry)

    await world.until(lambda: picture(thread) != golden, PATIENCE_S)


def picture(thread: Thread) -> str:
    """Return what is on the screen below its first line, where the age of the reading counts up."""
    return "\n".join(thread.display.oled.text().splitlines()[LABELS:]) + "\n"
