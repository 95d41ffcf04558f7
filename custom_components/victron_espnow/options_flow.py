"""Options of an entry: how often values are written."""

from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode

from .const import EVERY_MAX_S, EVERY_S

_SECONDS = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=EVERY_MAX_S,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.SECONDS,
    )
)
SCHEMA = probatio.Schema(
    {probatio.Required(name, default=default): _SECONDS for name, default in EVERY_S.items()}
)


class VictronEspnowOptionsFlow(OptionsFlow):
    """Ask how often; entities follow without a reload."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form, and keep what was answered."""
        if user_input is not None:
            return self.async_create_entry(data={**self.config_entry.options, **user_input})
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, self.config_entry.options),
        )
