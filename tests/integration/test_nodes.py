"""Our own boards as devices: what they tell of themselves, that they are gone, what they are asked to do."""

import json
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.victron_espnow import async_remove_config_entry_device
from custom_components.victron_espnow.const import (
    DOMAIN,
    MAX_NODES,
    NODE_INTERVALS,
    NODE_STALE_S,
    SIGNAL_KEPT_S,
)
from custom_components.victron_espnow.node import Node
from custom_components.victron_espnow.nodes import sensor_node_of
from custom_components.victron_espnow.port import LinkError
from custom_components.victron_espnow.protocol.keys import format_mac

from .conftest import (
    Clock,
    Compare,
    SetUp,
    counters,
    messages,
    reload,
    state,
    subentry,
    told,
    until,
)
from .fake_node import SENSOR_MAC, SENSOR_MAC_2, PtyNode, Victron

INTEGRATION = "custom_components.victron_espnow"
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
SENSOR: dict[str, Any] = {
    "mac": SENSOR_MAC.hex(),
    "name": "Front locker",
    "rssi": -58,
    "age_ms": 120,
    "frames": 1042,
    "seen": 48211,
    "replaced": 17,
    "sent": 1041,
    "dropped": 3,
    "lost": 2,
    "fw": "0.1.0",
    "mp": "1.29.0",
    "uptime_s": 3600,
    "boots": 7,
    "reset": "watchdog",
    "why": "",
    "heap_free": 61440,
    "heap_low": 51200,
    "interval_s": 0,
    "pending": 1,
    "restarts": 2,
    "missing_receipts": 4,
}
HEALTH = {
    "uptime_s": 7200,
    "heap_free": 98304,
    "lines": 311,
    "refused": {"replayed": 3, "foreign_site": 4},
    "restarts": {"gateway": 1, "face": 2},
    "alarms": 0,
}


def tell(node: PtyNode, **changed: Any) -> None:
    """Have the display node tell of its sensor node."""
    node.send("node", json.dumps({**SENSOR, **changed}))


def sensor_of(entry: MockConfigEntry) -> Node:
    found: Node = entry.runtime_data.nodes.sensors[SENSOR_MAC]
    return found


async def known(entry: MockConfigEntry) -> Node:
    """Return the sensor node once it was heard."""
    await until(lambda: SENSOR_MAC in entry.runtime_data.nodes.sensors)
    return sensor_of(entry)


def device_of(hass: HomeAssistant, entry: MockConfigEntry, identity: str) -> dr.DeviceEntry | None:
    registry = dr.async_get(hass)
    return registry.async_get_device_by_identifier((DOMAIN, identity), entry.entry_id)


@pytest.fixture
def all_enabled() -> Generator[None]:
    with patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True):
        yield


# Devices


