"""Sensors of Victron devices: one row of a table per field, whichever records hold it."""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import RestoreSensor, SensorEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .adding import add_for_devices
from .battery_sensors import BATTERY_SENSORS
from .charger_sensors import CHARGER_SENSORS
from .const import DOMAIN
from .descriptions import VictronSensorDescription
from .device import Device
from .entity import PacedEntity, unique_id
from .hub import Hub, VictronEspnowConfigEntry
from .inverter_sensors import INVERTER_SENSORS
from .node_sensor import async_add_node_sensors
from .pacing import AT_ONCE
from .status_sensors import LAST_SEEN, STATUS, STATUS_SENSORS, status_sensor

PARALLEL_UPDATES = 0

SENSORS = (*BATTERY_SENSORS, *CHARGER_SENSORS, *INVERTER_SENSORS, *STATUS_SENSORS)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each device as soon as it is known which they are."""
    registry = er.async_get(hass)

    def wanted(device: Device) -> Iterator[VictronSensorDescription]:
        for description in SENSORS if device.record_type is not None else ():
            if description.fits(device) and (
                description.has_fn is None
                or description.has_fn(device)
                # What it once had it has, also while it does not send it.
                or registry.async_get_entity_id(
                    Platform.SENSOR, DOMAIN, unique_id(device, description)
                )
            ):
                yield description

    add_for_devices(entry, async_add_entities, lambda _: (STATUS, LAST_SEEN), status_sensor)
    add_for_devices(entry, async_add_entities, wanted, _sensor)
    async_add_node_sensors(hass, entry, async_add_entities)


def _sensor(hub: Hub, device: Device, description: VictronSensorDescription) -> SensorEntity:
    if description.reckoning_fn is None:
        return VictronSensor(hub, device, description)
    return ReckonedSensor(hub, device, description)


class VictronSensor(PacedEntity, SensorEntity):
    """One value of a Victron device."""

    entity_description: VictronSensorDescription

    def __init__(self, hub: Hub, device: Device, description: VictronSensorDescription) -> None:
        """Show as many digits as the record sends, two at most."""
        super().__init__(hub, device, description)
        self.pace = description.pace
        self.coded = description.pace is AT_ONCE and description.reckoning_fn is None
        self.source = partial(description.source_fn or description.value_fn, device)
        if description.suggested_display_precision is None and description.state_class:
            self._attr_suggested_display_precision = min(device.digits(description.variants), 2)

    @property
    @override
    def native_value(self) -> StateType:
        """Return the newest value, None when the device says it has none."""
        value: StateType = self.entity_description.value_fn(self.device)
        return value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the numbers behind a named state."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.device) if attributes else None


class ReckonedSensor(VictronSensor, RestoreSensor):
    """What follows from many readings, and goes on after a restart."""

    def __init__(self, hub: Hub, device: Device, description: VictronSensorDescription) -> None:
        """Begin to reckon."""
        super().__init__(hub, device, description)
        assert description.reckoning_fn is not None
        self._reckoning = description.reckoning_fn()
        self.source = self._reckoned

    @override
    async def async_added_to_hass(self) -> None:
        """Go on where an earlier life ended."""
        data = await self.async_get_last_sensor_data()
        state = await self.async_get_last_state()
        if data is not None and _is_sound(data.native_value):
            self._reckoning.restore(data.native_value, state.attributes if state else {})
        take = partial(self._reckoning.take, self.device)
        take()
        self.async_on_remove(self.device.followers.readers.add(take))
        await super().async_added_to_hass()

    def _reckoned(self) -> Any:
        attributes = self._reckoning.attributes
        value = self._reckoning.value
        return value if attributes is None else (value, attributes)

    @property
    @override
    def native_value(self) -> StateType:
        """Return what it comes to so far."""
        return self._reckoning.value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what stands behind it."""
        return self._reckoning.attributes


def _is_sound(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)
