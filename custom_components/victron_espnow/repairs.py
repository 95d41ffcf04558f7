"""Repair flows: a key that no longer fits leads to the dialog in which the new one is entered."""

from typing import Any

import probatio
from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, SUBENTRY_DEVICE


class KeyRepairFlow(RepairsFlow):
    """Say what happened, then open the device's own dialog."""

    def __init__(self, data: dict[str, str | int | float | None]) -> None:
        """Remember which device it is about."""
        self._entry_id = str(data["entry_id"])
        self._subentry_id = str(data["subentry_id"])

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the explanation: another key, or one that only begins like it."""
        words = self._words()
        alike = words["used"] == words["typed"] if words else False
        return await (self.async_step_nonsense() if alike else self.async_step_confirm())

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say how the keys begin."""
        return await self._explain("confirm", user_input)

    async def async_step_nonsense(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say that the keys begin alike and are not."""
        return await self._explain("nonsense", user_input)

    def _words(self) -> dict[str, str] | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return issue.translation_placeholders if issue else None

    async def _explain(self, step: str, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        """Explain, then hand over; the issue stays until a reading can be decrypted."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or self._subentry_id not in entry.subentries:
            return self.async_abort(reason="device_gone")
        if user_input is None:
            return self.async_show_form(
                step_id=step,
                data_schema=probatio.Schema({}),
                description_placeholders=self._words(),
            )
        device = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, SUBENTRY_DEVICE),
            context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=self._subentry_id),
        )
        return self.async_abort(
            reason="key_asked_for",
            description_placeholders={"name": entry.subentries[self._subentry_id].title},
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, device["flow_id"]),
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Only issues about a device's key can be repaired in a dialog."""
    assert data is not None
    return KeyRepairFlow(data)
