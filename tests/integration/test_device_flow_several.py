"""Adding many Victron devices in one go: ticked, pasted, or both."""

import asyncio
from unittest.mock import patch

import pytest
from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.choosing import CONF_PASTE
from custom_components.victron_espnow.const import CONF_KEY
from custom_components.victron_espnow.protocol.keys import format_mac

from .conftest import SetUp, subentry, until
from .device_dialog import (
    answer,
    begin,
    choose,
    confirm,
    enter,
    heard,
    only,
    options,
    suggested,
)
from .fake_node import PtyNode, Victron, vector

INTEGRATION = "custom_components.victron_espnow"


@pytest.fixture
def sense() -> Victron:
    """A device whose readings everybody can read."""
    captured = {**vector("SolarSense", "synthetic_upstream"), "key_hex": "01" * 16}
    victron = Victron(captured, "C0:FF:EE:00:00:07")
    victron.frame = lambda: _plain(victron)  # type: ignore[method-assign]
    return victron


def _plain(victron: Victron) -> bytes:
    victron.nonce = (victron.nonce + 1) & 0xFFFF
    return (
        victron.head + victron.nonce.to_bytes(2, "little") + b"\x01" + victron.payload
    )  # a part of the record's type


def titles(entry: MockConfigEntry) -> dict[str, str]:
    """Return name and key of each device."""
    return {one.title: one.data[CONF_KEY] for one in entry.subentries.values()}


