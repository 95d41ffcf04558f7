"""What a board can be asked to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .adding import add_for_nodes
from .entity import NodeEntity
from .hub import VictronEspnowConfigEntry
from .node import DISPLAY, SENSOR, Node

# One command at a time: a node's input is small.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class NodeButtonDescription(ButtonEntityDescription):
    """A button: the command behind it, and which boards have it."""

    role: str
    command: str
    arguments_fn: Callable[[Node], dict[str, Any]] = lambda _: {}


def _of_sensor_node(**pending: Any) -> Callable[[Node], dict[str, Any]]:
    """Return what the display node hands on when the sensor node next asks."""
    return lambda node: {"mac": node.mac.hex().upper(), **pending}


NODE_BUTTONS: tuple[NodeButtonDescription, ...] = (
    NodeButtonDescription(
        key="identify",
        role=DISPLAY,
        command="identify",
        device_class=ButtonDeviceClass.IDENTIFY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeButtonDescription(
        key="restart",
        role=DISPLAY,
        command="reboot",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
    ),
    NodeButtonDescription(
        key="alarm_test",
        translation_key="alarm_test",
        role=DISPLAY,
        command="alarm_test",
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeButtonDescription(
        key="acknowledge",
        translation_key="acknowledge",
        role=DISPLAY,
        command="acknowledge",
    ),
    NodeButtonDescription(
        key="identify",
        role=SENSOR,
        command="node",
        arguments_fn=_of_sensor_node(identify=True),
        device_class=ButtonDeviceClass.IDENTIFY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeButtonDescription(
        key="restart",
        role=SENSOR,
        command="node",
        arguments_fn=_of_sensor_node(reboot=True),
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of each board."""

    def wanted(node: Node) -> list[NodeButtonDescription]:
        return [description for description in NODE_BUTTONS if description.role == node.role]

    add_for_nodes(entry, async_add_entities, wanted, NodeButton)


class NodeButton(NodeEntity, ButtonEntity):
    """Something that a board can be asked to do."""

    entity_description: NodeButtonDescription

    @override
    async def async_press(self) -> None:
        """Send the command, and wait until the display node has taken it."""
        description = self.entity_description
        await self.hub.async_command(description.command, description.arguments_fn(self.node))
