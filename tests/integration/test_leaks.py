"""What was set up and is gone leaves nothing behind, however often."""

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.device import Device
from custom_components.victron_espnow.hub import Hub
from custom_components.victron_espnow.link import Connection
from custom_components.victron_espnow.node import Node

from .conftest import SetUp, make_entry, messages, reload, state, subentry, until
from .fake_node import PtyNode, Victron

OURS = "custom_components.victron_espnow"
POOL = "SyncWorker"  # Home Assistant's own threads, which come as they are needed and stay


@pytest.fixture(autouse=True)
def alarms_take_their_time() -> Iterator[None]:
    """So that they are waited for whenever something is stopped."""
    with patch(f"{OURS}.roll_call.ALARMS_SETTLE_S", 600.0):
        yield


def held(hass: HomeAssistant) -> dict[str, Counter[str]]:
    """Return everything that could have been left behind, each kind counted by name."""
    gc.collect()
    kept = (Hub, Device, Node, Connection)
    return {
        "tasks": Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks()),
        "threads": Counter(
            one.name for one in threading.enumerate() if not one.name.startswith(POOL)
        ),
        "files": Counter(open_files()),
        "timers": Counter(
            getattr(timer._callback, "__qualname__", type(timer._callback).__name__)
            for timer in hass.loop._scheduled
            if not timer.cancelled() and OURS in f"{timer._callback} {timer._args}"
        ),
        "listeners": Counter(hass.bus.async_listeners()),
        "objects": Counter(type(one).__name__ for one in gc.get_objects() if type(one) in kept),
    }


def open_files() -> list[str]:
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:  # the one that lists the others
            continue
        if not target.startswith("/proc"):
            found.append(target)
    return found


async def live(hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron) -> None:
    """Let it do all that it does."""
    hub: Hub = entry.runtime_data
    await until(lambda: hub.connected and node.keys)
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    await hass.async_block_till_done()
    # What nobody looked at yet, alarms that are still to be named.
    (device,) = hub.devices.values()
    while not device.followers._wake:
        node.advertise(shunt)
        await asyncio.sleep(0.02)
    node.say_hello()
    await until(lambda: hub.roll_call.is_under_way)


def left(before: dict[str, Counter[str]], now: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Return what there is more of than before."""
    return {kind: more for kind in before if (more := now[kind] - before[kind])}


async def test_reloads_leave_nothing_behind(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await live(hass, node, entry, shunt)
    await hass.config_entries.async_unload(entry.entry_id)
    before = held(hass)  # with what is made once and kept
    assert not before["objects"]
    assert not before["timers"]
    await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(3):
        await live(hass, node, entry, shunt)
        await reload(hass, entry)
    await live(hass, node, entry, shunt)
    await hass.config_entries.async_unload(entry.entry_id)
    assert left(before, held(hass)) == {}


async def test_hub_that_is_stopped_leaves_nothing_to_home_assistant(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It cancels an entry's tasks itself, but late: until then a closed port would be opened again.

    The tick and the full hour are the entry's, which ends them.
    """
    entry = await set_up(subentry(shunt, "House"))
    await live(hass, node, entry, shunt)
    hub: Hub = entry.runtime_data
    await hub.async_stop()
    now = held(hass)
    assert not [name for name in now["tasks"] if name.startswith(("LinkKeeper.", "Push."))]
    assert set(now["timers"]) <= {"_TrackTimeInterval._interval_listener", "_TrackPointUTCTime"}
    assert not node.is_open
    assert not any("Lost" in message for message in messages(caplog))


async def test_setup_that_fails_behind_the_opened_port_closes_it(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    failing = patch.object(
        hass.config_entries, "async_forward_entry_setups", side_effect=ConfigEntryError("odd")
    )
    with failing:
        entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert not node.is_open
    caplog.clear()  # here an error in the log is right


async def test_device_that_is_removed_leaves_no_timer_behind(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await live(hass, node, entry, shunt)
    assert held(hass)["timers"]["Followers._on_wake"]
    (house,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, house)
    assert not entry.runtime_data.devices
    assert not held(hass)["timers"]["Followers._on_wake"]


async def test_nobody_pushes_any_more_when_the_port_is_closed(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    pushing: list[bool] = []
    original = Connection.close

    async def close(self: Connection) -> None:
        pushing.append("Push.run" in held(hass)["tasks"])
        await original(self)

    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: node.keys)
    with patch.object(Connection, "close", close):
        node.unplug()
        await until(lambda: pushing)
        node.plug()
        await until(lambda: entry.runtime_data.connected)
        await hass.config_entries.async_unload(entry.entry_id)
    assert pushing == [False, False]


async def test_removal_leaves_nothing_behind(
    hass: HomeAssistant, node: PtyNode, shunt: Victron
) -> None:
    async def once() -> None:
        entry = make_entry(node.port, subentry(shunt, "House"))
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await live(hass, node, entry, shunt)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()

    await once()
    before = held(hass)
    await once()
    assert left(before, held(hass)) == {}
