"""What a device itself complains about: a problem sensor for each kind, and an event for each reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import reasons
from .adding import add_for_devices
from .descriptions import Applies
from .device import Device
from .entity import PacedEntity, VictronEntity, once_added
from .hub import Hub, VictronEspnowConfigEntry
from .protocol import names

RAISED = "raised"
CLEARED = "cleared"


@dataclass(frozen=True, kw_only=True)
class ValueBinarySensorDescription(Applies, BinarySensorEntityDescription):
    """Something that is so or not so of a device."""

    value_fn: Callable[[Device], bool | None]
    source_fn: Callable[[Device], Any]
    attributes_fn: Callable[[Device], Mapping[str, Any]] | None = None


def _complains(device: Device) -> bool:
    return not device.is_battery_sense


def _problem(group: str, **more: Any) -> ValueBinarySensorDescription:
    def value(device: Device) -> bool | None:
        if not reasons.is_told(group, device.fields):
            return None
        return bool(reasons.standing(group, device.fields))

    return ValueBinarySensorDescription(
        key=f"device_{group}",
        translation_key=f"device_{group}",
        variants=tuple((field,) for field in reasons.GROUPS[group]),
        value_fn=value,
        source_fn=lambda device: reasons.codes(group, device.fields),
        attributes_fn=lambda device: {
            "active": list(reasons.standing(group, device.fields)),
            "codes": reasons.codes(group, device.fields),
        },
        has_fn=_complains,
        device_class=BinarySensorDeviceClass.PROBLEM,
        **more,
    )


def _status(key: str, **more: Any) -> ValueBinarySensorDescription:
    """What a BMS allows or drives: a flag of a SmartLithium, a level of a Lynx."""

    def value(device: Device) -> bool | None:
        if (mask := device.fields.get("bms_flags")) is not None:
            return key in names.flag_slugs("bms_flags", mask)
        level = names.levels("io_status", device.fields.get("io_status") or 0).get(key, 0)
        return level == 1 if level else None

    return ValueBinarySensorDescription(
        key=key,
        translation_key=key,
        value_fn=value,
        source_fn=value,
        **more,
    )


_BMS = (("bms_flags",), ("io_status",))

BINARY_SENSORS: tuple[ValueBinarySensorDescription, ...] = (
    _problem(reasons.ALARM),
    _problem(reasons.WARNING),
    _problem(reasons.ERROR),
    _problem(reasons.OFF),
    _status("charge_allowed", variants=_BMS),
    _status("discharge_allowed", variants=_BMS),
    _status(
        "external_relay", variants=(("io_status",),), entity_category=EntityCategory.DIAGNOSTIC
    ),
)
REASON = EventEntityDescription(
    key="device_reason", translation_key="device_reason", event_types=[RAISED, CLEARED]
)


@callback
def async_add_value_binary_sensors(
    entry: VictronEspnowConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each device's record tells."""

    def wanted(device: Device) -> list[ValueBinarySensorDescription]:
        return [
            description
            for description in BINARY_SENSORS
            if description.fits(device)
            and (description.has_fn is None or description.has_fn(device))
        ]

    add_for_devices(entry, async_add_entities, wanted, ValueBinarySensor)


@callback
def async_add_reason_events(
    entry: VictronEspnowConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add an event for each device that can complain."""

    def wanted(device: Device) -> tuple[EventEntityDescription, ...]:
        complains = _complains(device) and not device.field_names.isdisjoint(reasons.FIELDS)
        return (REASON,) if complains else ()

    add_for_devices(entry, async_add_entities, wanted, ReasonEvent)


class ValueBinarySensor(PacedEntity, BinarySensorEntity):
    """Something that is so or not so of a device."""

    entity_description: ValueBinarySensorDescription
    coded = True

    def __init__(self, hub: Hub, device: Device, description: ValueBinarySensorDescription) -> None:
        """Follow the codes."""
        super().__init__(hub, device, description)
        self.source = partial(description.source_fn, device)

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is so, None if the device does not tell."""
        return self.entity_description.value_fn(self.device)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return which reasons stand, and their codes."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.device) if attributes else None


class ReasonEvent(VictronEntity, EventEntity):
    """Each reason that a device gives, as it comes and as it goes."""

    _standing: frozenset[tuple[str, str]] = frozenset()

    @property
    @override
    def available(self) -> bool:
        """An event that happened stays one: an automation must not see it again after a silence."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was told in an earlier life."""
        last = await self.async_get_last_event_data()
        if last is not None and last.last_event_attributes:
            told = last.last_event_attributes.get("active")
            if isinstance(told, list):
                self._standing = frozenset(_parse(str(one)) for one in told)
        once_added(self, self._begin)

    @callback
    def _begin(self) -> None:
        self.async_on_remove(self.device.followers.codes.add(self._follow))
        if self.device.reading is not None:
            self._follow()

    @callback
    def _follow(self) -> None:
        fields = self.device.fields
        now = frozenset(
            (group, slug) for group in reasons.GROUPS for slug in reasons.standing(group, fields)
        )
        before, told = self._standing, set(self._standing)
        for kind, changed in ((RAISED, now - before), (CLEARED, before - now)):
            for group, slug in sorted(changed):
                told ^= {(group, slug)}
                self._tell(kind, group, slug, told)
        self._standing = now

    def _tell(self, kind: str, group: str, slug: str, told: set[tuple[str, str]]) -> None:
        """Write one event a reason: two at once are both in the logbook."""
        active = sorted(f"{one_group}:{one}" for one_group, one in told)
        self._trigger_event(kind, {"kind": group, "reason": slug, "active": active})
        self.async_write_ha_state()


def _parse(text: str) -> tuple[str, str]:
    group, _, slug = text.partition(":")
    return group, slug
