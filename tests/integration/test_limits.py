"""Alarm limits on their way to the display node: set in Home Assistant, in force where the alarm is."""

import asyncio
from unittest.mock import patch

import pytest
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.victron_espnow.const import (
    CONF_LIMITS,
    CONF_PRODUCT_ID,
    CONF_RECORD_TYPE,
    DOMAIN,
)

from .conftest import Compare, SetUp, counters, state, subentry, until
from .fake_node import PtyNode, TcpNode, Victron

SOC_LOW = "number.house_low_state_of_charge"
SOC_CRITICAL = "number.house_critical_state_of_charge"
VOLTAGE_LOW = "number.house_low_voltage"
MAC = "C0FFEE000002"
BATTERY_MONITOR = {CONF_RECORD_TYPE: 0x02}


async def set_limit(hass: HomeAssistant, entity_id: str, value: float) -> None:
    await hass.services.async_call(
        "number", "set_value", {"entity_id": entity_id, "value": value}, blocking=True
    )


@pytest.fixture
async def house(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> MockConfigEntry:
    """A battery monitor whose limits are those of the display node."""
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    await until(lambda: state(hass, SOC_LOW) == "20.0")
    return entry


async def test_limits_of_a_battery_monitor(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    compare: Compare,
) -> None:
    with patch("custom_components.victron_espnow.PLATFORMS", [Platform.NUMBER]):
        one = {**subentry(shunt, "House", **BATTERY_MONITOR), "subentry_id": "01SUBENTRY"}
        entry = await set_up(one, entry_id="01ENTRY")
        await until(lambda: state(hass, SOC_LOW) == "20.0")
        await compare(entry)


async def test_solar_charger_has_no_limit_of_charge(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, solar: Victron
) -> None:
    await set_up(subentry(solar, "Roof", **{CONF_RECORD_TYPE: 0x01}))
    assert state(hass, "number.roof_low_voltage")
    assert state(hass, "number.roof_low_state_of_charge") is None


async def test_untouched_limits_are_the_nodes_own_and_shown(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    assert node.limits == {MAC: {}}
    assert state(hass, VOLTAGE_LOW) == "11.5"


async def test_limit_that_is_set_reaches_the_node_at_once_and_leaves_the_others_alone(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    await set_limit(hass, SOC_LOW, 35)
    await until(lambda: node.limits == {MAC: {"soc_low": 35}})
    assert state(hass, SOC_LOW) == "35.0"
    assert state(hass, SOC_CRITICAL) == "10.0"
    await set_limit(hass, VOLTAGE_LOW, 12.05)
    await until(lambda: node.limits == {MAC: {"soc_low": 35, "voltage_low": 12.05}})
    assert node.hellos == 1  # and the port stayed open


async def test_limits_that_the_node_cannot_tell_yet_are_asked_for_again_once_the_device_is_heard(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.knows_heard_only = True
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    limits = entry.runtime_data.settings.limits
    await until(lambda: limits.incomplete == {MAC})
    assert state(hass, SOC_LOW) == STATE_UNKNOWN
    await until(lambda: node.advertise(shunt) or state(hass, SOC_LOW) == "20.0")
    # A node that begins anew knows less than it told before; that is no news.
    node.snapshot.clear()
    node.say_hello()
    await until(lambda: limits.incomplete == {MAC} and asked(node) == 3)
    assert state(hass, SOC_LOW) == "20.0"
    node.advertise(shunt)
    await until(lambda: asked(node) == 4)


def asked(node: PtyNode) -> int:
    return [name for name, _ in node.commands].count("limits")


async def test_limits_of_a_device_that_is_not_heard_are_not_asked_for_because_of_another(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    node.knows_heard_only = True
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR), subentry(solar, "Roof"))
    limits = entry.runtime_data.settings.limits
    # Its answers taken, not just its questions put: what is heard in between waits for the next.
    await until(lambda: limits.incomplete == {MAC, solar.mac.hex().upper()})
    node.advertise(solar)
    await until(lambda: limits.incomplete == {MAC} and asked(node) == 4)
    for _ in range(5):
        node.advertise(solar)
        await asyncio.sleep(0.02)
    assert asked(node) == 4


async def test_limits_in_force_are_forgotten_with_the_device(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    limits = house.runtime_data.settings.limits
    assert MAC in limits.in_force
    (only,) = house.subentries
    hass.config_entries.async_remove_subentry(house, only)
    await until(lambda: not limits.in_force)


async def test_node_that_never_tells_its_limits_is_not_asked_for_ever(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    with patch.dict("tests.integration.fake_node.DEFAULT_LIMITS", clear=True):
        entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
        await until(lambda: entry.runtime_data.settings.limits.incomplete)
        for _ in range(5):
            node.advertise(shunt)
            await asyncio.sleep(0.02)
        await until(lambda: asked(node) == 2)
        await asyncio.sleep(0.1)
    assert asked(node) == 2


async def test_zero_switches_an_alarm_off(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    await set_limit(hass, SOC_LOW, 0)
    await until(lambda: node.limits == {MAC: {"soc_low": None}})
    assert state(hass, SOC_LOW) == "0.0"


async def test_limit_that_the_node_has_switched_off_is_zero(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    with patch.dict("tests.integration.fake_node.DEFAULT_LIMITS", {"soc_low": None}):
        await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
        await until(lambda: state(hass, SOC_LOW) == "0.0")


async def test_limits_are_sent_behind_the_key_and_again_after_each_hello(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    limits = {CONF_LIMITS: {"soc_low": 40.0}}
    await set_up(subentry(shunt, "House", **BATTERY_MONITOR, **limits))
    await until(lambda: MAC in node.limits)
    assert [name for name, _ in node.commands] == ["devices", "key", "limits"]
    node.limits.clear()
    node.say_hello()
    await until(lambda: node.limits == {MAC: {"soc_low": 40.0}})


async def test_nothing_is_sent_when_nothing_changed(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    await set_limit(hass, SOC_LOW, 35)
    await until(lambda: node.limits == {MAC: {"soc_low": 35}})
    sent = len(node.commands)
    await set_limit(hass, SOC_LOW, 35)
    (only,) = house.subentries.values()
    hass.config_entries.async_update_subentry(
        house, only, data={**only.data, CONF_PRODUCT_ID: 0xA389}
    )
    await asyncio.sleep(0.1)
    assert len(node.commands) == sent


async def test_limit_set_while_the_node_is_away_gets_there_when_it_is_back(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    node.unplug()
    await until(lambda: not house.runtime_data.connected)
    await set_limit(hass, SOC_LOW, 35)
    assert state(hass, SOC_LOW) == "35.0"
    node.plug()
    await until(lambda: node.limits == {MAC: {"soc_low": 35}})


async def test_limits_without_an_answer_are_sent_again_later(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry
) -> None:
    issues = async_capture_events(hass, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    node.drop_commands = 4  # the command and its repetitions
    await set_limit(hass, SOC_LOW, 35)
    await until(lambda: counters(house)["command_no_ack"] == 1)
    assert node.limits == {MAC: {}}
    await until(lambda: node.limits == {MAC: {"soc_low": 35}})
    assert not issues  # no answer is no refusal


async def test_refused_limits_are_an_issue_until_they_are_taken(
    hass: HomeAssistant,
    node: PtyNode,
    house: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    node.refuse = {"limits": "bad_soc_critical"}
    await set_limit(hass, SOC_CRITICAL, 60)
    issue_id = f"limits_refused_{house.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert issue.translation_placeholders == {
        "name": "Trailer display",
        "devices": "House",
        "error": "bad_soc_critical",
    }
    node.refuse = {}
    await set_limit(hass, SOC_CRITICAL, 15)
    await until(lambda: not issue_registry.issues)


async def test_limits_for_a_device_whose_key_was_refused_are_no_second_complaint(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    node.refuse_key = {MAC: "broken"}
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    await until(lambda: counters(entry)["command_unknown_device"])
    assert [issue for _, issue in issue_registry.issues] == [f"keys_refused_{entry.entry_id}"]


async def test_answer_that_tells_no_limits_or_nonsense_shows_none(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    odd = {"soc_low": "few", "soc_critical": True, "voltage_low": [], "silent_s": 30}
    with patch.dict("tests.integration.fake_node.DEFAULT_LIMITS", odd, clear=True):
        await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
        await until(lambda: state(hass, "number.house_no_data_alarm_after") == "30.0")
    assert state(hass, SOC_LOW) == STATE_UNKNOWN
    assert state(hass, SOC_CRITICAL) == STATE_UNKNOWN
    assert state(hass, VOLTAGE_LOW) == STATE_UNKNOWN


async def test_limits_do_not_travel_where_keys_may_not(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> None:
    """A node without keys reads nothing that a limit could be for."""
    entry = await set_up(
        subentry(shunt, "House", **BATTERY_MONITOR, **{CONF_LIMITS: {"soc_low": 40.0}}),
        port=tcp_node.port,
        push_keys=False,
    )
    await asyncio.sleep(0.1)
    assert tcp_node.commands == []
    await hass.config_entries.async_unload(entry.entry_id)