async def test_ticked_devices_are_asked_for_one_after_the_other(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    result = await choose(hass, flow, format_mac(shunt.mac), format_mac(solar.mac))
    assert result["step_id"] == "device"
    words = result["description_placeholders"]
    assert words["device"] == "SmartShunt 500A/50mV 0002 (C0:FF:EE:00:00:02)"
    assert words["place"] == " (1/2)"
    result = await enter(hass, flow, "", shunt.key.hex(), name="House")
    assert result["step_id"] == "device"
    assert result["description_placeholders"]["place"] == " (2/2)"
    # What is confirmed stays, whatever becomes of the rest.
    assert titles(entry) == {"House": shunt.key.hex()}
    result = await enter(hass, flow, "", solar.key.hex(), name="Roof")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titles(entry) == {"House": shunt.key.hex(), "Roof": solar.key.hex()}
    await until(lambda: hass.states.get("sensor.roof_solar_power"))
    assert node.hellos == 1  # the port was not opened again


async def test_pasted_list_is_judged_and_only_names_are_asked_for(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    text = f"Shunt {format_mac(shunt.mac)} {shunt.key.hex()}\n{solar.mac.hex()};{solar.key.hex()}"
    flow = await begin(hass, entry)
    result = await choose(hass, flow, paste=text)
    assert result["step_id"] == "found"
    assert suggested(result, "name") == "SmartShunt 500A/50mV 0002"
    result = await confirm(hass, flow, "House")
    assert result["step_id"] == "found"
    result = await confirm(hass, flow, "")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titles(entry) == {
        "House": shunt.key.hex(),
        "BlueSolar Charger MPPT 75/15 0001": solar.key.hex(),
    }


async def test_pasted_keys_find_their_devices_by_themselves(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    # One of them with a digit too few.
    result = await choose(hass, flow, paste=f"{solar.key.hex()}\n{shunt.key.hex()[:-1]}")
    assert result["step_id"] == "found"
    result = await confirm(hass, flow, "Roof")
    assert result["step_id"] == "repaired"
    result = await confirm(hass, flow, "House")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titles(entry) == {"Roof": solar.key.hex(), "House": shunt.key.hex()}


async def test_address_that_is_pasted_again_without_its_key_keeps_it(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    first, other = format_mac(shunt.mac), format_mac(solar.mac)
    pasted = f"{first}\n{shunt.key.hex()}\n{first}\n{other}\n{solar.key.hex()}"
    result = await choose(hass, flow, paste=pasted)
    assert result["step_id"] == "found"
    result = await confirm(hass, flow, "House")
    assert result["step_id"] == "found"
    await confirm(hass, flow, "Roof")
    assert titles(entry) == {"House": shunt.key.hex(), "Roof": solar.key.hex()}


async def test_pasted_key_belongs_to_the_one_device_that_is_ticked(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    """Nothing that is heard proves it, so it is judged, and the error names both keys."""
    await heard(node, entry, shunt)
    flow = await begin(hass, entry)
    result = await choose(hass, flow, format_mac(shunt.mac), paste="ab" * 16)
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    assert result["description_placeholders"]["typed"] == "AB"
    result = await enter(hass, flow, "", shunt.key.hex(), name="House")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_pasted_key_of_nobody_is_told_and_can_be_completed(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "Roof"))
    await heard(node, entry, shunt)
    flow = await begin(hass, entry)
    result = await choose(hass, flow, paste="ab" * 16)
    assert result["step_id"] == "user"
    assert result["errors"] == {CONF_PASTE: "key_of_nobody"}
    assert result["description_placeholders"]["used"] == "AB"
    assert suggested(result, CONF_PASTE) == "ab" * 16
    result = await choose(hass, flow, paste=f"{format_mac(shunt.mac)} {shunt.key.hex()}")
    assert result["step_id"] == "found"


async def test_one_wrong_key_among_several_is_asked_for_again(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    text = f"{shunt.mac.hex()} {'cd' * 16}\n{solar.mac.hex()} {solar.key.hex()}"
    result = await choose(hass, flow, paste=text)
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    assert "C0:FF:EE:00:00:02" in result["description_placeholders"]["device"]
    result = await enter(hass, flow, "", shunt.key.hex(), name="House")
    assert result["step_id"] == "found"
    assert result["errors"] == {}
    result = await confirm(hass, flow, "Roof")
    assert set(titles(entry)) == {"House", "Roof"}


async def test_device_that_is_not_heard_yet_is_added_by_hand(
    hass: HomeAssistant, entry: MockConfigEntry, shunt: Victron
) -> None:
    flow = await begin(hass, entry)
    assert options(flow) == []
    result = await choose(hass, flow, paste=f"{format_mac(shunt.mac)} {shunt.key.hex()}")
    assert result["step_id"] == "not_heard"
    result = await confirm(hass, flow, "House")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).title == "House"


async def test_device_that_sends_in_the_clear_is_not_asked_for_a_key(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, sense: Victron
) -> None:
    await heard(node, entry, sense)
    flow = await begin(hass, entry)
    result = await choose(hass, flow, format_mac(sense.mac))
    assert result["step_id"] == "plain"
    result = await confirm(hass, flow, "Sky")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).data[CONF_KEY] == ""
    await until(lambda: hass.states.get("sensor.sky_irradiance"))
    # The display node shows and watches it as well.
    await until(lambda: node.keys.get(sense.mac.hex().upper()) == ("00" * 16, "Sky"))


async def test_device_that_sends_in_the_clear_is_renamed_and_replaced_without_a_key(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, sense: Victron, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "Sky"))
    await heard(node, entry, sense)
    flow = await entry.start_subentry_reconfigure_flow(hass, only(entry).subentry_id)
    result = await enter(hass, flow, format_mac(sense.mac), "", name="Sky")
    assert result["reason"] == "reconfigure_successful"
    assert dict(only(entry).data).items() >= {CONF_MAC: format_mac(sense.mac), CONF_KEY: ""}.items()
    flow = await entry.start_subentry_reconfigure_flow(hass, only(entry).subentry_id)
    result = await enter(hass, flow, format_mac(sense.mac), "", name="Sun")
    assert result["reason"] == "reconfigure_successful"
    assert only(entry).title == "Sun"


async def test_what_is_configured_already_is_left_out_of_a_pasted_list(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "Roof"))
    await heard(node, entry, shunt)
    flow = await begin(hass, entry)
    result = await choose(hass, flow, paste=solar.key.hex())
    assert result["errors"] == {"base": "already_configured"}
    assert result["description_placeholders"]["name"] == "Roof"
    result = await choose(hass, flow, paste=f"{solar.key.hex()}\n{shunt.key.hex()}")
    assert result["step_id"] == "found"
    assert result["description_placeholders"]["place"] == ""
    assert "C0:FF:EE:00:00:02" in result["description_placeholders"]["device"]


async def test_nothing_chosen_is_told(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await choose(hass, await begin(hass, entry))
    assert result["errors"] == {"base": "nothing_chosen"}


async def test_faster_dialog_takes_nothing_from_the_rest(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    await choose(hass, flow, paste=f"{shunt.key.hex()}\n{solar.key.hex()}")
    other = await begin(hass, entry)
    await choose(hass, other, paste=shunt.key.hex())
    await confirm(hass, other, "House")
    result = await confirm(hass, flow, "Hut")
    assert result["step_id"] == "found"
    result = await confirm(hass, flow, "Roof")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert set(titles(entry)) == {"House", "Roof"}


async def test_dialog_right_after_the_start_waits_for_who_is_heard(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    hass.loop.call_later(0.2, node.advertise, shunt)
    with patch(f"{INTEGRATION}.nearby._SNAPSHOT_S", 10):
        flow = await begin(hass, entry)
    assert [one["value"] for one in options(flow)] == [format_mac(shunt.mac)]


async def test_dialog_right_after_the_start_waits_for_all_who_are_heard(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    hub = entry.runtime_data
    await until(lambda: not hub.roll_call.is_under_way)
    with patch(f"{INTEGRATION}.roll_call.ALARMS_SETTLE_S", 60):
        node.say_hello()
        await until(lambda: hub.roll_call.is_under_way)
    hass.loop.call_later(0.1, node.advertise, shunt)
    hass.loop.call_later(0.6, node.advertise, solar)
    with (
        patch(f"{INTEGRATION}.nearby._SNAPSHOT_S", 10),
        patch(f"{INTEGRATION}.nearby.LISTEN_EVERY_S", 0.5),
    ):
        flow = await begin(hass, entry)
    found = {one["value"] for one in options(flow)}
    assert found == {format_mac(shunt.mac), format_mac(solar.mac)}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_dialog_waits_for_nobody_when_somebody_is_heard(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt)
    await until(lambda: not entry.runtime_data.roll_call.is_under_way)
    with (
        patch(f"{INTEGRATION}.nearby._SNAPSHOT_S", 60),
        patch(f"{INTEGRATION}.nearby.LISTEN_EVERY_S", 60),
    ):
        async with asyncio.timeout(10):
            assert options(await begin(hass, entry))


async def test_device_that_fell_silent_is_no_longer_offered(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    node.advertise(shunt, age_ms=100_000)
    await until(lambda: shunt.mac in entry.runtime_data.heard)
    assert options(await begin(hass, entry)) == []


async def test_name_is_kept_while_the_key_is_corrected(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt)
    flow = await begin(hass, entry)
    await choose(hass, flow, format_mac(shunt.mac))
    result = await answer(hass, flow, {CONF_KEY: "ab" * 16, "name": "House"})
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    assert suggested(result, "name") == "House"
