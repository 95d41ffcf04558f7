"""What is wrong with a device, and which of our own boards are there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .adding import add_for_devices, add_for_nodes
from .alarms import ACKNOWLEDGED, Alarm, Alarms
from .device import Device
from .entity import NodeEntity, VictronEntity
from .hub import Hub, VictronEspnowConfigEntry
from .node import DISPLAY, SENSOR, Node
from .reason_entities import async_add_value_binary_sensors

PARALLEL_UPDATES = 0

PROBLEM = BinarySensorEntityDescription(
    key="problem",
    translation_key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)


@dataclass(frozen=True, kw_only=True)
class NodeBinarySensorDescription(BinarySensorEntityDescription):
    """Something that is so or not so of a board."""

    field: str | None = None  # exists once the board told it
    roles: tuple[str, ...] = (DISPLAY, SENSOR)
    value_fn: Callable[[Node], bool | None]
    # Connectivity is worth knowing above all when it is missing.
    available_fn: Callable[[Hub, Node], bool] = lambda _, node: node.available


NODE_BINARY_SENSORS: tuple[NodeBinarySensorDescription, ...] = (
    NodeBinarySensorDescription(
        key="connection",
        translation_key="usb_connection",
        roles=(DISPLAY,),
        value_fn=lambda node: node.available,
        available_fn=lambda *_: True,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeBinarySensorDescription(
        key="connection",
        translation_key="radio_connection",
        roles=(SENSOR,),
        value_fn=lambda node: node.available,
        available_fn=lambda hub, _: hub.connected,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeBinarySensorDescription(
        key="safe_mode",
        translation_key="safe_mode",
        field="safe",
        value_fn=lambda node: node.data.get("safe") is True,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a problem sensor for each device, and each board's own."""

    def wanted(device: Device) -> tuple[BinarySensorEntityDescription, ...]:
        return (PROBLEM,) if device.record_type is not None else ()

    def told(node: Node) -> list[NodeBinarySensorDescription]:
        return [
            description
            for description in NODE_BINARY_SENSORS
            if node.role in description.roles
            and (description.field is None or description.field in node.data)
        ]

    add_for_devices(entry, async_add_entities, wanted, DeviceProblem)
    async_add_value_binary_sensors(entry, async_add_entities)
    add_for_nodes(entry, async_add_entities, lambda _: (PROBLEM,), NodeProblem)
    add_for_nodes(entry, async_add_entities, told, NodeBinarySensor)


class Problem(BinarySensorEntity):
    """Whether the display node has an alarm for the device."""

    hub: Hub
    alarms: Alarms

    @property
    @override
    def available(self) -> bool:
        """Return whether the display node could tell: that a device is silent is an alarm, too."""
        return self.hub.connected

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether an alarm stands, None until all are known."""
        if self.alarms.standing:
            return True
        return False if self.alarms.complete else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return which they are."""
        standing = self.alarms.standing.values()
        states = {alarm.state for alarm in standing}
        return {
            "active": sorted(alarm.kind for alarm in standing),
            "acknowledged": states == {ACKNOWLEDGED},
        }

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the alarms, and whether there is a link."""
        self.async_on_remove(self.alarms.listeners.add(self._on_alarm))
        self.async_on_remove(self.hub.nodes.display.listeners.add(self.async_write_ha_state))

    @callback
    def _on_alarm(self, _alarm: Alarm | None) -> None:
        self.async_write_ha_state()


class DeviceProblem(Problem, VictronEntity):
    """The problem sensor of a Victron device."""

    def __init__(self, hub: Hub, device: Device, description: EntityDescription) -> None:
        """Look at the device's alarms."""
        super().__init__(hub, device, description)
        self.alarms = device.alarms


class NodeProblem(Problem, NodeEntity):
    """The problem sensor of one of our own boards."""

    def __init__(self, hub: Hub, node: Node, description: EntityDescription) -> None:
        """Look at the board's alarms."""
        super().__init__(hub, node, description)
        self.alarms = node.alarms


class NodeBinarySensor(NodeEntity, BinarySensorEntity):
    """Something that is so or not so of a board."""

    entity_description: NodeBinarySensorDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether it can be told."""
        return self.entity_description.available_fn(self.hub, self.node)

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is so."""
        return self.entity_description.value_fn(self.node)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the board, and the display node that tells of it."""
        await super().async_added_to_hass()
        self.async_on_remove(self.hub.nodes.display.listeners.add(self.async_write_ha_state))
