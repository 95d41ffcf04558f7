"""The Victron devices of an entry: who is configured, who is there, and what follows from a reading."""

import math
import time
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from . import issues
from .const import CONF_PRODUCT_ID, CONF_RECORD_TYPE, DOMAIN, SIGNAL_KEPT_S, SUBENTRY_DEVICE
from .device import Advert, Device
from .heard import InRange
from .node import Node
from .nodes import Nodes

type DeviceCallback = Callable[[Device], None]


class Devices(dict[str, Device]):
    """The devices by subentry: whatever hardware is behind it, that is what a device is."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, nodes: Nodes, heard: InRange
    ) -> None:
        """Read the configuration; nobody was heard yet."""
        super().__init__(
            (subentry.subentry_id, Device(hass, subentry))
            for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
        )
        self.by_mac = {device.mac: device for device in self.values()}
        self._registry = dr.async_get(hass)
        self._hass = hass
        self._entry = entry
        self._nodes = nodes
        self._heard = heard
        self._link_up = False
        self._platforms: list[DeviceCallback] = []
        self.take_names()

    # Readings

    def deliver(self, device: Device, *adverts: Advert) -> None:
        """Give a device its adverts, and follow what they change."""
        shape = device.shape
        refused = device.key_refused
        for advert in adverts:
            device.receive(advert)
        if not (self._link_up and device.available):  # while it is, silence alone can end it
            self._judge_presence(device)
        if device.key_refused != refused:
            issues.judge_key(self._hass, self._entry, device)
        if device.shape != shape:
            if device.shape[:2] != shape[:2]:
                self._remember(device)
            self._add_entities(device)

    @callback
    def _remember(self, device: Device) -> None:
        """Keep what the device is for the next start."""
        subentry = self._entry.subentries[device.subentry_id]
        self._describe(device)
        found = {CONF_RECORD_TYPE: device.record_type, CONF_PRODUCT_ID: device.product_id}
        self._hass.config_entries.async_update_subentry(
            self._entry, subentry, data={**subentry.data, **found}
        )

    @callback
    def _describe(self, device: Device) -> None:
        """Follow a new name, and another product behind the same role."""
        known = self._registered(device)
        if known is not None:
            self._registry.async_update_device(
                known.id, name=device.shown_name, model=device.model, model_id=device.model_id
            )

    @callback
    def take_names(self) -> None:
        """Call each device what the user calls it in Home Assistant, on the display and everywhere."""
        for device in self.values():
            known = self._registered(device)
            device.name = (known and known.name_by_user) or device.title

    def _registered(self, device: Device) -> dr.DeviceEntry | None:
        return self._registry.async_get_device_by_identifier(
            (DOMAIN, device.subentry_id), self._entry.entry_id
        )

    # Whether they are there

    @callback
    def update_availability(self, link_up: bool) -> None:
        """Look for devices that fell silent."""
        self._link_up = link_up
        for device in self.values():
            self._judge_presence(device)

    def _judge_presence(self, device: Device) -> None:
        """Let a device know whether its silence could be that of the nodes that heard it."""

        def radio_up() -> bool:
            nodes = [self._nodes.by_mac(mac) for mac in device.signal]
            return any(node is None or node.available for node in nodes)

        device.update_availability(self._link_up, radio_up)

    @callback
    def signals_at(self, node: Node) -> dict[str, int]:
        """Return how well a sensor node hears each device at present."""
        found = {}
        for device in self.values():
            known = device.signal.get(node.mac), node.coverage.get(device.mac)
            signals = [one for one in known if one is not None]
            rssi, at = max(signals, key=lambda signal: signal[1], default=(0, -math.inf))
            if time.monotonic() - at < SIGNAL_KEPT_S:
                found[device.name] = rssi
        return found

    # Who is configured

    @callback
    def follow(self) -> None:
        """Follow the subentries without closing the port: opening it may reset the board."""
        self._take_subentries()
        self.take_names()
        for device in self.values():
            if device.heard_at is None and (heard := self._heard.get(device.mac)) is not None:
                self.deliver(device, *heard.frames)
            self._describe(device)
            self._add_entities(device)
            device.tell()  # what is written how often may have changed

    def _take_subentries(self) -> None:
        """Drop those that were removed, change and add the others."""
        subentries = self._entry.get_subentries_of_type(SUBENTRY_DEVICE)
        wanted = {subentry.subentry_id: subentry for subentry in subentries}
        for subentry_id in self.keys() - wanted.keys():
            device = self.pop(subentry_id)
            device.close()
            issues.clear_key(self._hass, device)
        for subentry_id, subentry in wanted.items():
            if (known := self.get(subentry_id)) is None:
                self[subentry_id] = Device(self._hass, subentry)
            else:
                known.configure(subentry)
                issues.judge_key(self._hass, self._entry, known)  # another key, another judgement
        self.by_mac = {device.mac: device for device in self.values()}

    @callback
    def close(self) -> None:
        """Stop what is pending."""
        for device in self.values():
            device.close()

    # Platforms

    @callback
    def async_add_platform(self, add_entities: DeviceCallback) -> Callable[[], None]:
        """Call back now and whenever a device is added or shows something new."""
        self._platforms.append(add_entities)
        for device in self.values():
            add_entities(device)
        return lambda: self._platforms.remove(add_entities)

    def _add_entities(self, device: Device) -> None:
        """Let every platform add what the device is known to have."""
        for add_entities in self._platforms:
            add_entities(device)
