"""What can be set: alarm limits, which hold also while Home Assistant is off, and the display's brightness."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricPotential,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import limits
from .adding import add_for_devices, add_for_nodes
from .const import CONF_BRIGHTNESS, CONF_LIMITS
from .device import Device
from .entity import NodeEntity, VictronEntity
from .hub import VictronEspnowConfigEntry
from .node import DISPLAY, Node
from .screen_options import as_brightness, as_percent

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LimitDescription(NumberEntityDescription):
    """A limit, and the fields of which a record needs one to have it."""

    fields: tuple[str, ...] = ()


_SOC = ("soc_pct",)
# What the display node takes for the battery's voltage (firmware/display/alarm_rules.py).
_VOLTAGE = ("battery_voltage_v", "battery_voltage1_v", "input_voltage_v")


def _limit(key: str, fields: tuple[str, ...], **more: Any) -> LimitDescription:
    return LimitDescription(
        key=key,
        translation_key=key,
        fields=fields,
        native_min_value=limits.OFF,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        **more,
    )


def _charge(key: str) -> LimitDescription:
    return _limit(
        key,
        _SOC,
        native_unit_of_measurement=PERCENTAGE,
        native_max_value=100,
        native_step=1,
    )


def _voltage(key: str) -> LimitDescription:
    return _limit(
        key,
        _VOLTAGE,
        device_class=NumberDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_max_value=100,
        native_step=0.01,
    )


LIMITS: tuple[LimitDescription, ...] = (
    _charge(limits.SOC_LOW),
    _charge(limits.SOC_CRITICAL),
    _voltage(limits.VOLTAGE_LOW),
    _voltage(limits.VOLTAGE_HIGH),
    _limit(
        limits.SILENT,
        (),
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_max_value=86_400,
        native_step=1,
    ),
)

BRIGHTNESS = NumberEntityDescription(
    key="brightness",
    translation_key="brightness",
    native_unit_of_measurement=PERCENTAGE,
    native_min_value=1,
    native_max_value=100,
    native_step=1,
    mode=NumberMode.SLIDER,
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what each device and the display node have, as soon as that is known."""

    def wanted(device: Device) -> list[LimitDescription]:
        if device.record_type is None:
            return []
        return [
            description
            for description in LIMITS
            if not description.fields or not device.field_names.isdisjoint(description.fields)
        ]

    def on_display(node: Node) -> tuple[NumberEntityDescription, ...]:
        told = CONF_BRIGHTNESS in {**entry.options, **entry.runtime_data.settings.options.in_force}
        return (BRIGHTNESS,) if told and node.role == DISPLAY else ()

    add_for_devices(entry, async_add_entities, wanted, LimitNumber)
    add_for_nodes(entry, async_add_entities, on_display, BrightnessNumber)


class LimitNumber(VictronEntity, NumberEntity):
    """One alarm limit, kept with the device's configuration so that no crash loses it."""

    entity_description: LimitDescription

    @property
    @override
    def available(self) -> bool:
        """Return True: a limit can be set at any time, and gets there when the node does."""
        return True

    @property
    @override
    def native_value(self) -> float | None:
        """Return what was set, else what the display node said it uses; 0 is none."""
        key = self.entity_description.key
        if (limit := self.device.limits.get(key)) is not None:
            return limit
        used = self.hub.settings.limits.in_force.get(self.device.plain_mac, {})
        return used.get(key)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep the limit; the hub follows what is configured."""
        subentry = self.hub.entry.subentries[self.device.subentry_id]
        kept = {**self.device.limits, self.entity_description.key: value}
        self.hass.config_entries.async_update_subentry(
            self.hub.entry, subentry, data={**subentry.data, CONF_LIMITS: kept}
        )


class BrightnessNumber(NodeEntity, NumberEntity):
    """How bright the display is; kept with the entry, so that a new board gets it as well."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return what was set, else what the display node said it uses."""
        used = self.hub.settings.options.in_force.get(CONF_BRIGHTNESS)
        brightness = self.hub.entry.options.get(CONF_BRIGHTNESS, used)
        return as_percent(brightness) if isinstance(brightness, int) else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep it; the hub follows what is configured."""
        entry = self.hub.entry
        options = {**entry.options, CONF_BRIGHTNESS: as_brightness(value)}
        self.hass.config_entries.async_update_entry(entry, options=options)
        self.async_write_ha_state()
