"""Repair issues: what only the user can put right, and that it has been."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, LOGGER
from .hello import Hello
from .port import LinkError
from .protocol import radio
from .protocol.keys import format_mac

if TYPE_CHECKING:
    from .device import Device

# Reasons that no retry cures; all others pass by themselves.
LINK_ISSUES = (
    "other_node",
    "sensor_node",
    "newer_line_version",
    "older_line_version",
)
# A board that boots also looks so: told when it is the same behind a new opening of the port.
STRANGER = "something_else"
NOT_PROVISIONED = "not_provisioned"
FOREIGN_RADIO = "unknown_radio_version"
KEYS_REFUSED = "keys_refused"
LIMITS_REFUSED = "limits_refused"
OPTIONS_REFUSED = "options_refused"
INVALID_KEY = "invalid_key"
ENTRY_ISSUES = (NOT_PROVISIONED, FOREIGN_RADIO, KEYS_REFUSED, LIMITS_REFUSED, OPTIONS_REFUSED)


@callback
def _create(
    hass: HomeAssistant,
    issue_id: str,
    key: str,
    severity: ir.IssueSeverity,
    words: dict[str, str],
    device: dict[str, str | int | float | None] | None = None,
) -> None:
    """Create or renew an issue; one about a device leads to its dialog."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=device,
        is_fixable=device is not None,
        severity=severity,
        translation_key=key,
        translation_placeholders=words,
    )


@callback
def report_link(
    hass: HomeAssistant, entry: ConfigEntry, err: LinkError, *, again: bool = False
) -> None:
    """Tell the user of a node that will not do; `again`: the time before it was the same."""
    if err.reason in LINK_ISSUES or (again and err.reason == STRANGER):
        issue_id = f"{err.reason}_{entry.entry_id}"
        _create(hass, issue_id, err.reason, ir.IssueSeverity.ERROR, err.placeholders)


@callback
def clear_link(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The right node answers."""
    for reason in (*LINK_ISSUES, STRANGER):
        ir.async_delete_issue(hass, DOMAIN, f"{reason}_{entry.entry_id}")


@callback
def judge_provisioning(hass: HomeAssistant, entry: ConfigEntry, hello: Hello) -> None:
    """An unprovisioned display node hears nobody."""
    issue_id = f"{NOT_PROVISIONED}_{entry.entry_id}"
    if hello.provisioned:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    else:
        _create(hass, issue_id, NOT_PROVISIONED, ir.IssueSeverity.WARNING, {"name": entry.title})


@callback
def judge_radio(hass: HomeAssistant, entry: ConfigEntry, theirs: object, spoken: object) -> None:
    """Hint at a sensor node that the display node cannot understand: the frame proves nothing."""
    issue_id = f"{FOREIGN_RADIO}_{entry.entry_id}"
    ours = _version(spoken) or radio.VERSION
    version = _version(theirs)
    if version is None or version == ours:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    key = FOREIGN_RADIO if version > ours else f"{FOREIGN_RADIO}_older"
    words = {"name": entry.title, "version": str(version), "ours": str(ours)}
    _create(hass, issue_id, key, ir.IssueSeverity.WARNING, words)


def _version(value: object) -> int | None:
    """Return a radio version: one byte of the frame, and never 0."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 256:
        return value
    return None


@callback
def judge_refusals(
    hass: HomeAssistant, entry: ConfigEntry, key: str, refused: dict[str, str]
) -> None:
    """Name the devices, or the options, that the display node did not take; log it once."""
    issue_id = f"{key}_{entry.entry_id}"
    if not refused:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    devices = ", ".join(refused)
    reasons = ", ".join(sorted(set(refused.values())))
    words = {"name": entry.title, "devices": devices, "error": reasons}
    known = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if known is None or known.translation_placeholders != words:
        what = key.removesuffix("_refused")
        LOGGER.warning("%s refused the %s of %s (%s)", entry.title, what, devices, reasons)
    _create(hass, issue_id, key, ir.IssueSeverity.WARNING, words)


@callback
def judge_key(hass: HomeAssistant, entry: ConfigEntry, device: Device) -> None:
    """Ask for a new key, or stop asking."""
    if not device.key_refused:
        clear_key(hass, device)
        return
    _create(
        hass,
        f"{INVALID_KEY}_{device.subentry_id}",
        INVALID_KEY,
        ir.IssueSeverity.ERROR,
        {
            "name": device.name,
            "mac": format_mac(device.mac),
            "entry": entry.title,
            "typed": device.key[:1].hex().upper(),
            "used": device.check_byte.upper(),
        },
        {"entry_id": entry.entry_id, "subentry_id": device.subentry_id},
    )


@callback
def clear_key(hass: HomeAssistant, device: Device) -> None:
    """The key fits, or the device is gone."""
    ir.async_delete_issue(hass, DOMAIN, f"{INVALID_KEY}_{device.subentry_id}")


@callback
def clear_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The entry is gone, and its issues with it."""
    clear_link(hass, entry)
    for issue in ENTRY_ISSUES:
        ir.async_delete_issue(hass, DOMAIN, f"{issue}_{entry.entry_id}")
    for subentry_id in entry.subentries:
        ir.async_delete_issue(hass, DOMAIN, f"{INVALID_KEY}_{subentry_id}")
