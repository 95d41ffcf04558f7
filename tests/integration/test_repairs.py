"""A key that no longer fits is repaired where the message about it is read."""

from typing import Any

import pytest
from homeassistant.components.repairs import FlowType, repairs_flow_manager
from homeassistant.const import CONF_MAC, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import CONF_KEY, DOMAIN

from .conftest import SetUp, subentry, until
from .device_dialog import answer, heard, only
from .fake_node import PtyNode, Victron


async def opened(hass: HomeAssistant, issue_id: str) -> tuple[Any, Any]:
    """Open a message as a click on it does; return who leads through it, and its first step."""
    manager = repairs_flow_manager(hass)
    assert manager
    return manager, await manager.async_init(DOMAIN, context={"issue_id": issue_id})


@pytest.fixture(autouse=True)
async def repairs(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def entry(node: PtyNode, set_up: SetUp, shunt: Victron) -> MockConfigEntry:
    """Have a battery monitor that got a new key since it was set up."""
    old = subentry(shunt, "House")
    shunt.key = b"\x9c" + shunt.key[1:]
    entry = await set_up(old)
    await heard(node, entry, shunt)
    return entry


@pytest.fixture
async def issue_id(entry: MockConfigEntry, issue_registry: ir.IssueRegistry) -> str:
    """Return the message about that."""
    issue_id = f"invalid_key_{only(entry).subentry_id}"
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    return issue_id


async def test_changed_key_is_entered_from_the_message_about_it(
    hass: HomeAssistant, shunt: Victron, issue_id: str, issue_registry: ir.IssueRegistry
) -> None:
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue.is_fixable
    assert issue.translation_placeholders["used"] == "9C"
    manager, result = await opened(hass, issue_id)
    assert result["step_id"] == "confirm"
    assert result["description_placeholders"]["name"] == "House"
    result = await manager.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "key_asked_for"
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    # Not repaired before a reading can be decrypted.
    assert issue_registry.async_get_issue(DOMAIN, issue_id)
    typed = {CONF_MAC: "C0:FF:EE:00:00:02", CONF_KEY: shunt.key.hex(), CONF_NAME: "House"}
    result = await answer(hass, {"flow_id": flow_id}, typed)
    assert result["reason"] == "reconfigure_successful"
    await until(lambda: not issue_registry.async_get_issue(DOMAIN, issue_id))


async def test_wrong_key_that_begins_like_the_right_one_is_told_as_such(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    """It uses a key that begins with 5D, yours begins with 5D: that would help nobody."""
    old = subentry(shunt, "House")
    right = shunt.key[:1] + bytes(15)
    shunt.key = b"\x9c" + right[1:]
    entry = await set_up(old)
    node.advertise(shunt)  # a stray one
    shunt.key = right
    for _ in range(8):
        node.advertise(shunt)
    issue_id = f"invalid_key_{only(entry).subentry_id}"
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    manager, result = await opened(hass, issue_id)
    assert result["step_id"] == "nonsense"
    assert result["description_placeholders"]["typed"] == right.hex()[:2].upper()
    result = await manager.async_configure(result["flow_id"], {})
    assert result["reason"] == "key_asked_for"


async def test_message_about_a_device_that_is_gone_leads_nowhere(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    issue_id: str,
    issue_registry: ir.IssueRegistry,
) -> None:
    manager, result = await opened(hass, issue_id)
    hass.config_entries.async_remove_subentry(entry, only(entry).subentry_id)
    result = await manager.async_configure(result["flow_id"], {})
    assert result["reason"] == "device_gone"
    await until(lambda: not issue_registry.async_get_issue(DOMAIN, issue_id))


async def test_message_about_an_entry_that_is_gone_leads_nowhere(
    hass: HomeAssistant, entry: MockConfigEntry, issue_id: str
) -> None:
    manager, result = await opened(hass, issue_id)
    await hass.config_entries.async_remove(entry.entry_id)
    result = await manager.async_configure(result["flow_id"], {})
    assert result["reason"] == "device_gone"


async def test_message_whose_reason_is_gone_meanwhile_can_still_be_read(
    hass: HomeAssistant, issue_id: str, issue_registry: ir.IssueRegistry
) -> None:
    manager, result = await opened(hass, issue_id)
    issue_registry.async_delete(DOMAIN, issue_id)
    result = await manager.async_configure(result["flow_id"])
    assert result["step_id"] == "confirm"
