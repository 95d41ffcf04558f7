"""Alarms as they are raised, acknowledged and cleared."""

from datetime import datetime, timedelta
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .adding import add_for_devices, add_for_nodes
from .alarms import STATES, Alarm, Alarms
from .device import Device
from .entity import NodeEntity, VictronEntity, once_added
from .hub import VictronEspnowConfigEntry
from .reason_entities import async_add_reason_events

PARALLEL_UPDATES = 0

ALARM = EventEntityDescription(key="alarm", translation_key="alarm", event_types=[*STATES])
# The board's own name says already whose it is.
NODE_ALARM = EventEntityDescription(
    key="alarm", translation_key="node_alarm", event_types=[*STATES]
)
# The node tells whole seconds ago, and the line takes its time.
_TOLERANCE = timedelta(seconds=5)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an event for each device and each board."""

    def wanted(device: Device) -> tuple[EventEntityDescription, ...]:
        return (ALARM,) if device.record_type is not None else ()

    add_for_devices(entry, async_add_entities, wanted, DeviceAlarm)
    async_add_reason_events(entry, async_add_entities)
    add_for_nodes(entry, async_add_entities, lambda _: (NODE_ALARM,), NodeAlarm)


class AlarmEvent(EventEntity):
    """The alarms of one device, as they come and go."""

    _told_until: datetime | None = None

    @property
    @override
    def available(self) -> bool:
        """An event that happened stays one: an automation must not see it again after a lost link."""
        return True

    async def _follow(self, alarms: Alarms) -> None:
        """Follow the alarms; what stood before the last event of an earlier life was told then."""
        if (last := await self.async_get_last_state()) is not None:
            self._told_until = dt_util.parse_datetime(last.state)

        def begin() -> None:
            for alarm in alarms.standing.values():
                self._on_alarm(alarm)
            self.async_on_remove(alarms.listeners.add(self._on_alarm))

        once_added(self, begin)

    @callback
    def _on_alarm(self, alarm: Alarm | None) -> None:
        if alarm is None or self._was_told(alarm):
            return
        self._trigger_event(
            alarm.state,
            {
                "kind": alarm.kind,
                "severity": alarm.severity,
                "value": alarm.value,
                "limit": alarm.limit,
                "cause": alarm.cause,
                "raised_at": alarm.raised_at.isoformat(timespec="seconds"),
            },
        )
        self.async_write_ha_state()

    def _was_told(self, alarm: Alarm) -> bool:
        return (
            alarm.state in STATES[:2]
            and self._told_until is not None
            and alarm.raised_at <= self._told_until + _TOLERANCE
        )


class DeviceAlarm(AlarmEvent, VictronEntity):
    """The alarms of a Victron device."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow them; the device's values are no business of an event."""
        await self._follow(self.device.alarms)


class NodeAlarm(AlarmEvent, NodeEntity):
    """The alarms of a board: that it is not heard, or a test."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow them."""
        await self._follow(self.node.alarms)
