"""Config flow: which port the display node is on."""

from typing import Any, override

import probatio
from homeassistant.components import usb
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import callback
from homeassistant.helpers.selector import BooleanSelector, SerialPortSelector
from homeassistant.helpers.typing import UNDEFINED

from .const import CONF_PUSH_KEYS, DOMAIN, LOGGER, SUBENTRY_DEVICE
from .device_flow import DeviceFlow
from .hello import Hello
from .link import probe
from .options_flow import VictronEspnowOptionsFlow
from .parting import async_take_keys_back
from .port import LinkError, is_network, shown
from .settings import may_push_keys

PORT_SCHEMA = probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()})
NETWORK_SCHEMA = probatio.Schema(
    {probatio.Required(CONF_PUSH_KEYS, default=False): BooleanSelector()}
)
RECONFIGURE_SCHEMA = PORT_SCHEMA.extend(NETWORK_SCHEMA.schema)


class VictronEspnowConfigFlow(ConfigFlow, domain=DOMAIN):
    """Find the display node behind a serial port."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin without a port."""
        self._port = ""
        self._title = ""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Each Victron device is a subentry."""
        return {SUBENTRY_DEVICE: DeviceFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Offer how often values are written, and what the display node follows."""
        return VictronEspnowOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the port, and hear what is behind it."""
        errors: dict[str, str] = {}
        words: dict[str, str] = {}
        if user_input is not None:
            self._port = await self._stable_path(user_input[CONF_DEVICE])
            # Before probing: an entry that holds the port would make the probe fail.
            self._async_abort_entries_match({CONF_DEVICE: self._port})
            try:
                hello = await self._greet()
            except LinkError as err:
                errors["base"] = err.reason
                words = err.placeholders
            else:
                if entry := await self.async_set_unique_id(hello.mac):
                    return self._follow(entry)
                self._title = hello.name or f"Display node {hello.mac[-5:]}"
                if is_network(self._port):
                    return await self.async_step_network()
                return self._create(push_keys=True)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(PORT_SCHEMA, user_input),
            errors=errors,
            description_placeholders=words,
        )

    async def async_step_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask before keys travel over a network: a serial port over TCP is not encrypted."""
        if user_input is not None:
            return self._create(push_keys=user_input[CONF_PUSH_KEYS])
        return self.async_show_form(
            step_id="network",
            data_schema=NETWORK_SCHEMA,
            description_placeholders={"device": shown(self._port)},
        )

    def _follow(self, entry: ConfigEntry) -> ConfigFlowResult:
        """A display node that is known is not added again: it was plugged in elsewhere."""
        before = entry.data[CONF_DEVICE]
        loaded = entry.state is ConfigEntryState.LOADED
        push_keys = not is_network(self._port) or (
            # A local port holds no consent that could be carried over.
            is_network(before) and entry.data[CONF_PUSH_KEYS]
        )
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_DEVICE: self._port, CONF_PUSH_KEYS: push_keys}
        )
        if not loaded:  # else its update listener does it
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(
            reason="moved",
            description_placeholders={"name": entry.title, "device": shown(self._port)},
        )

    def _create(self, *, push_keys: bool) -> ConfigFlowResult:
        # Another flow may have added the port while this one asked.
        self._async_abort_entries_match({CONF_DEVICE: self._port})
        return self.async_create_entry(
            title=self._title, data={CONF_DEVICE: self._port, CONF_PUSH_KEYS: push_keys}
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first Victron device."""
        device = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_DEVICE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, device["flow_id"])
        return result

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose another port for the same display node."""
        entry = self._get_reconfigure_entry()
        # A local port holds no consent that could be carried over.
        agreed = is_network(entry.data[CONF_DEVICE]) and entry.data[CONF_PUSH_KEYS]
        errors: dict[str, str] = {}
        words: dict[str, str] = {}
        if user_input is not None:
            self._port = await self._stable_path(user_input[CONF_DEVICE])
            for other in self._async_current_entries():
                if other is not entry and other.data[CONF_DEVICE] == self._port:
                    return self.async_abort(reason="already_configured")
            data = {**user_input, CONF_DEVICE: self._port}
            try:
                forgotten = await self._greet_again(
                    entry, withdrawn=agreed and not may_push_keys(data)
                )
            except LinkError as err:
                errors["base"] = err.reason
                words = err.placeholders
            else:
                # Unloaded, so it has no update listener that would reload it a second time.
                return self.async_update_reload_and_abort(
                    entry, data=data, reason=UNDEFINED if forgotten else "keys_kept"
                )
        known = {**entry.data, CONF_PUSH_KEYS: agreed, **(user_input or {})}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(RECONFIGURE_SCHEMA, known),
            errors=errors,
            description_placeholders=words,
        )

    async def _greet_again(self, entry: ConfigEntry, *, withdrawn: bool) -> bool:
        """Probe while the entry is unloaded, for it may hold this very port.

        Keys whose consent is withdrawn are taken back on the way; False if the node keeps them.
        """
        loaded = entry.state is ConfigEntryState.LOADED
        if loaded:
            await self.hass.config_entries.async_unload(entry.entry_id)
        try:
            hello = await self._greet()
            if hello.mac != entry.unique_id:
                raise LinkError("other_node", device=shown(self._port), mac=hello.mac)
            return not withdrawn or await async_take_keys_back(entry, self._port)
        except BaseException:
            if loaded:
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            raise

    async def _greet(self) -> Hello:
        """Return the hello of a display node that is ready for use."""
        hello = await probe(self._port)
        if hello.role != "display":
            raise LinkError("sensor_node", device=shown(self._port))
        if not hello.provisioned:
            raise LinkError("not_provisioned", device=shown(self._port))
        return hello

    async def _stable_path(self, port: str) -> str:
        """Return the name of a local port that survives replugging."""
        port = port.strip()
        if not port.startswith("/dev/"):
            return port
        try:
            return await self.hass.async_add_executor_job(usb.get_serial_by_id, port)
        except OSError:
            LOGGER.debug("Could not resolve %s", port, exc_info=True)
            return port