async def test_sensor_node_is_a_device_behind_the_display_node(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    tell(node)
    identity = (await known(entry)).identity
    device = device_of(hass, entry, identity)
    display = device_of(hass, entry, entry.entry_id)
    assert device is not None
    assert display is not None
    assert device.name == "Front locker"
    assert device.model == "Sensor node"
    assert device.sw_version == "0.1.0"
    assert device.serial_number == format_mac(SENSOR_MAC)
    assert device.via_device_id == display.id


async def test_sensor_node_without_a_name_is_called_by_the_end_of_its_address_until_it_has_one(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.send("node", json.dumps({"mac": SENSOR_MAC.hex()}))
    identity = (await known(entry)).identity

    def name() -> str | None:
        device = device_of(hass, entry, identity)
        return device and device.name

    assert name() == "Sensor node 00:02"
    tell(node, name="Bow")
    await until(lambda: name() == "Bow")


async def test_two_display_nodes_may_hear_the_same_sensor_node(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, tmp_path: Any
) -> None:
    other = PtyNode(tmp_path / "other")
    other.hello["mac"] = "246F280000FF"
    other.plug()
    first = await set_up()
    second = await set_up(port=other.port, unique_id="24:6F:28:00:00:FF")
    tell(node)
    tell(other)
    for entry in (first, second):
        assert device_of(hass, entry, (await known(entry)).identity)
    await hass.config_entries.async_unload(second.entry_id)
    other.unplug()


@pytest.mark.parametrize(
    "platform", [Platform.SENSOR, Platform.BINARY_SENSOR, Platform.BUTTON, Platform.EVENT]
)
@pytest.mark.usefixtures("all_enabled")
async def test_entities_of_both_boards(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    compare: Compare,
    platform: Platform,
) -> None:
    node.hello |= {"reset": "power_on", "why": "", "boots": 3, "safe": False, "heap_low": 90112}
    with (
        patch(f"{INTEGRATION}.PLATFORMS", [platform]),
        patch(f"{INTEGRATION}.node.dt_util.utcnow", return_value=NOW),
    ):
        entry = await set_up(entry_id="01ENTRY")
        tell(node)
        # Behind it: the alarms that it counts are of all that are known.
        node.send("health", json.dumps(HEALTH))
        await known(entry)
        await until(lambda: told(entry).get("alarms") == 0)
        await until(lambda: all(one.alarms.complete for one in entry.runtime_data.nodes))
        await compare(entry)


async def test_noisy_sensors_are_disabled_and_all_are_diagnostic(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    entry = await set_up()
    tell(node)
    await known(entry)
    await hass.async_block_till_done()
    entries = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    sensors = {one.unique_id.rsplit(f"{SENSOR_MAC.hex()}_")[-1]: one for one in entries}
    for key in ("node_signal_strength", "heap_free", "heap_low", "frames", "frames_lost", "boots"):
        assert sensors[key].disabled_by is er.RegistryEntryDisabler.INTEGRATION, key
    for key in ("started", "reset_cause", "devices_heard"):
        assert sensors[key].disabled_by is None
    for one in entries:
        assert one.domain != "sensor" or one.entity_category == "diagnostic", one.entity_id


# What they say


async def test_start_moves_only_when_the_board_started_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    """Its words may be a minute old, and are repeated until there are newer ones."""
    started = "sensor.front_locker_started"
    with patch(f"{INTEGRATION}.node.dt_util.utcnow", return_value=NOW) as now:
        entry = await set_up()
        tell(node)
        await until(lambda: state(hass, started) == "2026-11-22T19:00:00+00:00")
        now.return_value = NOW.replace(minute=5)
        tell(node, lost=3)
        await until(lambda: sensor_of(entry).data["lost"] == 3)
        assert state(hass, started) == "2026-11-22T19:00:00+00:00"
        tell(node, uptime_s=1)
        await until(lambda: state(hass, started) == "2026-11-22T20:04:59+00:00")


async def test_unknown_reset_cause_is_shown_as_such_with_its_word(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    tell(node, reset="cosmic_ray", why="asked by Home Assistant")
    cause = await until(lambda: hass.states.get("sensor.front_locker_reset_cause"))
    assert cause.state == "unknown_code"
    assert cause.attributes["code"] == "cosmic_ray"
    assert cause.attributes["why"] == "asked by Home Assistant"


async def test_reason_of_an_earlier_restart_is_not_that_of_the_next(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    node.hello |= {"reset": "reset", "why": "reboot command"}
    entry = await set_up()
    cause = hass.states.get("sensor.trailer_display_reset_cause")
    assert cause
    assert cause.attributes["why"] == "reboot command"
    del node.hello["why"]
    node.hello["reset"] = "power_on"
    node.say_hello()
    await until(lambda: state(hass, "sensor.trailer_display_reset_cause") == "power_on")
    cause = hass.states.get("sensor.trailer_display_reset_cause")
    assert cause
    assert cause.attributes["why"] is None
    assert told(entry)["channel"] == 6


@pytest.mark.usefixtures("all_enabled")
async def test_nonsense_of_a_node_shows_nothing_and_breaks_nothing(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    nonsense: list[dict[str, Any]] = [
        {"rssi": "strong"},
        {"rssi": True},
        {"uptime_s": -1},
        {"uptime_s": 1e300},
        {"reset": 7},
        {"heap_free": None},
        {"channel": [1]},
        {"name": 5},
        {"age_ms": "old"},
        {"interval_s": "long"},
        {"refused": {"replayed": "many"}},
    ]
    entry = await set_up()
    for number, changed in enumerate(nonsense):
        tell(node, **changed, number=number)
        await known(entry)
        await until(lambda number=number: sensor_of(entry).data["number"] == number)
        await hass.async_block_till_done()
        assert sensor_of(entry).available, changed
        assert counters(entry)["fault"] == 0, changed


async def test_what_the_display_node_tells_in_several_lines_is_one_picture(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.send("health", '{"uptime_s":9,"heap_free":1}')
    node.send("health", '{"unwritten":4}')
    await until(lambda: "unwritten" in told(entry))
    assert told(entry)["heap_free"] == 1
    assert told(entry)["channel"] == 6  # of the hello


# Coverage


async def test_coverage_is_counted_by_sensor_node_with_names_and_strengths(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron, clock: Clock
) -> None:
    heard = "sensor.front_locker_devices_heard"
    node.advertise(shunt, rssi=-70)
    node.advertise(solar, rssi=-80, node=SENSOR_MAC_2)
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    tell(node)
    await until(lambda: state(hass, heard) == "1")
    found = hass.states.get(heard)
    assert found
    assert found.attributes["signals"] == {"House": -70}
    # Which other node hears it too, first come or not, the display node tells now and then.
    payload = {"node": SENSOR_MAC.hex(), "heard": {solar.mac.hex(): -91, "C0FFEE0000AA": -50}}
    node.send("coverage", json.dumps(payload))
    found = await until(lambda: (one := hass.states.get(heard)) and one.state == "2" and one)
    assert found.attributes["signals"] == {"House": -70, "Roof": -91}
    clock.tick(SIGNAL_KEPT_S + 1)
    assert sensor_of(entry).signals == {}


async def test_coverage_that_makes_no_sense_is_left_out(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    tell(node)
    for payload in (
        '{"node":"246F28000002","heard":[1]}',
        '{"node":"246F28000002","heard":{"x":1}}',
        '{"node":"246F28000002","heard":{"C0FFEE000002":"loud"}}',
        '{"node":"246F280000EE","heard":{"C0FFEE000002":-50}}',
        '{"heard":{}}',
    ):
        node.send("coverage", payload)
    node.send("health", '{"last":1}')
    await until(lambda: "last" in told(entry))
    assert sensor_of(entry).signals == {}
    assert counters(entry)["fault"] == 0


# Whether they are there


async def test_silent_sensor_node_becomes_unavailable_with_one_line_and_returns_with_one(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    tell(node)
    started = "sensor.front_locker_started"
    connection = "binary_sensor.front_locker_radio_connection"
    await until(lambda: state(hass, connection) == STATE_ON)
    clock.tick(NODE_STALE_S + 1)
    for _ in range(3):
        entry.runtime_data._on_tick()
    assert state(hass, started) == STATE_UNAVAILABLE
    assert state(hass, connection) == STATE_OFF
    tell(node)
    await until(lambda: state(hass, connection) == STATE_ON)
    assert state(hass, started) != STATE_UNAVAILABLE
    assert [text for text in messages(caplog) if "Front locker" in text] == [
        "Sensor node Front locker is no longer heard",
        "Sensor node Front locker is back",
    ]


async def test_display_node_that_repeats_old_news_keeps_no_node_alive(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    tell(node, age_ms=int(NODE_STALE_S * 1000) + 1)
    await until(lambda: state(hass, "binary_sensor.front_locker_radio_connection") == STATE_OFF)


async def test_sleeping_node_is_given_several_of_its_intervals(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, clock: Clock
) -> None:
    entry = await set_up()
    tell(node, interval_s=600)
    sensor = await known(entry)
    await until(lambda: state(hass, "sensor.front_locker_sleeps_for") == "600")
    clock.tick(NODE_INTERVALS * 600 - 1)
    entry.runtime_data._on_tick()
    assert sensor.available
    clock.tick(2)
    entry.runtime_data._on_tick()
    assert not sensor.available


async def test_boards_are_there_after_a_restart_of_home_assistant_while_a_node_is_silent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    tell(node)
    await known(entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: entry.runtime_data.connected)
    assert sensor_of(entry).name == "Front locker"
    assert state(hass, "sensor.front_locker_started") == STATE_UNAVAILABLE
    assert state(hass, "binary_sensor.front_locker_radio_connection") == STATE_OFF
    tell(node)
    await until(lambda: state(hass, "sensor.front_locker_started") != STATE_UNAVAILABLE)


async def test_lost_link_is_shown_by_the_display_node_and_hides_all_others(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    tell(node)
    await until(lambda: state(hass, "binary_sensor.front_locker_radio_connection") == STATE_ON)
    node.unplug()
    await until(lambda: state(hass, "binary_sensor.trailer_display_connection") == STATE_OFF)
    assert state(hass, "binary_sensor.front_locker_radio_connection") == STATE_UNAVAILABLE
    assert state(hass, "sensor.trailer_display_started") == STATE_UNAVAILABLE


async def test_more_nodes_than_there_can_be_are_counted_and_left_out(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    for number in range(MAX_NODES + 3):
        node.send("node", json.dumps({"mac": number.to_bytes(6, "big").hex()}))
    await until(lambda: counters(entry)["too_many_nodes"] == 3, 10)
    assert len(entry.runtime_data.nodes.sensors) == MAX_NODES


async def test_node_that_is_gone_can_be_removed_and_one_that_is_heard_cannot(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    clock: Clock,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await set_up()
    tell(node)
    sensor = await known(entry)
    device = device_of(hass, entry, sensor.identity)
    display = device_of(hass, entry, entry.entry_id)
    assert device
    assert display
    assert not await async_remove_config_entry_device(hass, entry, device)
    clock.tick(NODE_STALE_S + 1)
    assert not await async_remove_config_entry_device(hass, entry, display)
    client = await hass_ws_client(hass)
    assert (await client.remove_device(device.id))["success"]
    assert device_of(hass, entry, sensor.identity) is None
    # Should it ever return, it is a device again, with its entities.
    tell(node)
    await until(lambda: state(hass, "binary_sensor.front_locker_radio_connection") == STATE_ON)


def test_sensor_node_is_known_by_the_entry_that_it_belongs_to() -> None:
    entry = MockConfigEntry(entry_id="ours")
    assert sensor_node_of(entry, f"ours_{SENSOR_MAC.hex()}") == SENSOR_MAC
    for other in (f"theirs_{SENSOR_MAC.hex()}", "ours", "01SUBENTRY"):
        assert not sensor_node_of(entry, other)


async def test_sensor_node_can_be_removed_while_the_display_node_is_away(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await set_up(subentry(shunt, "House"))
    tell(node)
    sensor = await known(entry)
    (house,) = entry.subentries
    await until(lambda: device_of(hass, entry, house))
    node.unplug()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    for kept in (house, entry.entry_id):
        device = device_of(hass, entry, kept)
        assert device
        assert not await async_remove_config_entry_device(hass, entry, device)
    gone = device_of(hass, entry, sensor.identity)
    assert gone
    client = await hass_ws_client(hass)
    assert (await client.remove_device(gone.id))["success"]
    node.plug()
    await reload(hass, entry)
    assert not entry.runtime_data.nodes.sensors


# What they are asked to do


async def press(hass: HomeAssistant, entity_id: str) -> None:
    await hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)


async def test_each_button_sends_its_command(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    tell(node)
    await until(lambda: hass.states.get("button.front_locker_restart"))
    for button, command in {
        "trailer_display_identify": ("identify", {}),
        "trailer_display_restart": ("reboot", {}),
        "trailer_display_test_alarm": ("alarm_test", {}),
        "trailer_display_acknowledge_alarms": ("acknowledge", {}),
        "front_locker_identify": ("node", {"mac": "246F28000002", "identify": True}),
        "front_locker_restart": ("node", {"mac": "246F28000002", "reboot": True}),
    }.items():
        await press(hass, f"button.{button}")
        assert node.commands[-1] == command


async def test_refused_button_says_why(hass: HomeAssistant, node: PtyNode, set_up: SetUp) -> None:
    await set_up()
    for refusal, key in {
        "unknown_command": "firmware_too_old",
        "unknown_node": "unknown_node",
        "too_many_orders": "too_many_orders",
        "busy": "command_refused",
    }.items():
        node.refuse = {"identify": refusal}
        with pytest.raises(HomeAssistantError) as failure:
            await press(hass, "button.trailer_display_identify")
        assert failure.value.translation_key == key
        words = {"name": "Trailer display", "error": refusal}
        assert failure.value.translation_placeholders == words


async def test_button_without_an_answer_says_so(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    await until(lambda: node.commands)
    node.drop_commands = 1000
    with pytest.raises(HomeAssistantError) as failure:
        await press(hass, "button.trailer_display_restart")
    assert failure.value.translation_key == "no_ack"


async def test_button_whose_command_finds_the_port_broken_says_so(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    broken = AsyncMock(side_effect=LinkError("lost"))
    with (
        patch.object(entry.runtime_data._link.connection, "command", broken),
        pytest.raises(HomeAssistantError) as failure,
    ):
        await press(hass, "button.trailer_display_identify")
    assert failure.value.translation_key == "not_connected"


async def test_button_without_a_link_says_so(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    await until(lambda: entry.runtime_data.connected)
    node.unplug()
    await until(lambda: not entry.runtime_data.connected)
    with pytest.raises(HomeAssistantError) as failure:
        await entry.runtime_data.async_command("identify", {})
    assert failure.value.translation_key == "not_connected"
