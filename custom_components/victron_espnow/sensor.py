"""Sensors of Victron devices: one row of a table per field, whichever records hold it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    Platform,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import DOMAIN
from .device import Device
from .entity import VictronEntity, unique_id
from .hub import Hub, VictronEspnowConfigEntry
from .node_sensor import async_add_node_sensors
from .protocol import names

PARALLEL_UPDATES = 0

MULTIPLE = "multiple"
AMPERE_HOURS = "Ah"


@dataclass(frozen=True, kw_only=True)
class VictronSensorDescription(SensorEntityDescription):
    """A sensor: the fields it needs, its value, and when a device has it."""

    # A record with all fields of any of these has the sensor. Which one may change when another
    # device takes the same role, and the history goes on.
    variants: tuple[tuple[str, ...], ...] = ((),)
    value_fn: Callable[[Device], StateType]
    attributes_fn: Callable[[Device], Mapping[str, Any]] | None = None
    # Asked only for what not every device with this record has.
    has_fn: Callable[[Device], bool] | None = None


# Values


def _number(*fields: str) -> Callable[[Device], StateType]:
    """Return the field that the record has, in its unit."""

    def value(device: Device) -> StateType:
        for field in fields:
            if (found := device.fields.get(field)) is not None:
                return cast(StateType, found)
        return None

    return value


def _product(*pairs: tuple[str, str]) -> Callable[[Device], StateType]:
    """Return the power of a voltage and a current, known when both are."""

    def value(device: Device) -> StateType:
        for voltage, current in pairs:
            volts, amperes = device.fields.get(voltage), device.fields.get(current)
            if volts is not None and amperes is not None:
                power: float = round(volts * amperes, 1)
                return power
        return None

    return value


def _state(field: str) -> Callable[[Device], StateType]:
    """Return the name of a code; the attribute tells the codes that no list holds."""
    return lambda device: names.state_slug(field, device.fields.get(field))


def _flags(field: str, none: str) -> Callable[[Device], StateType]:
    """Return the one flag that is set; several at once are normal and listed in the attribute."""

    def value(device: Device) -> StateType:
        mask = device.fields.get(field)
        if mask is None:
            return None
        slugs = names.flag_slugs(field, mask)
        if len(slugs) > 1:
            return MULTIPLE
        return slugs[0] if slugs else none

    return value


def _code(field: str) -> Callable[[Device], Mapping[str, Any]]:
    """Return the number behind the name, for reports and automations."""
    return lambda device: {"code": device.fields.get(field)}


def _flag_list(field: str) -> Callable[[Device], Mapping[str, Any]]:
    """Return everything that is set, and the mask."""
    return lambda device: {
        "active": list(names.flag_slugs(field, device.fields.get(field) or 0)),
        "code": device.fields.get(field),
    }


# When a device has it


def _seen(field: str) -> Callable[[Device], bool]:
    """Return whether the device ever sent a value: many records have room for more."""
    return lambda device: field in device.seen


def _has_output(number: int) -> Callable[[Device], bool]:
    """Return whether a charger has this output: odd IP22 products have three."""
    field = f"battery_voltage{number}_v"

    def has(device: Device) -> bool:
        product = device.product_id or 0
        return field in device.seen or (0xA320 <= product <= 0xA337 and bool(product & 1))

    return has


def _aux(mode: int) -> Callable[[Device], bool]:
    """Return whether the one auxiliary input measures this; other records have no such choice."""
    return lambda device: "aux_mode" not in device.field_names or device.aux_mode == mode


# Rows


def _measurement(
    key: str, device_class: SensorDeviceClass | None, unit: str, *fields: str, **more: Any
) -> VictronSensorDescription:
    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=tuple((field,) for field in fields),
        value_fn=_number(*fields),
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
        **more,
    )


def _voltage(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    unit = UnitOfElectricPotential.VOLT
    return _measurement(key, SensorDeviceClass.VOLTAGE, unit, *fields, **more)


def _current(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    unit = UnitOfElectricCurrent.AMPERE
    return _measurement(key, SensorDeviceClass.CURRENT, unit, *fields, **more)


def _power(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    return _measurement(key, SensorDeviceClass.POWER, UnitOfPower.WATT, *fields, **more)


def _temperature(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    unit = UnitOfTemperature.CELSIUS
    return _measurement(key, SensorDeviceClass.TEMPERATURE, unit, *fields, **more)


def _computed_power(key: str, *pairs: tuple[str, str], **more: Any) -> VictronSensorDescription:
    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=pairs,
        value_fn=_product(*pairs),
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        **more,
    )


def _enum(key: str, field: str, **more: Any) -> VictronSensorDescription:
    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=((field,),),
        value_fn=_state(field),
        attributes_fn=_code(field),
        device_class=SensorDeviceClass.ENUM,
        options=names.state_slugs(field),
        **more,
    )


def _mask(key: str, field: str, none: str, **more: Any) -> VictronSensorDescription:
    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=((field,),),
        value_fn=_flags(field, none),
        attributes_fn=_flag_list(field),
        device_class=SensorDeviceClass.ENUM,
        options=[none, *names.all_flag_slugs(field), MULTIPLE],
        **more,
    )


SENSORS: tuple[VictronSensorDescription, ...] = (
    # Battery; a charger's first output is its battery, like that of any other device
    _voltage("battery_voltage", "battery_voltage_v", "battery_voltage1_v"),
    _current("battery_current", "battery_current_a", "battery_current1_a"),
    _computed_power(
        "battery_power",
        ("battery_voltage_v", "battery_current_a"),
        ("battery_voltage1_v", "battery_current1_a"),
    ),
    _measurement("state_of_charge", SensorDeviceClass.BATTERY, PERCENTAGE, "soc_pct"),
    _measurement("time_to_go", SensorDeviceClass.DURATION, UnitOfTime.MINUTES, "ttg_min"),
    # No device class fits a charge.
    _measurement("consumed_ampere_hours", None, AMPERE_HOURS, "consumed_ah"),
    _mask("alarm", "alarm_reason", "no_alarm"),
    _voltage("starter_voltage", "starter_voltage_v", has_fn=_aux(0)),
    _voltage("midpoint_voltage", "midpoint_voltage_v", has_fn=_aux(1)),
    _temperature("temperature", "temperature_c", has_fn=_aux(2)),
    _enum("aux_mode", "aux_mode", entity_category=EntityCategory.DIAGNOSTIC),
    # Chargers
    _enum("device_state", "device_state"),
    _enum("charger_error", "charger_error"),
    _power("pv_power", "pv_power_w"),
    VictronSensorDescription(
        key="yield_today",
        translation_key="yield_today",
        variants=(("yield_today_wh",),),
        value_fn=_number("yield_today_wh"),
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        # The device begins anew at its own midnight.
        state_class=SensorStateClass.TOTAL_INCREASING,
    ),
    _current("load_current", "load_current_a", has_fn=_seen("load_current_a")),
    _computed_power(
        "load_power", ("battery_voltage_v", "load_current_a"), has_fn=_seen("load_current_a")
    ),
    _voltage("battery_2_voltage", "battery_voltage2_v", has_fn=_has_output(2)),
    _current("battery_2_current", "battery_current2_a", has_fn=_has_output(2)),
    _computed_power(
        "battery_2_power", ("battery_voltage2_v", "battery_current2_a"), has_fn=_has_output(2)
    ),
    _voltage("battery_3_voltage", "battery_voltage3_v", has_fn=_has_output(3)),
    _current("battery_3_current", "battery_current3_a", has_fn=_has_output(3)),
    _computed_power(
        "battery_3_power", ("battery_voltage3_v", "battery_current3_a"), has_fn=_has_output(3)
    ),
    _current("ac_current", "ac_current_a", has_fn=_seen("ac_current_a")),
    VictronSensorDescription(
        key="signal_strength",
        translation_key="signal_strength",
        value_fn=lambda device: device.rssi,
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VictronEspnowConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each device as soon as it is known which they are."""
    hub = entry.runtime_data
    registry = er.async_get(hass)
    added: set[str] = set()

    def wanted(device: Device, description: VictronSensorDescription) -> bool:
        if not any(device.field_names.issuperset(fields) for fields in description.variants):
            return False
        if description.has_fn is None or description.has_fn(device):
            return True
        # What it once had it has, also while it does not send it.
        identity = unique_id(device, description)
        return registry.async_get_entity_id(Platform.SENSOR, DOMAIN, identity) is not None

    @callback
    def add_sensors(device: Device) -> None:
        if device.record_type is None:
            return
        new = [
            description
            for description in SENSORS
            if unique_id(device, description) not in added and wanted(device, description)
        ]
        added.update(unique_id(device, description) for description in new)
        async_add_entities(
            [VictronSensor(hub, device, description) for description in new],
            config_subentry_id=device.subentry_id,
        )

    entry.async_on_unload(hub.async_add_platform(add_sensors))
    async_add_node_sensors(hass, entry, async_add_entities)


class VictronSensor(VictronEntity, SensorEntity):
    """One value of a Victron device."""

    entity_description: VictronSensorDescription

    def __init__(self, hub: Hub, device: Device, description: VictronSensorDescription) -> None:
        """Show as many digits as the record sends, two at most."""
        super().__init__(hub, device, description)
        if description.suggested_display_precision is None and description.state_class:
            self._attr_suggested_display_precision = min(device.digits(description.variants), 2)

    @property
    @override
    def native_value(self) -> StateType:
        """Return the newest value, None when the device says it has none."""
        return self.entity_description.value_fn(self.device)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the numbers behind a named state."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.device) if attributes else None
