"""Walks through the dialogs of Victron devices as a person does."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.const import CONF_MAC, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.choosing import CONF_DEVICES, CONF_PASTE
from custom_components.victron_espnow.const import CONF_KEY

from .conftest import until
from .fake_node import PtyNode, Victron

type Result = dict[str, Any]


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "device"), context={"source": SOURCE_USER}
    )


async def choose(hass: HomeAssistant, flow: Result, *macs: str, paste: str = "") -> Result:
    """Tick devices, paste something, and wait while the flow listens."""
    typed: Result = {CONF_DEVICES: list(macs)} if macs else {}
    typed |= {CONF_PASTE: paste} if paste else {}
    return await answer(hass, flow, typed)


async def enter(hass: HomeAssistant, flow: Result, mac: str, key: str, **more: str) -> Result:
    """Name the device wherever the dialog asks for it, then its key."""
    step = hass.config_entries.subentries.async_get(flow["flow_id"])["step_id"]
    if step == "user":
        result = await choose(hass, flow, paste=mac)
        if result["step_id"] != "device":
            return result
    typed = {CONF_MAC: mac} if step == "reconfigure" else {}
    return await answer(hass, flow, {**typed, **({CONF_KEY: key} if key else {}), **more})


async def answer(hass: HomeAssistant, flow: Result, typed: Result) -> Result:
    """Fill in the form that is shown, and wait while the flow listens."""
    result = await hass.config_entries.subentries.async_configure(flow["flow_id"], typed)
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        assert result["step_id"] == "check"
        assert result["progress_action"] == "listening"
        await hass.async_block_till_done()
        result = await hass.config_entries.subentries.async_configure(result["flow_id"])
    return result


async def confirm(hass: HomeAssistant, flow: Result, name: str | None = None) -> Result:
    return await answer(hass, flow, {} if name is None else {CONF_NAME: name})


async def heard(node: PtyNode, entry: MockConfigEntry, *victrons: Victron, frames: int = 3) -> None:
    """Let each of the devices be heard."""
    count = min(frames, 8)
    for victron in victrons:
        for _ in range(frames):
            node.advertise(victron)
        await until(
            lambda mac=victron.mac: (
                (h := entry.runtime_data.heard.get(mac)) and len(h.frames) >= count
            )
        )


def only(entry: MockConfigEntry) -> ConfigSubentry:
    (one,) = entry.subentries.values()
    return one


def options(flow: Result) -> list[dict[str, str]]:
    """Return the devices that are offered."""
    for name, selector in flow["data_schema"].schema.items():
        if name in (CONF_DEVICES, CONF_MAC):
            return selector.config["options"]
    return []


def suggested(flow: Result, field: str) -> Any:
    """Return what a field is filled in with."""
    (marker,) = [marker for marker in flow["data_schema"].schema if marker == field]
    return marker.description["suggested_value"]
