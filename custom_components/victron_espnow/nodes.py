"""Our own boards: the display node and the sensor nodes that it hears, as devices of Home Assistant."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, MAX_NODES
from .node import DISPLAY, SENSOR, Node
from .protocol.errors import ProtocolError
from .protocol.keys import format_mac, parse_mac

MANUFACTURER = "Victron ESP-NOW"
MODELS = {DISPLAY: "Display node", SENSOR: "Sensor node"}

# What a hello leaves out when there is nothing to tell; what an earlier one said is over.
_ONLY_IF_SO = ("why", "problem", "experimental")

type NodeCallback = Callable[[Node], None]
type Signals = Callable[[Node], Mapping[str, int]]


def sensor_node_of(entry: ConfigEntry, identity: str) -> bytes:
    """Return the address of the sensor node behind a device's identity, nothing if it is none."""
    prefix, _, address = identity.rpartition("_")
    return bytes.fromhex(address) if prefix == entry.entry_id else b""


class TooManyNodes(ProtocolError):
    """More sensor nodes than a display node can know."""

    reason = "too_many_nodes"


class Nodes:
    """The nodes of one entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, signals: Signals) -> None:
        """Begin with the sensor nodes of earlier, which are gone until they are heard."""
        self.hass = hass
        self.entry = entry
        self._signals = signals
        self._platforms: list[NodeCallback] = []
        mac = parse_mac(str(entry.unique_id))
        self.display = Node(DISPLAY, entry.entry_id, mac, signals)
        self.display.name = entry.title
        self.sensors: dict[bytes, Node] = {}
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
            for _, identity in device.identifiers:
                if mac := sensor_node_of(entry, identity):
                    self._add(mac).name = device.name or ""

    def __iter__(self) -> Iterator[Node]:
        """Give every node, the display node first."""
        yield self.display
        yield from self.sensors.values()

    def by_mac(self, mac: bytes) -> Node | None:
        """Return the node with this address."""
        return self.display if mac == self.display.mac else self.sensors.get(mac)

    # What they say

    @callback
    def take_display(self, data: Mapping[str, Any], name: str | None = None) -> None:
        """Take what the display node says of itself, be it a hello or a health line."""
        node = self.display
        if name is not None:
            for told_if_so in _ONLY_IF_SO:
                node.data.pop(told_if_so, None)
        node.take(data)
        if name is not None:
            self._register(node, name)
        self.follow(node)

    @callback
    def take_sensor(self, data: Mapping[str, Any]) -> None:
        """Take what the display node says of a sensor node."""
        mac = parse_mac(str(data.get("mac")))
        node = self.sensors.get(mac)
        if node is None:
            if len(self.sensors) >= MAX_NODES:
                raise TooManyNodes
            node = self._add(mac)
        before = node.name, node.text("fw")
        node.take(data)
        name = node.text("name") or f"Sensor node {format_mac(mac)[-5:]}"
        if (name, node.text("fw")) != before:
            self._register(node, name)
        self.follow(node)

    def _add(self, mac: bytes) -> Node:
        identity = f"{self.entry.entry_id}_{mac.hex()}"
        node = Node(SENSOR, identity, mac, self._signals)
        self.sensors[mac] = node
        return node

    def _register(self, node: Node, name: str) -> None:
        """Show the node as a device, under its newest name."""
        node.name = name
        address = format_mac(node.mac)
        more: dict[str, Any] = {"serial_number": address}
        if node.role == DISPLAY:
            more["connections"] = {(dr.CONNECTION_NETWORK_MAC, dr.format_mac(address))}
        else:
            more["via_device_id"] = self._device_id(self.display)
        dr.async_get(self.hass).async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={(DOMAIN, node.identity)},
            manufacturer=MANUFACTURER,
            model=MODELS[node.role],
            name=name,
            sw_version=node.text("fw"),
            **more,
        )

    def _device_id(self, node: Node) -> str | None:
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, node.identity), self.entry.entry_id
        )
        return None if device is None else device.id

    @callback
    def follow(self, node: Node) -> None:
        """Let every platform add what the node is now known to have, and tell what is new."""
        for add_entities in self._platforms:
            add_entities(node)
        node.update_availability(link_up=True)
        node.listeners.tell()

    # Whether they are there

    @callback
    def update_availability(self, link_up: bool) -> None:
        """Look for nodes that fell silent."""
        for node in self:
            node.update_availability(link_up)

    @callback
    def forget(self, identity: str) -> bool:
        """Forget a sensor node that is gone; one that is heard would be back at once."""
        for mac, node in self.sensors.items():
            if node.identity == identity and not node.is_heard:
                del self.sensors[mac]
                return True
        return False

    # Platforms

    @callback
    def async_add_platform(self, add_entities: NodeCallback) -> Callable[[], None]:
        """Call back now and whenever a node appears or says something new."""
        self._platforms.append(add_entities)
        for node in self:
            add_entities(node)
        return lambda: self._platforms.remove(add_entities)
