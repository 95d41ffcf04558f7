"""One display node: its parts, what follows when its link comes and goes, and what it is told to do."""

from collections import Counter
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import (
    async_track_time_change,
    async_track_time_interval,
)

from . import issues
from .alarms import Alarms
from .commands import NO_ACK, CommandError
from .const import CLOCK_SECOND, DOMAIN, LOGGER, TICK_S
from .devices import Devices
from .heard import InRange
from .hello import Hello
from .incoming import Incoming
from .link_keeper import LinkKeeper
from .node import Node
from .nodes import Nodes
from .port import LinkError, shown
from .roll_call import RollCall
from .settings import Settings

type VictronEspnowConfigEntry = ConfigEntry[Hub]

# What is worth a message of its own.
COMMAND_ERRORS = {
    NO_ACK: "no_ack",
    "unknown_command": "firmware_too_old",
    "unknown_node": "unknown_node",
    "too_many_orders": "too_many_orders",
}


class Hub:
    """What runs for one entry."""

    def __init__(self, hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> None:
        """Read the configuration; nothing is opened yet."""
        self.hass = hass
        self.entry = entry
        self.data = entry.data
        self.url: str = entry.data[CONF_DEVICE]
        self.connected = False
        self.hello: Hello | None = None
        self.counters: Counter[str] = Counter()
        self.heard = InRange()
        self.nodes = Nodes(hass, entry, self._signals_at)
        self.devices = Devices(hass, entry, self.nodes, self.heard)
        self.roll_call = RollCall(
            hass, self._all_alarms, lambda: "alarms" in self.nodes.display.data
        )
        self.settings = Settings(self)
        self.incoming = Incoming(self)
        self._link = LinkKeeper(self)

    # Life

    async def async_connect(self) -> None:
        """Open the port and hear the hello, or raise LinkError and leave the port closed."""
        await self._link.async_open()

    @callback
    def async_start(self) -> None:
        """Begin to read; the platforms are ready for devices now."""
        self.settings.judge()  # nothing is refused yet, or nothing will be sent any more
        self._link.async_start()
        self.entry.async_on_unload(
            async_track_time_interval(self.hass, self._on_tick, timedelta(seconds=TICK_S))
        )
        self.entry.async_on_unload(
            self.hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, self._on_renamed, _is_renaming
            )
        )
        # Clocks are changed at full hours.
        self.entry.async_on_unload(
            async_track_time_change(self.hass, self._on_hour, minute=0, second=CLOCK_SECOND)
        )

    async def async_stop(self) -> None:
        """Stop reading and close the port."""
        await self._link.async_stop()
        self.roll_call.stop()
        self.devices.close()

    @callback
    def async_update_devices(self) -> None:
        """Follow the subentries and options, here and down at the node."""
        self.devices.follow()
        self.settings.follow()

    @callback
    def _on_renamed(self, _event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        """Let the display have the name, too, that the user gave a device on its page."""
        self.devices.take_names()
        self.settings.follow()

    # The link

    @callback
    def take_hello(self, hello: Hello) -> None:
        """Show the node as a device; another than the configured would mix up its devices."""
        if hello.role != "display":
            raise LinkError("sensor_node", device=shown(self.url))
        if hello.mac != self.entry.unique_id:
            raise LinkError("other_node", device=shown(self.url), mac=hello.mac)
        self.hello = hello
        self.nodes.take_display(hello.data, hello.name or self.entry.title)
        self.roll_call.begin()
        issues.judge_provisioning(self.hass, self.entry, hello)

    @callback
    def set_connected(self, connected: bool, err: LinkError | None = None) -> None:
        """Log and tell once per change."""
        if connected == self.connected:
            return
        self.connected = connected
        if connected:
            LOGGER.info("Connected to the display node on %s", shown(self.url))
            issues.clear_link(self.hass, self.entry)
        else:
            LOGGER.info("Lost the display node on %s (%s)", shown(self.url), err and err.reason)
        self._on_tick()
        for node in self.nodes:
            node.listeners.tell()

    # Time

    @callback
    def _on_tick(self, _now: object = None) -> None:
        """Look for nodes and devices that fell silent."""
        self.nodes.update_availability(self.connected)
        self.devices.update_availability(self.connected)

    @callback
    def _on_hour(self, _now: object) -> None:
        """Set the node's clock: it drifts, and in summer it is another one."""
        self.settings.clock.request()

    # What its parts ask about each other

    def _signals_at(self, node: Node) -> dict[str, int]:
        return self.devices.signals_at(node)

    def _all_alarms(self) -> list[Alarms]:
        return [owner.alarms for owner in (*self.devices.values(), *self.nodes)]

    # Commands

    async def async_command(self, name: str, args: dict[str, Any]) -> None:
        """Have the display node do something, or say why it did not."""
        connection = self._link.connection
        if connection is None:
            raise self._not_done("not_connected")
        try:
            await connection.command(name, args)
        except LinkError as err:
            raise self._not_done("not_connected") from err
        except CommandError as err:
            reason = COMMAND_ERRORS.get(err.reason, "command_refused")
            raise self._not_done(reason, error=err.reason) from err

    def _not_done(self, reason: str, **words: str) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=reason,
            translation_placeholders={"name": self.entry.title, **words},
        )


@callback
def _is_renaming(data: dr.EventDeviceRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "name_by_user" in data["changes"]


def hub_of(entry: VictronEspnowConfigEntry) -> Hub | None:
    """Return the hub of an entry that runs."""
    return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
