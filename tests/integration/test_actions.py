"""Actions for automations, and what they say when they cannot be carried out."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import DOMAIN

from .conftest import SetUp, subentry, until
from .fake_node import SENSOR_MAC, PtyNode, Victron

type Devices = dict[str, str]


@pytest.fixture
async def entry(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> MockConfigEntry:
    """A display node with a device and a sensor node."""
    entry = await set_up(subentry(shunt, "House"))
    node.advertise(shunt)
    node.send("node", f'{{"mac":"{SENSOR_MAC.hex()}","name":"Bow"}}')
    await until(lambda: entry.runtime_data.nodes.sensors)
    await until(lambda: node.limits)
    await hass.async_block_till_done()
    node.commands.clear()
    return entry


def device_ids(hass: HomeAssistant, entry: MockConfigEntry) -> Devices:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {device.name: device.id for device in devices}


async def act(hass: HomeAssistant, name: str, *device_ids: str, **more: Any) -> None:
    data = {"device_id": list(device_ids), **more}
    await hass.services.async_call(DOMAIN, name, data, blocking=True)


async def test_alarms_of_single_devices_are_acknowledged(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    ids = device_ids(hass, entry)
    await act(hass, "acknowledge_alarms", ids["House"], ids["Bow"])
    assert node.commands == [
        ("acknowledge", {"mac": shunt.mac.hex().upper()}),
        ("acknowledge", {"mac": SENSOR_MAC.hex().upper()}),
    ]


async def test_display_node_stands_for_all_of_its_alarms(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry
) -> None:
    await act(hass, "acknowledge_alarms", device_ids(hass, entry)["Trailer display"])
    assert node.commands == [("acknowledge", {})]


async def test_display_node_rings_once_however_many_of_its_devices_are_named(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry
) -> None:
    await act(hass, "test_alarm", *device_ids(hass, entry).values(), severity="critical")
    assert node.commands == [("alarm_test", {"severity": "critical"})]


async def test_refusal_is_an_error_of_the_action(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry
) -> None:
    node.refuse = {"alarm_test": "unknown_command"}
    with pytest.raises(HomeAssistantError) as told:
        await act(hass, "test_alarm", device_ids(hass, entry)["House"])
    assert told.value.translation_key == "firmware_too_old"


async def test_device_of_others_and_none_at_all_are_told_apart(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    foreign = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}, name="Lamp"
    )
    stale = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")}, name="Stern"
    )
    for device_id, reason, words in (
        (foreign.id, "foreign_device", {"name": "Lamp"}),
        (stale.id, "foreign_device", {"name": "Stern"}),
        ("nonsense", "no_such_device", {"device": "nonsense"}),
    ):
        with pytest.raises(ServiceValidationError) as told:
            await act(hass, "acknowledge_alarms", device_id)
        assert told.value.translation_key == reason
        assert told.value.translation_placeholders == words


async def test_display_node_that_is_not_set_up_is_named(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    ids = device_ids(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as told:
        await act(hass, "test_alarm", ids["House"])
    assert told.value.translation_key == "not_loaded"
    assert told.value.translation_placeholders == {"name": "Trailer display"}
