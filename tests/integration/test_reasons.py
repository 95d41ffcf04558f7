"""What a device itself complains about: each reason is shown, and told as it comes and as it goes."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.victron_espnow import reasons

from .conftest import SetUp, events_of, state, subentry, until
from .fake_node import PtyNode, Victron, vector
from .test_pacing import shunt_payload

EVENT = "event.house_device_alarm"
ALARM = "binary_sensor.house_alarm_status"


def told_by(hass: HomeAssistant) -> list[tuple[str, ...]]:
    return events_of(hass, EVENT, "event_type", "kind", "reason")


async def hear(node: PtyNode, entry: MockConfigEntry, victron: Victron, payload: bytes) -> None:
    (device,) = entry.runtime_data.devices.values()
    before = device.counters["new"]
    node.advertise(victron, victron.frame(payload=payload))
    await until(lambda: device.counters["new"] > before)


def alarm(mask: int) -> bytes:
    return shunt_payload(13.1, -4.0, 80.0, 900, alarm=mask)


async def test_each_reason_is_an_event_as_it_comes_and_as_it_goes(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await hear(node, entry, shunt, alarm(0))
    await until(lambda: state(hass, EVENT))
    told = told_by(hass)
    await hear(node, entry, shunt, alarm(0b101))
    await hear(node, entry, shunt, alarm(0b101))  # as before: nothing to tell
    await hear(node, entry, shunt, alarm(0b100))
    await hear(node, entry, shunt, alarm(0))
    await hass.async_block_till_done()
    assert told == [
        ("raised", "alarm", "low_soc"),
        ("raised", "alarm", "low_voltage"),
        ("cleared", "alarm", "low_voltage"),
        ("cleared", "alarm", "low_soc"),
    ]


async def test_problem_sensor_names_all_that_stands_with_its_codes(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await hear(node, entry, shunt, alarm(0b101))
    await until(lambda: state(hass, ALARM) == "on")
    found = hass.states.get(ALARM)
    assert found is not None
    assert found.attributes["active"] == ["low_voltage", "low_soc"]
    assert found.attributes["codes"] == {"alarm_reason": 0b101}
    await hear(node, entry, shunt, alarm(0))
    await until(lambda: state(hass, ALARM) == "off")


async def test_bit_that_nobody_documented_is_unknown_code_with_its_number(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    for _ in range(2):  # implausible: only a second one that agrees makes it true
        await hear(node, entry, shunt, alarm(1 << 14))
    await until(lambda: state(hass, ALARM) == "on")
    found = hass.states.get(ALARM)
    assert found is not None
    assert found.attributes["active"] == ["unknown_code"]
    assert found.attributes["codes"] == {"alarm_reason": 1 << 14}


async def test_after_a_restart_only_what_was_missed_is_told(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    """Two stood: one of them went meanwhile, and another came."""
    extra = {
        "last_event_type": "raised",
        "last_event_attributes": {"active": ["alarm:low_voltage", "alarm:low_soc"]},
    }
    stored = State(EVENT, "2026-11-01T00:00:00.000+00:00")
    mock_restore_cache_with_extra_data(hass, [(stored, extra)])
    told = told_by(hass)
    entry = await set_up(subentry(shunt, "House"))
    await hear(node, entry, shunt, alarm(0b110))
    await until(lambda: len(told) >= 2)
    await hass.async_block_till_done()
    assert told == [
        ("raised", "alarm", "high_voltage"),
        ("cleared", "alarm", "low_voltage"),
    ]


async def test_unreadable_memory_is_none(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    extra = {"last_event_type": "raised", "last_event_attributes": {"active": "nonsense"}}
    stored = State(EVENT, "2026-11-01T00:00:00.000+00:00")
    mock_restore_cache_with_extra_data(hass, [(stored, extra)])
    told = told_by(hass)
    entry = await set_up(subentry(shunt, "House"))
    await hear(node, entry, shunt, alarm(0b001))
    await until(lambda: told == [("raised", "alarm", "low_voltage")])


async def test_error_of_a_charger_is_a_problem_and_an_event(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "House"))
    await hear(node, entry, solar, solar.payload[:1] + bytes((0,)) + solar.payload[2:])
    error = "binary_sensor.house_error_status"
    await until(lambda: state(hass, error) == "off")
    told = told_by(hass)
    await hear(node, entry, solar, solar.payload[:1] + bytes((33,)) + solar.payload[2:])
    await until(lambda: state(hass, error) == "on")
    assert told == [("raised", "error", "input_voltage")]


async def test_event_stays_what_it_was_while_the_device_is_silent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    """An automation must not see it again when the device is back."""
    entry = await set_up(subentry(shunt, "House"))
    await hear(node, entry, shunt, alarm(0b001))
    await until(lambda: state(hass, ALARM) == "on")
    before = state(hass, EVENT)
    node.unplug()
    await until(lambda: not entry.runtime_data.connected)
    await until(lambda: state(hass, ALARM) == "unavailable")
    assert state(hass, EVENT) == before


async def test_battery_sense_has_nothing_to_complain_about(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    sense = Victron(vector("Smart Battery Sense"), "C0:FF:EE:00:00:05")
    entry = await set_up(subentry(sense, "House"))
    await hear(node, entry, sense, sense.payload)
    await until(lambda: state(hass))
    await hass.async_block_till_done()
    assert state(hass, ALARM) is None
    assert state(hass, EVENT) is None


# How each kind of record says it


@pytest.mark.parametrize(
    ("group", "fields", "standing"),
    [
        ("alarm", {"alarm_reason": 0b11}, ("low_voltage", "high_voltage")),
        ("alarm", {"alarm_reason": 0}, ()),
        ("alarm", {"alarm_reason": None}, ()),
        ("warning", {"warning_reason": 0b1}, ("low_voltage",)),
        ("alarm", {"alarm": 2}, ("unknown_code",)),  # VE.Bus: that there is one, not which
        ("warning", {"alarm": 1}, ("unknown_code",)),
        ("alarm", {"alarm": 1}, ()),
        ("error", {"charger_error": 0}, ()),
        ("error", {"charger_error": 249}, ("unknown_code",)),
        ("error", {"error_code": 7, "irradiance_w_m2": 1.0}, ("unknown_code",)),  # SolarSense
        ("off", {"off_reason": 0b1}, ()),  # no input power: a dark panel is no problem
        ("off", {"off_reason": 0}, ()),
    ],
)
def test_what_stands(group: str, fields: dict[str, Any], standing: tuple[str, ...]) -> None:
    assert reasons.standing(group, fields) == standing


def test_of_a_bms_warnings_are_no_alarms() -> None:
    options = {group: reasons.bms_options(group) for group in (reasons.ALARM, reasons.WARNING)}
    for mask in (1 << bit for bit in range(32)):
        as_alarm = reasons.standing(reasons.ALARM, {"bms_flags": mask})
        as_warning = reasons.standing(reasons.WARNING, {"bms_flags": mask})
        assert not (as_alarm and as_warning)
        assert set(as_alarm) <= set(options[reasons.ALARM])
        assert set(as_warning) <= set(options[reasons.WARNING])


def test_of_a_lynx_each_level_is_one_of_both() -> None:
    warned, alarmed = set(), set()
    for shift in range(0, 18, 2):
        warned.update(reasons.standing(reasons.WARNING, {"warnings_alarms": 2 << shift}))
        alarmed.update(reasons.standing(reasons.ALARM, {"warnings_alarms": 3 << shift}))
        assert reasons.standing(reasons.ALARM, {"warnings_alarms": 1 << shift}) == ()
    assert warned == alarmed
    assert reasons.UNKNOWN_CODE in warned


def test_what_is_not_told_is_no_problem_and_no_health() -> None:
    assert not reasons.is_told(reasons.ALARM, {"alarm_reason": None})
    assert reasons.is_told(reasons.ALARM, {"alarm_reason": 0})
    assert reasons.codes(reasons.ERROR, {"charger_error": 2, "error": None}) == {"charger_error": 2}
