"""Sensors that every device has: whether it is heard, since when, how well, and why not."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import SIGNAL_STRENGTH_DECIBELS_MILLIWATT, EntityCategory
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .const import LAST_SEEN_EVERY_S
from .descriptions import VictronSensorDescription
from .device import STATUSES, Device
from .entity import VictronEntity
from .hub import Hub
from .pacing import slow
from .protocol.key_digest import LAST_PLACE

ATTR_PLACE = "place_on_display"  # frontend/find.js

STATUS = SensorEntityDescription(
    key="reading_status",
    translation_key="reading_status",
    device_class=SensorDeviceClass.ENUM,
    options=STATUSES,
    entity_category=EntityCategory.DIAGNOSTIC,
)
LAST_SEEN = SensorEntityDescription(
    key="last_seen",
    translation_key="last_seen",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)
STATUS_SENSORS: tuple[VictronSensorDescription, ...] = (
    VictronSensorDescription(
        key="signal_strength",
        translation_key="signal_strength",
        value_fn=lambda device: device.rssi,
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=slow(3),
    ),
)


def status_sensor(hub: Hub, device: Device, description: SensorEntityDescription) -> SensorEntity:
    """Return the sensor for one of the two descriptions that every device has."""
    kind = Status if description is STATUS else LastSeen
    return kind(hub, device, description)


class Status(VictronEntity, SensorEntity):
    """Whether the values are of the present, and if not, where they got lost; by its place the card sorts, too."""

    _unrecorded_attributes = frozenset({ATTR_PLACE})  # a setting is no history

    @property
    @override
    def available(self) -> bool:
        """Return True: that there are no values is what it tells."""
        return True

    @property
    @override
    def native_value(self) -> str:
        """Return the cause."""
        return self.device.status

    @property
    @override
    def capability_attributes(self) -> dict[str, Any]:
        """Return where the user wants the device, too, from 1 on, if anywhere.

        As a capability, for these Home Assistant shows while the entry is not loaded, as well: with every
        reload, and while the display node is unplugged, the card would fall into another order otherwise.
        """
        place = self.hub.settings.place_of(self.device)
        shown = None if place == LAST_PLACE else place + 1
        return {**(super().capability_attributes or {}), ATTR_PLACE: shown}


class LastSeen(VictronEntity, RestoreSensor):
    """When the device was last heard: to the second once it is silent, seldom while it is not."""

    _seen: datetime | None = None
    _due = 0.0

    @property
    @override
    def available(self) -> bool:
        """Return True: it matters most when the device is gone."""
        return True

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the time, None if the device was never heard."""
        return self._seen

    @override
    async def async_added_to_hass(self) -> None:
        """Remember an earlier life."""
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, datetime):
            self._seen = last.native_value
        await super().async_added_to_hass()
        followers = self.device.followers
        self.async_on_remove(partial(followers.remove, followers.add(self._follow)))
        self.async_on_remove(self.device.unread.add(self._on_unread))

    @callback
    @override
    def told(self) -> None:
        """Write when it is gone, or back."""
        self._look()
        super().told()

    @callback
    def _follow(self, now: float) -> tuple[float, float]:
        self._look()
        self.async_write_ha_state()
        self._due = now + LAST_SEEN_EVERY_S
        return self._due, self._due

    @callback
    def _on_unread(self) -> None:
        now = self.device.now()
        if now >= self._due:
            self._follow(now)

    def _look(self) -> None:
        """Note the time; a device that took another's place keeps that one's until it is heard itself."""
        heard_at = self.device.heard_at
        if heard_at is not None:
            ago = timedelta(seconds=self.device.now() - heard_at)
            self._seen = (dt_util.utcnow() - ago).replace(microsecond=0)
