"""Options of an entry: how often values are written, and the display node's order, screen and Wi-Fi."""

from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from . import screen_options
from .const import CONF_ORDER, CONF_SCREEN, CONF_WIFI, EVERY_MAX_S, EVERY_S, SUBENTRY_DEVICE
from .hub import hub_of
from .option_push import WIFI_OFF, WIFI_POINT, WIFI_STATION
from .settings import may_push_keys

# "As it is" leaves to the board what was set over USB or on its own page.
AS_IT_IS = "as_it_is"
CONF_MODE, CONF_SSID, CONF_PASSWORD = "mode", "ssid", "password"

# What WPA2 and the display node take, in bytes.
_LONGEST_SSID = 32
_PASSWORD_BYTES = range(8, 64)

_SECONDS = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=EVERY_MAX_S,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.SECONDS,
    )
)
PACE_SCHEMA = probatio.Schema(
    {probatio.Required(name, default=default): _SECONDS for name, default in EVERY_S.items()}
)
WIFI_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_MODE, default=AS_IT_IS): SelectSelector(
            SelectSelectorConfig(
                options=[AS_IT_IS, WIFI_OFF, WIFI_STATION, WIFI_POINT],
                mode=SelectSelectorMode.LIST,
                translation_key="wifi_mode",
            )
        ),
        probatio.Optional(CONF_SSID): TextSelector(),
        probatio.Optional(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
    }
)


class VictronEspnowOptionsFlow(OptionsFlow):
    """Entities and the display node follow without a reload."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what it is about."""
        return self.async_show_menu(
            step_id="init", menu_options=["pace", "order", "screen", "wifi"]
        )

    async def async_step_pace(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often values are written."""
        if user_input is not None:
            return self._keep(user_input)
        return self.async_show_form(
            step_id="pace",
            data_schema=self.add_suggested_values_to_schema(PACE_SCHEMA, self.config_entry.options),
        )

    async def async_step_order(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which device comes first on the display."""
        if user_input is not None:
            return self._keep({CONF_ORDER: user_input.get(CONF_ORDER, [])})
        devices = {
            one.subentry_id: one.title
            for one in self.config_entry.get_subentries_of_type(SUBENTRY_DEVICE)
        }
        options = [SelectOptionDict(value=one, label=title) for one, title in devices.items()]
        choice = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
        )
        chosen = [one for one in self.config_entry.options.get(CONF_ORDER, []) if one in devices]
        return self.async_show_form(
            step_id="order",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Optional(CONF_ORDER): choice}), {CONF_ORDER: chosen}
            ),
        )

    async def async_step_screen(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the screen behaves; an empty field leaves that to the board."""
        hub = hub_of(self.config_entry)
        told = hub.settings.options.in_force if hub else {}
        kept = self.config_entry.options.get(CONF_SCREEN, {})
        if user_input is not None:
            return self._keep({CONF_SCREEN: screen_options.chosen(user_input, told, kept)})
        return self.async_show_form(
            step_id="screen",
            data_schema=self.add_suggested_values_to_schema(
                screen_options.schema(told, kept), screen_options.shown(told, kept)
            ),
        )

    async def async_step_wifi(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the display node's Wi-Fi; a password that is kept is not shown."""
        entry = self.config_entry
        if not may_push_keys(entry.data):
            return self.async_abort(reason="no_consent")
        known = entry.options.get(CONF_WIFI, {})
        errors: dict[str, str] = {}
        if user_input is not None:
            wifi = _wifi(user_input, known)
            errors = _errors(wifi)
            if not errors:
                return self._keep({CONF_WIFI: wifi})
        shown = {name: one for name, one in known.items() if name != CONF_PASSWORD}
        return self.async_show_form(
            step_id="wifi",
            data_schema=self.add_suggested_values_to_schema(
                WIFI_SCHEMA, shown if user_input is None else user_input
            ),
            errors=errors,
        )

    def _keep(self, answered: dict[str, Any]) -> ConfigFlowResult:
        options = {**self.config_entry.options, **answered}
        for name in (CONF_SCREEN, CONF_WIFI):
            if not options.get(name, True):  # nothing is asked of the board
                del options[name]
        return self.async_create_entry(data=options)


def _wifi(typed: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """Return the choice; a password that was not typed again is that of the same network."""
    mode = typed[CONF_MODE]
    if mode == AS_IT_IS:
        return {}
    if mode != WIFI_STATION:
        return {CONF_MODE: mode}
    ssid = typed.get(CONF_SSID, "")
    kept = known.get(CONF_PASSWORD, "") if known.get(CONF_SSID) == ssid else ""
    return {CONF_MODE: mode, CONF_SSID: ssid, CONF_PASSWORD: typed.get(CONF_PASSWORD) or kept}


def _errors(wifi: dict[str, str]) -> dict[str, str]:
    if wifi.get(CONF_MODE) != WIFI_STATION:
        return {}
    if not 1 <= len(wifi[CONF_SSID].encode(errors="ignore")) <= _LONGEST_SSID:
        return {CONF_SSID: "bad_ssid"}
    password = wifi[CONF_PASSWORD]
    if password and len(password.encode(errors="ignore")) not in _PASSWORD_BYTES:
        return {CONF_PASSWORD: "bad_password"}
    return {}
