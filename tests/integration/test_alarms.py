"""Alarms of the display node: shown while they stand, told once when they change."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from custom_components.victron_espnow.alarms import MOST_STANDING
from custom_components.victron_espnow.const import CONF_RECORD_TYPE

from .conftest import SetUp, counters, events_of, state, subentry, told, until
from .fake_node import NODE_MAC, SENSOR_MAC, PtyNode, Victron

PROBLEM = "binary_sensor.house_problem"
ALARM = "event.house_display_node_alarm"
BATTERY_MONITOR = {CONF_RECORD_TYPE: 0x02}


def alarm(victron: Victron, **changed: Any) -> dict[str, Any]:
    return {
        "mac": victron.mac.hex(),
        "kind": "soc_low",
        "severity": "warning",
        "state": "raised",
        "since": 0,
        "value": 18.5,
        "limit": 20,
        **changed,
    }


def tell(node: PtyNode, victron: Victron, **changed: Any) -> None:
    node.send("alarm", json.dumps(alarm(victron, **changed)))


@pytest.fixture
async def house(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> MockConfigEntry:
    """A battery monitor whose display node has named all alarms there are: none."""
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    node.send("health", '{"uptime_s":1,"alarms":0}')
    await until(lambda: state(hass, PROBLEM) == STATE_OFF)
    return entry


async def test_alarm_is_a_problem_until_it_is_cleared_and_an_event_each_time(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    seen = events_of(hass, ALARM, "event_type", "kind")
    tell(node, shunt, since=90)
    problem = await until(
        lambda: (one := hass.states.get(PROBLEM)) and one.state == STATE_ON and one
    )
    assert problem.attributes["active"] == ["soc_low"]
    assert problem.attributes["acknowledged"] is False
    event = hass.states.get(ALARM)
    assert event
    assert {name: event.attributes[name] for name in ("event_type", "kind", "severity")} == {
        "event_type": "raised",
        "kind": "soc_low",
        "severity": "warning",
    }
    assert (event.attributes["value"], event.attributes["limit"]) == (18.5, 20)
    raised = dt_util.parse_datetime(event.attributes["raised_at"])
    assert raised
    assert timedelta(seconds=88) < dt_util.utcnow() - raised < timedelta(seconds=95)
    tell(node, shunt, state="acknowledged")
    await until(lambda: hass.states.get(PROBLEM).attributes["acknowledged"])
    tell(node, shunt, state="cleared")
    await until(lambda: state(hass, PROBLEM) == STATE_OFF)
    assert seen == [("raised", "soc_low"), ("acknowledged", "soc_low"), ("cleared", "soc_low")]


async def test_two_alarms_at_once_are_one_problem_until_both_are_gone(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt)
    tell(node, shunt, kind="device_alarm", severity="critical", value=5, limit=None)
    await until(
        lambda: hass.states.get(PROBLEM).attributes["active"] == ["device_alarm", "soc_low"]
    )
    tell(node, shunt, state="cleared")
    await until(lambda: hass.states.get(PROBLEM).attributes["active"] == ["device_alarm"])
    assert state(hass, PROBLEM) == STATE_ON


async def test_alarm_that_is_told_again_is_no_second_event_but_a_further_bit_is(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    seen = events_of(hass, ALARM, "event_type", "kind")
    bits = {"kind": "device_alarm", "limit": None}
    for value in (1, 1, 5):
        tell(node, shunt, value=value, **bits)
    tell(node, shunt, value=18.5)
    tell(node, shunt, value=18.0)  # a lower charge is the same alarm
    tell(node, shunt, state="cleared")
    await until(lambda: len(seen) == 4)
    assert seen == [
        ("raised", "device_alarm"),
        ("raised", "device_alarm"),
        ("raised", "soc_low"),
        ("cleared", "soc_low"),
    ]


async def test_alarm_of_a_kind_that_a_later_node_invented_is_shown_all_the_same(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt, kind="tyre_pressure", severity="disaster")
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    event = hass.states.get(ALARM)
    assert event
    assert event.attributes["kind"] == "tyre_pressure"
    assert event.attributes["severity"] == "disaster"


async def test_silence_names_whose_it_is(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt, kind="no_data", cause="radio", value=None, limit=None)
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    event = hass.states.get(ALARM)
    assert event
    assert event.attributes["cause"] == "radio"


async def test_alarms_of_our_own_boards_are_theirs(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    node.send("node", json.dumps({"mac": SENSOR_MAC.hex(), "name": "Bow"}))
    tell(node, shunt, mac=NODE_MAC.replace(":", ""), kind="test")
    tell(node, shunt, mac=SENSOR_MAC.hex(), kind="no_data")
    await until(lambda: state(hass, "binary_sensor.bow_problem") == STATE_ON)
    assert state(hass, "binary_sensor.trailer_display_problem") == STATE_ON
    assert state(hass, PROBLEM) == STATE_OFF


async def test_alarm_that_says_nothing_is_counted_and_left_out(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    useless: list[dict[str, Any]] = [
        {"kind": ""},
        {"kind": None},
        {"kind": "no such word"},
        {"kind": "x" * 33},
        {"state": "snoozed"},
        {"state": None},
        {"severity": 5},
        {"cause": [1]},
        {"since": 1e300},
    ]
    for number, changed in enumerate(useless, 1):
        tell(node, shunt, **changed)
        await until(lambda number=number: counters(house)["bad_alarm"] == number)
    assert state(hass, PROBLEM) == STATE_OFF


async def test_alarms_of_strangers_and_more_than_there_can_be_are_counted(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt, mac="C0FFEE0000AA")
    await until(lambda: counters(house)["alarm_not_configured"] == 1)
    for number in range(MOST_STANDING + 2):
        tell(node, shunt, kind=f"kind_{number}")
    await until(lambda: counters(house)["too_many_alarms"] == 2)


# When the link was lost, or Home Assistant was off


async def test_problem_is_unknown_until_all_alarms_are_named(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    assert state(hass, PROBLEM) in (STATE_UNKNOWN, STATE_UNAVAILABLE)
    await until(lambda: state(hass, PROBLEM) == STATE_UNKNOWN)
    node.send("health", '{"uptime_s":1,"alarms":0}')
    await until(lambda: state(hass, PROBLEM) == STATE_OFF)


async def test_node_that_judges_no_alarms_is_not_taken_for_one_that_has_none(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    node.send("health", '{"uptime_s":1}')
    await until(lambda: not entry.runtime_data.roll_call.is_under_way)
    assert state(hass, PROBLEM) == STATE_UNKNOWN


async def test_lost_link_hides_the_problem_and_what_ended_meanwhile_is_told_when_it_is_back(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    seen = events_of(hass, ALARM, "event_type", "kind")
    tell(node, shunt)
    tell(node, shunt, kind="voltage_low")
    await until(lambda: len(seen) == 2)
    node.unplug()
    await until(lambda: state(hass, PROBLEM) == STATE_UNAVAILABLE)
    assert state(hass, ALARM) != STATE_UNAVAILABLE
    node.alarms = [alarm(shunt, kind="voltage_low", since=30)]
    node.plug()
    await until(lambda: len(seen) == 3)
    assert seen[2] == ("cleared", "soc_low")
    problem = hass.states.get(PROBLEM)
    assert problem
    assert problem.attributes["active"] == ["voltage_low"]


async def test_lost_line_that_cleared_the_last_alarm_is_made_good_by_the_next_health_line(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt)
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    node.send("health", '{"uptime_s":9,"alarms":1}')
    await until(lambda: told(house)["uptime_s"] == 9)
    assert state(hass, PROBLEM) == STATE_ON
    node.send("health", '{"uptime_s":10,"alarms":0}')
    await until(lambda: state(hass, PROBLEM) == STATE_OFF)


async def test_health_line_between_a_hello_and_its_alarms_ends_none_of_them(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    seen = events_of(hass, ALARM, "event_type")
    tell(node, shunt)
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    with patch("custom_components.victron_espnow.roll_call.ALARMS_SETTLE_S", 60):
        node.say_hello()
        node.send("health", '{"uptime_s":9,"alarms":1}')
        tell(node, shunt)
        node.send("health", '{"uptime_s":10,"alarms":1}')
        await until(lambda: told(house)["uptime_s"] == 10)
    assert state(hass, PROBLEM) == STATE_ON
    assert seen == [("raised",)]


@pytest.mark.parametrize(
    ("since", "expected"), [(3600, []), (30, [("raised", "soc_low")])], ids=["known", "new"]
)
async def test_after_a_restart_of_home_assistant_only_what_it_missed_is_told(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    since: int,
    expected: list[tuple[str, str]],
) -> None:
    last = (dt_util.utcnow() - timedelta(minutes=10)).isoformat(timespec="milliseconds")
    attributes = {"kind": "soc_low"}
    stored = {"last_event_type": "raised", "last_event_attributes": attributes}
    mock_restore_cache_with_extra_data(hass, [(State(ALARM, last), stored)])
    node.alarms = [alarm(shunt, since=since)]
    events = async_capture_events(hass, "state_changed")
    await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    await hass.async_block_till_done()
    seen = [
        (new.attributes["event_type"], new.attributes["kind"])
        for event in events
        if event.data["entity_id"] == ALARM and (new := event.data["new_state"]).state > last
    ]
    assert seen == expected


async def test_all_that_stands_at_the_start_is_told(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    """Home Assistant leaves out what an entity writes while it is being added."""
    kinds = ["soc_low", "voltage_low", "device_alarm"]
    node.alarms = [{**alarm(shunt), "kind": kind} for kind in kinds]
    told = events_of(hass, ALARM, "kind")
    await set_up(subentry(shunt, "House", **BATTERY_MONITOR))
    await until(lambda: sorted(told) == sorted((kind,) for kind in kinds))


async def test_alarms_go_with_the_hardware(
    hass: HomeAssistant, node: PtyNode, house: MockConfigEntry, shunt: Victron
) -> None:
    tell(node, shunt)
    await until(lambda: state(hass, PROBLEM) == STATE_ON)
    (only,) = house.subentries.values()
    hass.config_entries.async_update_subentry(
        house, only, data={**only.data, "mac": "C0:FF:EE:00:00:99"}, unique_id="C0:FF:EE:00:00:99"
    )
    await until(lambda: state(hass, PROBLEM) == STATE_OFF)
