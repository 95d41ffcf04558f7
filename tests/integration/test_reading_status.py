"""Stale values look stale, and say where the readings got lost; the log tells it once."""

from collections.abc import Callable

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.victron_espnow import device
from custom_components.victron_espnow.const import (
    LAST_SEEN_EVERY_S,
    NODE_STALE_S,
    STALE_MIN_S,
)

from .conftest import VOLTAGE, Clock, SetUp, messages, state, subentry, until
from .fake_node import SENSOR_MAC, PtyNode, Victron

STATUS = "sensor.house_reading_status"
SEEN = "sensor.house_last_seen"

type Look = Callable[[], None]


@pytest.fixture
async def entry(set_up: SetUp, shunt: Victron) -> MockConfigEntry:
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: entry.runtime_data.connected)
    return entry


async def hear(hass: HomeAssistant, node: PtyNode, shunt: Victron) -> None:
    node.advertise(shunt)
    await until(lambda: state(hass, STATUS) == device.FRESH)


def later(entry: MockConfigEntry, clock: Clock, seconds: float) -> None:
    """Let time go by, and the hub look at the clock."""
    clock.tick(seconds)
    entry.runtime_data._on_tick()


async def test_device_that_was_never_heard(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert state(hass, STATUS) == device.NEVER_HEARD
    assert state(hass, SEEN) == "unknown"


async def test_device_that_is_heard(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await hear(hass, node, shunt)
    assert state(hass) == "13.07"


async def test_device_that_fell_silent_while_its_sensor_node_is_there(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    clock.tick(STALE_MIN_S)
    node.send("node", f'{{"mac":"{SENSOR_MAC.hex()}","name":"Front"}}')
    await until(lambda: SENSOR_MAC in entry.runtime_data.nodes.sensors)
    later(entry, clock, 1)
    assert state(hass, STATUS) == device.DEVICE_SILENT
    assert state(hass) == "unavailable"


async def test_sensor_node_that_told_nothing_of_itself_yet_is_not_blamed(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    later(entry, clock, STALE_MIN_S + 1)
    assert state(hass, STATUS) == device.DEVICE_SILENT


async def test_change_of_the_configuration_is_no_second_reading(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    for _ in range(3):
        await hear(hass, node, shunt)
    (house,) = entry.runtime_data.devices.values()
    await until(lambda: house.counters["new"] == 3)
    counted = dict(house.counters)
    (one,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, one, title="Hut")
    await until(lambda: house.name == "Hut")
    assert dict(house.counters) == counted


async def test_sensor_node_that_fell_silent_is_named_instead_of_its_devices(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    node.send("node", f'{{"mac":"{SENSOR_MAC.hex()}","name":"Front"}}')
    await until(lambda: SENSOR_MAC in entry.runtime_data.nodes.sensors)
    await hear(hass, node, shunt)
    later(entry, clock, max(NODE_STALE_S, STALE_MIN_S) + 1)
    assert state(hass, STATUS) == device.RADIO_LOST


async def test_cable_that_was_pulled_comes_first(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    node.unplug()
    await until(lambda: state(hass, STATUS) == device.LINK_LOST)
    assert state(hass) == "unavailable"
    later(entry, clock, 1000)
    assert state(hass, STATUS) == device.LINK_LOST


async def test_key_that_no_longer_fits_once_the_values_are_old(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    (one,) = entry.runtime_data.devices.values()
    shunt.key = bytes((0x9C,)) + shunt.key[1:]
    for _ in range(3):
        node.advertise(shunt)
    await until(lambda: one.key_refused)
    assert state(hass, STATUS) == device.FRESH  # the last value is of a moment ago
    later(entry, clock, STALE_MIN_S + 1)
    assert state(hass, STATUS) == device.WRONG_KEY


async def test_last_seen_goes_on_while_the_key_does_not_fit(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    async def hear_unread() -> None:
        before = one.counters["key_mismatch"]
        node.advertise(shunt)
        await until(lambda: one.counters["key_mismatch"] > before)

    await hear(hass, node, shunt)
    (one,) = entry.runtime_data.devices.values()
    shunt.key = bytes((0x9C,)) + shunt.key[1:]
    for _ in range(3):
        await hear_unread()
    later(entry, clock, STALE_MIN_S + 1)
    assert state(hass, STATUS) == device.WRONG_KEY
    before = state(hass, SEEN)
    await hear_unread()
    assert state(hass, SEEN) == before  # no row for each frame
    clock.tick(LAST_SEEN_EVERY_S)
    await hear_unread()
    seen = dt_util.parse_datetime(state(hass, SEEN) or "")
    assert seen is not None
    assert (dt_util.utcnow() - seen).total_seconds() < STALE_MIN_S / 2


async def test_loss_and_return_are_one_line_each_however_long_it_takes(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await hear(hass, node, shunt)
    caplog.clear()
    for _ in range(20):
        later(entry, clock, 10)
    await hear(hass, node, shunt)
    await hear(hass, node, shunt)
    assert messages(caplog) == ["House is no longer heard", "House is back"]


async def test_last_seen_is_right_to_the_second_once_the_device_is_silent(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    later(entry, clock, STALE_MIN_S + 5)
    seen = dt_util.parse_datetime(state(hass, SEEN) or "")
    assert seen is not None
    # The event loop's clock went on, the wall's did not.
    age = (dt_util.utcnow() - seen).total_seconds()
    assert age == pytest.approx(STALE_MIN_S + 5, abs=3)


async def test_device_that_was_heard_before_it_was_added_tells_when(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, solar: Victron
) -> None:
    node.advertise(solar)
    await until(lambda: solar.mac in entry.runtime_data.heard)
    added = subentry(solar, "Roof")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=added["data"], subentry_type="device", title="Roof", unique_id=added["unique_id"]
        ),
    )
    await until(lambda: state(hass, "sensor.roof_last_seen") not in (None, "unknown"))


async def test_last_seen_is_remembered_over_a_restart(
    hass: HomeAssistant, set_up: SetUp, shunt: Victron
) -> None:
    when = "2026-11-01T12:00:00+00:00"
    extra = {
        "native_value": {"__type": "<class 'datetime.datetime'>", "isoformat": when},
        "native_unit_of_measurement": None,
    }
    mock_restore_cache_with_extra_data(hass, [(State(SEEN, when), extra)])
    await set_up(subentry(shunt, "House"))
    await until(lambda: state(hass, SEEN) == when)
    assert state(hass, VOLTAGE) is None


async def test_status_is_told_while_everything_else_is_unavailable(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, clock: Clock
) -> None:
    await hear(hass, node, shunt)
    await hass.async_block_till_done()
    later(entry, clock, STALE_MIN_S + 1)
    told = {
        one.entity_id
        for one in hass.states.async_all("sensor")
        if one.entity_id.startswith("sensor.house_") and one.state != "unavailable"
    }
    assert told == {STATUS, SEEN}
