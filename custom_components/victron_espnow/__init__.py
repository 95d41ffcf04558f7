"""Victron devices heard by an ESP-NOW display node on a serial port."""

from homeassistant.const import CONF_DEVICE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from . import issues, lovelace, services
from .const import DOMAIN
from .hub import Hub, VictronEspnowConfigEntry, hub_of
from .nodes import sensor_node_of
from .parting import async_take_keys_back
from .port import LinkError

PLATFORMS: list[Platform] = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the actions, and serve the card."""
    services.async_setup(hass)
    await lovelace.async_serve(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> bool:
    """Connect to the display node."""
    await lovelace.async_register(hass)  # an unplugged node is worth seeing, too
    hub = Hub(hass, entry)
    # Before the first thing that can fail, so that a failed setup leaves the port closed.
    entry.async_on_unload(hub.async_stop)
    try:
        await hub.async_connect()
    except LinkError as err:
        issues.report_link(hass, entry, err)
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=err.reason,
            translation_placeholders=err.placeholders,
        ) from err
    entry.runtime_data = hub
    # Before anything is awaited: a device may be removed meanwhile.
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    hub.async_start()
    return True


async def _async_updated(hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> None:
    """Follow changed devices in place; only another port is worth closing this one."""
    hub = entry.runtime_data
    if entry.data != hub.data:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    hub.async_update_devices()


async def async_unload_entry(hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> bool:
    """Unload; the port is closed by what setup registered."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> None:
    """Take the issues along, with the last entry the card, and from the node its keys."""
    issues.clear_entry(hass, entry)
    others = hass.config_entries.async_entries(DOMAIN)
    if all(other.entry_id == entry.entry_id for other in others):
        await lovelace.async_unregister(hass)
    await async_take_keys_back(entry, entry.data[CONF_DEVICE])  # which may take its time


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: VictronEspnowConfigEntry, device: DeviceEntry
) -> bool:
    """Let the user remove a sensor node that is gone; a Victron device goes with its subentry."""
    identities = [identity for domain, identity in device.identifiers if domain == DOMAIN]
    if (hub := hub_of(entry)) is None:  # nobody is heard
        return any(sensor_node_of(entry, identity) for identity in identities)
    return any(hub.nodes.forget(identity) for identity in identities)
