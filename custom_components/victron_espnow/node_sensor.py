"""Sensors of our own boards: one row of a table per thing that a board tells of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    Platform,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .adding import add_for_nodes
from .const import DOMAIN
from .entity import NodeEntity, node_unique_id
from .hub import VictronEspnowConfigEntry
from .node import DISPLAY, SENSOR, Node

UNKNOWN_CODE = "unknown_code"
RESET_CAUSES = ("power_on", "reset", "watchdog", "deep_sleep", "soft")


@dataclass(frozen=True, kw_only=True)
class NodeSensorDescription(SensorEntityDescription):
    """A sensor of a board: what it needs to have been told, and which boards have it."""

    field: str | None = None  # nothing: what the host knows without being told
    roles: tuple[str, ...] = (DISPLAY, SENSOR)
    value_fn: Callable[[Node], StateType | datetime]
    attributes_fn: Callable[[Node], Mapping[str, Any]] | None = None


def _reset_cause(node: Node) -> str | None:
    cause = node.text("reset")
    return cause if cause is None or cause in RESET_CAUSES else UNKNOWN_CODE


def _sum(field: str) -> Callable[[Node], StateType]:
    """Return a count that the display node tells by reason, and of a sensor node as one number."""

    def value(node: Node) -> StateType:
        parts = node.data.get(field)
        if isinstance(parts, dict):
            return sum(n for n in parts.values() if isinstance(n, int) and not isinstance(n, bool))
        return node.number(field)

    return value


def _parts(field: str) -> Callable[[Node], Mapping[str, Any]]:
    def attributes(node: Node) -> Mapping[str, Any]:
        parts = node.data.get(field)
        return {"reasons": parts if isinstance(parts, dict) else {}}

    return attributes


def _tally(key: str, field: str) -> NodeSensorDescription:
    return NodeSensorDescription(
        key=key,
        translation_key=key,
        field=field,
        value_fn=_sum(field),
        attributes_fn=_parts(field),
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _number(key: str, field: str, **more: Any) -> NodeSensorDescription:
    return NodeSensorDescription(
        key=key,
        translation_key=key,
        field=field,
        value_fn=lambda node: node.number(field),
        entity_category=EntityCategory.DIAGNOSTIC,
        **more,
    )


def _noisy(key: str, field: str, **more: Any) -> NodeSensorDescription:
    """Something that changes all the time, for whoever looks for a fault."""
    return _number(key, field, entity_registry_enabled_default=False, **more)


def _counter(key: str, field: str, **more: Any) -> NodeSensorDescription:
    return _noisy(key, field, state_class=SensorStateClass.TOTAL_INCREASING, **more)


def _memory(key: str, field: str) -> NodeSensorDescription:
    return _noisy(
        key,
        field,
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.KILOBYTES,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
    )


NODE_SENSORS: tuple[NodeSensorDescription, ...] = (
    NodeSensorDescription(
        key="started",
        translation_key="started",
        field="uptime_s",
        value_fn=lambda node: node.started,
        device_class=SensorDeviceClass.UPTIME,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeSensorDescription(
        key="reset_cause",
        translation_key="reset_cause",
        field="reset",
        value_fn=_reset_cause,
        attributes_fn=lambda node: {"code": node.text("reset"), "why": node.text("why")},
        device_class=SensorDeviceClass.ENUM,
        options=[*RESET_CAUSES, UNKNOWN_CODE],
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeSensorDescription(
        key="devices_heard",
        translation_key="devices_heard",
        roles=(SENSOR,),
        value_fn=lambda node: len(node.signals),
        attributes_fn=lambda node: {"signals": dict(node.signals)},
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    _number("channel", "channel"),
    NodeSensorDescription(
        key="interval",
        translation_key="interval",
        field="interval_s",
        # Nought is a node that never sleeps.
        value_fn=lambda node: node.number("interval_s") or None,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    NodeSensorDescription(
        key="pending",
        translation_key="pending",
        field="pending",
        value_fn=lambda node: node.number("pending"),
        attributes_fn=lambda node: {"refusal": node.text("result")},
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    _noisy(
        "node_signal_strength",
        "rssi",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
    ),
    _memory("heap_free", "heap_free"),
    _memory("heap_low", "heap_low"),
    NodeSensorDescription(
        key="micropython",
        translation_key="micropython",
        field="mp",
        value_fn=lambda node: node.text("mp"),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _tally("refused", "refused"),
    _tally("task_restarts", "restarts"),
    _counter("boots", "boots"),
    _counter("frames", "frames"),
    _counter("frames_lost", "lost"),
    _counter("receipts_missing", "missing_receipts"),
    _counter("readings_sent", "sent"),
    _counter("readings_replaced", "replaced"),
    _counter("readings_dropped", "dropped"),
)


@callback
def async_add_node_sensors(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each board as soon as it told what they show."""
    registry = er.async_get(hass)

    def has(node: Node, description: NodeSensorDescription) -> bool:
        if node.role not in description.roles:
            return False
        if description.field is None or description.field in node.data:
            return True
        # What it once told it has, also while it is not heard.
        identity = node_unique_id(node, description)
        return registry.async_get_entity_id(Platform.SENSOR, DOMAIN, identity) is not None

    def wanted(node: Node) -> list[NodeSensorDescription]:
        return [description for description in NODE_SENSORS if has(node, description)]

    add_for_nodes(entry, async_add_entities, wanted, NodeSensor)


class NodeSensor(NodeEntity, SensorEntity):
    """One thing that a board tells of itself."""

    # Each device's signal at this moment is no history.
    _unrecorded_attributes = frozenset({"signals", "reasons"})

    entity_description: NodeSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what the board said last."""
        return self.entity_description.value_fn(self.node)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what stands behind the value."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.node) if attributes else None
