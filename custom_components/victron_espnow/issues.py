"""Repair issues: what only the user can put right, and that it has been."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .link import Hello, LinkError
from .protocol.keys import format_mac

if TYPE_CHECKING:
    from .device import Device

# Reasons that no retry cures; all others pass by themselves.
LINK_ISSUES = ("other_node", "sensor_node", "newer_line_version", "older_line_version")
NOT_PROVISIONED = "not_provisioned"


@callback
def _create(
    hass: HomeAssistant, issue_id: str, key: str, severity: ir.IssueSeverity, **words: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders=words,
    )


@callback
def report_link(hass: HomeAssistant, entry: ConfigEntry, err: LinkError) -> None:
    """Tell the user of a node that will not do."""
    if err.reason in LINK_ISSUES:
        issue_id = f"{err.reason}_{entry.entry_id}"
        _create(hass, issue_id, err.reason, ir.IssueSeverity.ERROR, **err.placeholders)


@callback
def clear_link(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The right node answers."""
    for reason in LINK_ISSUES:
        ir.async_delete_issue(hass, DOMAIN, f"{reason}_{entry.entry_id}")


@callback
def judge_provisioning(hass: HomeAssistant, entry: ConfigEntry, hello: Hello) -> None:
    """An unprovisioned display node hears nobody."""
    issue_id = f"{NOT_PROVISIONED}_{entry.entry_id}"
    if hello.provisioned:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    else:
        _create(hass, issue_id, NOT_PROVISIONED, ir.IssueSeverity.WARNING, name=entry.title)


@callback
def judge_key(hass: HomeAssistant, entry: ConfigEntry, device: Device) -> None:
    """Ask for a new key, or stop asking."""
    if not device.key_refused:
        clear_key(hass, device)
        return
    _create(
        hass,
        f"invalid_key_{device.subentry_id}",
        "invalid_key",
        ir.IssueSeverity.ERROR,
        name=device.name,
        mac=format_mac(device.mac),
        entry=entry.title,
        typed=device.key[:1].hex(),
        used=device.check_byte,
    )


@callback
def clear_key(hass: HomeAssistant, device: Device) -> None:
    """The key fits, or the device is gone."""
    ir.async_delete_issue(hass, DOMAIN, f"invalid_key_{device.subentry_id}")


@callback
def clear_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The entry is gone, and its issues with it."""
    clear_link(hass, entry)
    ir.async_delete_issue(hass, DOMAIN, f"{NOT_PROVISIONED}_{entry.entry_id}")
    for subentry_id in entry.subentries:
        ir.async_delete_issue(hass, DOMAIN, f"invalid_key_{subentry_id}")
