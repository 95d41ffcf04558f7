"""The display node and what it hears: one link, the devices routed by address, the keys it may hold."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import (
    async_track_time_change,
    async_track_time_interval,
)

from . import issues
from .alarms import Alarms, parse_alarm
from .commands import NO_ACK, CommandError
from .const import (
    CLOCK_SECOND,
    CONF_PRODUCT_ID,
    CONF_PUSH_KEYS,
    CONF_RECORD_TYPE,
    DOMAIN,
    LOGGER,
    RETRY_FIRST_S,
    RETRY_MAX_S,
    SIGNAL_KEPT_S,
    SUBENTRY_DEVICE,
    TICK_S,
)
from .device import Advert, Device
from .heard import InRange
from .hello import Hello, parse_hello
from .lines import parse_advert
from .link import Connection, connect
from .node import Node
from .nodes import Nodes
from .port import LinkError, is_network, shown
from .protocol import advertisement, serial_line
from .protocol.errors import ProtocolError
from .protocol.keys import parse_mac
from .roll_call import RollCall
from .settings import Settings

type VictronEspnowConfigEntry = ConfigEntry[Hub]
type DeviceCallback = Callable[[Device], None]

# What is worth a message of its own.
_COMMAND_ERRORS = {
    NO_ACK: "no_ack",
    "unknown_command": "firmware_too_old",
    "unknown_node": "unknown_node",
    "too_many_orders": "too_many_orders",
}


class Hub:
    """One display node."""

    def __init__(self, hass: HomeAssistant, entry: VictronEspnowConfigEntry) -> None:
        """Read the configuration; nothing is opened yet."""
        self.hass = hass
        self.entry = entry
        self.data = entry.data
        self.url: str = entry.data[CONF_DEVICE]
        self.hello: Hello | None = None
        self.nodes = Nodes(hass, entry, self.signals_at)
        self.counters: Counter[str] = Counter()
        self.heard = InRange()
        self.connected = False
        self.devices: dict[str, Device] = {
            subentry.subentry_id: Device(hass, subentry)
            for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
        }
        self._by_mac = {device.mac: device for device in self.devices.values()}
        self._platforms: list[DeviceCallback] = []
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._retry_now = asyncio.Event()
        self._roll_call = RollCall(
            hass, self._all_alarms, lambda: "alarms" in self.nodes.display.data
        )
        self.settings = Settings(self)
        self._handlers: dict[str, Callable[[str], None]] = {
            "adv": self._on_advert,
            "hello": self._on_hello,
            "node": self._on_node,
            "health": self._on_health,
            "alarm": self._on_alarm,
            "coverage": self._on_coverage,
            "log": self._on_log,
        }

    # Life

    async def async_connect(self) -> None:
        """Open the port and hear the hello, or raise LinkError and leave the port closed."""
        connection = await connect(self.url, self.counters)
        try:
            hello = await connection.greet()
            self._check(hello)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        self._take_hello(hello)

    def _check(self, hello: Hello) -> None:
        """Refuse another board than the configured one: its devices would be mixed up."""
        if hello.role != "display":
            raise LinkError("sensor_node", device=shown(self.url))
        if hello.mac != self.entry.unique_id:
            raise LinkError("other_node", device=shown(self.url), mac=hello.mac)

    @callback
    def async_start(self) -> None:
        """Begin to read; the platforms are ready for devices now."""
        self.settings.judge()  # nothing is refused yet, or nothing will be sent any more
        self._task = self.entry.async_create_background_task(
            self.hass, self._keep_link(), f"{DOMAIN} {shown(self.url)}"
        )
        self.entry.async_on_unload(
            usb.async_register_port_event_callback(self.hass, self._on_port_event)
        )
        self.entry.async_on_unload(
            async_track_time_interval(self.hass, self._on_tick, timedelta(seconds=TICK_S))
        )
        # Clocks are changed at full hours.
        self.entry.async_on_unload(
            async_track_time_change(self.hass, self._on_hour, minute=0, second=CLOCK_SECOND)
        )

    async def async_stop(self) -> None:
        """Stop reading and close the port."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None
        await self._close()
        self._roll_call.stop()
        for device in self.devices.values():
            device.close()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    # Link

    async def _keep_link(self) -> None:
        """Serve the link for ever; between losses wait 1, 2, 4 … 60 s, or for a new USB device."""
        delay = RETRY_FIRST_S
        trouble = ""
        while True:
            try:
                self._retry_now.clear()
                if self._connection is None:
                    await self.async_connect()
                delay = RETRY_FIRST_S
                trouble = ""
                self._set_connected(True)
                await self._serve()
            except LinkError as err:
                self.counters["link_lost" if self.connected else "link_failed"] += 1
                self._set_connected(False, err)
                issues.report_link(self.hass, self.entry, err, again=err.reason == trouble)
                trouble = err.reason
            except Exception:
                # A fault of ours in one line must not end the link for good.
                self.counters["fault"] += 1
                LOGGER.exception("Unexpected error on %s", shown(self.url))
                self._set_connected(False)
            finally:
                await self._close()
            try:
                async with asyncio.timeout(delay):
                    await self._retry_now.wait()
                delay = RETRY_FIRST_S
            except TimeoutError:
                delay = min(2 * delay, RETRY_MAX_S)

    async def _serve(self) -> None:
        """Handle lines until the link is lost."""
        assert self._connection is not None
        connection = self._connection
        self.settings.begin()
        pushers = [asyncio.create_task(push.run(connection)) for push in self.settings.pushes]
        try:
            while True:
                line = await connection.next_line()
                began = time.monotonic()
                self.handle(line)
                connection.budget.worked(time.monotonic() - began)
        finally:
            for pusher in pushers:
                pusher.cancel()
            await asyncio.wait(pushers)

    @callback
    def _set_connected(self, connected: bool, err: LinkError | None = None) -> None:
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

    @callback
    def _on_port_event(self, added: set[Any], _removed: set[Any]) -> None:
        """Retry at once when something was plugged in."""
        if added:
            self._retry_now.set()

    @callback
    def _on_hour(self, _now: object) -> None:
        """Set the node's clock: it drifts, and in summer it is another one."""
        self.settings.clock.request()

    @callback
    def _on_tick(self, _now: object = None) -> None:
        """Look for nodes and devices that fell silent."""
        self.nodes.update_availability(self.connected)
        for device in self.devices.values():
            self._judge_presence(device)

    def _judge_presence(self, device: Device) -> None:
        """Let a device know whether its silence could be that of the nodes that heard it."""

        def radio_up() -> bool:
            nodes = [self.nodes.by_mac(mac) for mac in device.signal]
            return not nodes or any(node is None or node.available for node in nodes)

        device.update_availability(self.connected, radio_up)

    # Lines

    @callback
    def handle(self, line: serial_line.Line) -> None:
        """Hand a line to its handler; what is unknown or unusable is counted."""
        handler = self._handlers.get(line.kind)
        if handler is None:
            self.counters["unknown_kind"] += 1
            return
        try:
            handler(line.payload)
        except ProtocolError as err:
            self.counters[err.reason] += 1

    def _on_advert(self, payload: str) -> None:
        mac, node, rssi, age_ms, data = parse_advert(payload)
        if not advertisement.accepts(data):
            self.counters["not_instant_readout"] += 1
            return
        advert = Advert(mac, node, rssi, time.monotonic() - age_ms / 1000, data)
        self.heard.note(advert, self._by_mac)
        if (device := self._by_mac.get(mac)) is None:
            self.counters["not_configured"] += 1
            return
        self._deliver(device, advert)

    def _deliver(self, device: Device, *adverts: Advert) -> None:
        """Give a device its adverts, and follow what they change."""
        shape = device.shape
        refused = device.key_refused
        for advert in adverts:
            device.receive(advert)
        if not (self.connected and device.available):  # while it is, silence alone can end it
            self._judge_presence(device)
        if self.settings.limits.incomplete:
            self.settings.limits.ask_again(device.plain_mac)
        if device.key_refused != refused:
            issues.judge_key(self.hass, self.entry, device)
        if device.shape != shape:
            if device.shape[:2] != shape[:2]:
                self._remember(device)
            self._add_entities(device)

    def _add_entities(self, device: Device) -> None:
        """Let every platform add what the device is known to have."""
        for add_entities in self._platforms:
            add_entities(device)

    @callback
    def _remember(self, device: Device) -> None:
        """Keep what the device is for the next start."""
        subentry = self.entry.subentries.get(device.subentry_id)
        if subentry is None:
            return
        self._describe(device)
        found = {CONF_RECORD_TYPE: device.record_type, CONF_PRODUCT_ID: device.product_id}
        self.hass.config_entries.async_update_subentry(
            self.entry, subentry, data={**subentry.data, **found}
        )

    @callback
    def _describe(self, device: Device) -> None:
        """Follow a new name, and another product behind the same role."""
        registry = dr.async_get(self.hass)
        known = registry.async_get_device_by_identifier(
            (DOMAIN, device.subentry_id), self.entry.entry_id
        )
        if known is not None:
            registry.async_update_device(
                known.id, name=device.shown_name, model=device.model, model_id=device.model_id
            )

    def _on_hello(self, payload: str) -> None:
        """A hello that nobody asked for is a board that restarted, or that was put in its place."""
        hello = parse_hello(payload)
        self._check(hello)
        self._take_hello(hello)
        self.settings.begin()

    @callback
    def _take_hello(self, hello: Hello) -> None:
        """Show the node as a device."""
        self.hello = hello
        self.nodes.take_display(hello.data, hello.name or self.entry.title)
        self._roll_call.begin()
        issues.judge_provisioning(self.hass, self.entry, hello)

    def _on_node(self, payload: str) -> None:
        self.nodes.take_sensor(serial_line.parse_json(payload))

    def _on_health(self, payload: str) -> None:
        data = serial_line.parse_json(payload)
        self.nodes.take_display(data)
        if "uptime_s" in data:  # the line that would also name a foreign version
            spoken = self.hello.data.get("radio") if self.hello else None
            issues.judge_radio(self.hass, self.entry, data.get("foreign_radio"), spoken)
        if "alarms" in data and not self._roll_call.is_under_way:
            if not data["alarms"]:  # the line that cleared one was lost
                self._roll_call.expect()
            self._roll_call.settle()

    def _on_coverage(self, payload: str) -> None:
        """Keep how well a sensor node hears each device, also those that another hears first."""
        data = serial_line.parse_json(payload)
        node = self.nodes.by_mac(parse_mac(str(data.get("node"))))
        heard = data.get("heard")
        if node is not None and isinstance(heard, dict):
            node.take_coverage({parse_mac(mac): rssi for mac, rssi in heard.items()})

    def _on_alarm(self, payload: str) -> None:
        data = serial_line.parse_json(payload)
        mac = parse_mac(str(data.get("mac")))
        owner = self._by_mac.get(mac) or self.nodes.by_mac(mac)
        if owner is None:
            self.counters["alarm_not_configured"] += 1
            return
        owner.alarms.take(parse_alarm(data))

    def _on_log(self, payload: str) -> None:
        LOGGER.debug("%s: %s", shown(self.url), payload)

    def _all_alarms(self) -> list[Alarms]:
        return [owner.alarms for owner in (*self.devices.values(), *self.nodes)]

    # Commands

    async def async_command(self, name: str, args: dict[str, Any]) -> None:
        """Have the display node do something, or say why it did not."""
        if self._connection is None or not self.connected:
            raise self._not_done("not_connected")
        try:
            await self._connection.command(name, args)
        except LinkError as err:
            raise self._not_done("not_connected") from err
        except CommandError as err:
            reason = _COMMAND_ERRORS.get(err.reason, "command_refused")
            raise self._not_done(reason, error=err.reason) from err

    def _not_done(self, reason: str, **words: str) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=reason,
            translation_placeholders={"name": self.entry.title, **words},
        )

    # Devices

    def signals_at(self, node: Node) -> dict[str, int]:
        """Return how well a sensor node hears each configured device at present."""
        found = {}
        for device in self.devices.values():
            known = device.signal.get(node.mac), node.coverage.get(device.mac)
            signals = [one for one in known if one is not None]
            rssi, at = max(signals, key=lambda signal: signal[1], default=(0, -math.inf))
            if time.monotonic() - at < SIGNAL_KEPT_S:
                found[device.name] = rssi
        return found

    @callback
    def async_add_platform(self, add_entities: DeviceCallback) -> Callable[[], None]:
        """Call back now and whenever a device is added or shows something new."""
        self._platforms.append(add_entities)
        for device in self.devices.values():
            add_entities(device)
        return lambda: self._platforms.remove(add_entities)

    @callback
    def async_update_devices(self) -> None:
        """Follow the subentries without closing the port: opening it may reset the board."""
        wanted = {s.subentry_id: s for s in self.entry.get_subentries_of_type(SUBENTRY_DEVICE)}
        for subentry_id in self.devices.keys() - wanted.keys():
            device = self.devices.pop(subentry_id)
            device.close()
            issues.clear_key(self.hass, device)
        for subentry_id, subentry in wanted.items():
            if (known := self.devices.get(subentry_id)) is None:
                self.devices[subentry_id] = Device(self.hass, subentry)
            else:
                known.configure(subentry)
                issues.judge_key(self.hass, self.entry, known)  # another key, another judgement
        self._by_mac = {device.mac: device for device in self.devices.values()}
        for device in self.devices.values():
            if device.heard_at is None and (heard := self.heard.get(device.mac)) is not None:
                self._deliver(device, *heard.frames)
            self._describe(device)
            self._add_entities(device)
            device.tell()  # what is written how often may have changed
        self.settings.follow()

    @property
    def may_push_keys(self) -> bool:
        """Return whether keys may travel to the display node."""
        return may_push_keys(self.data)


def may_push_keys(data: Mapping[str, Any]) -> bool:
    """Return whether keys may travel to the display node that is configured so."""
    return not is_network(data[CONF_DEVICE]) or bool(data.get(CONF_PUSH_KEYS))


def hub_of(entry: VictronEspnowConfigEntry) -> Hub | None:
    """Return the hub of an entry that runs."""
    return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
