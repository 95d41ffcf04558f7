"""Actions: take note of the alarms of single devices, and try out how an alarm sounds."""

from typing import Any

import probatio
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .hub import Hub, VictronEspnowConfigEntry

ACKNOWLEDGE = "acknowledge_alarms"
TEST_ALARM = "test_alarm"
ATTR_SEVERITY = "severity"
SEVERITIES = ("warning", "critical")

_DEVICES = {probatio.Required(ATTR_DEVICE_ID): probatio.All(cv.ensure_list, [cv.string])}
ACKNOWLEDGE_SCHEMA = probatio.Schema(_DEVICES)
TEST_ALARM_SCHEMA = probatio.Schema(
    {**_DEVICES, probatio.Optional(ATTR_SEVERITY, default="warning"): probatio.In(SEVERITIES)}
)


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Offer the actions, whether or not a display node is set up."""
    hass.services.async_register(DOMAIN, ACKNOWLEDGE, _acknowledge, schema=ACKNOWLEDGE_SCHEMA)
    hass.services.async_register(DOMAIN, TEST_ALARM, _test_alarm, schema=TEST_ALARM_SCHEMA)


async def _acknowledge(call: ServiceCall) -> None:
    """Take note of the alarms of the given devices; a display node stands for all of its site."""
    for device_id in call.data[ATTR_DEVICE_ID]:
        hub, mac = _found(call.hass, device_id)
        args: dict[str, Any] = {} if mac == hub.nodes.display.mac else {"mac": mac.hex().upper()}
        await hub.async_command("acknowledge", args)


async def _test_alarm(call: ServiceCall) -> None:
    """Have the display nodes of the given devices ring, each once."""
    found = [_found(call.hass, device_id) for device_id in call.data[ATTR_DEVICE_ID]]
    for hub in {id(hub): hub for hub, _ in found}.values():
        await hub.async_command("alarm_test", {"severity": call.data[ATTR_SEVERITY]})


def _found(hass: HomeAssistant, device_id: str) -> tuple[Hub, bytes]:
    """Return the display node that a device belongs to, and the device's address."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        raise _refused("no_such_device", device=device_id)
    name = device.name_by_user or device.name or device_id
    identities = {identity for domain, identity in device.identifiers if domain == DOMAIN}
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.entry_id not in device.config_entries:
            continue
        if entry.state is not ConfigEntryState.LOADED:
            raise _refused("not_loaded", name=entry.title)
        for identity, mac in _addresses(entry):
            if identity in identities:
                return entry.runtime_data, mac
    raise _refused("foreign_device", name=name)


def _addresses(entry: VictronEspnowConfigEntry) -> list[tuple[str, bytes]]:
    """Return identity and address of everything that belongs to a display node."""
    hub = entry.runtime_data
    nodes = [(node.identity, node.mac) for node in hub.nodes]
    return nodes + [(one.subentry_id, one.mac) for one in hub.devices.values()]


def _refused(reason: str, **words: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=reason, translation_placeholders=words
    )
