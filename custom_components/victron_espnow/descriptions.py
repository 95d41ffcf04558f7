"""What describes a sensor of a Victron device, and the words to write a row of a table with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.helpers.typing import StateType

from .device import Device
from .pacing import AT_ONCE, Pace, quick, slow
from .protocol import names
from .reasons import Slugs
from .reckoning import Reckoning

MULTIPLE = "multiple"

type Value = Callable[[Device], Any]
type Has = Callable[[Device], bool]
type Attributes = Callable[[Device], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Applies:
    """Which devices have an entity."""

    # A record with all fields of any of these has it. Which one may change when another device
    # takes the same role, and the history goes on.
    variants: tuple[tuple[str, ...], ...] = ((),)
    # Where the same field means something else in other records.
    records: frozenset[int] | None = None
    # Asked only for what not every device with this record has.
    has_fn: Has | None = None

    def fits(self, device: Device) -> bool:
        """Return whether the device's record has it."""
        if self.records is not None and device.record_type not in self.records:
            return False
        return any(device.field_names.issuperset(fields) for fields in self.variants)


@dataclass(frozen=True, kw_only=True)
class VictronSensorDescription(Applies, SensorEntityDescription):
    """A sensor: the fields it needs, its value, and when it is written."""

    value_fn: Value
    # What the value follows from, when that is quicker to compare.
    source_fn: Value | None = None
    attributes_fn: Attributes | None = None
    pace: Pace = AT_ONCE
    # What is reckoned from one reading to the next, instead of a value_fn.
    reckoning_fn: Callable[[], Reckoning] | None = None


# Values


def number(*fields: str) -> Value:
    """Return the field that the record has, in its unit."""
    if len(fields) == 1:
        (field,) = fields
        return lambda device: device.fields.get(field)

    def value(device: Device) -> StateType:
        for field in fields:
            if (found := device.fields.get(field)) is not None:
                return cast(StateType, found)
        return None

    return value


def product(*pairs: tuple[str, str]) -> Value:
    """Return the power of a voltage and a current, known when both are."""

    def value(device: Device) -> float | None:
        fields = device.fields
        for voltage, current in pairs:
            volts, amperes = fields.get(voltage), fields.get(current)
            if volts is not None and amperes is not None:
                watts: float = volts * amperes
                return watts
        return None

    return value


def state_of(field: str) -> Value:
    """Return the name of a code; the attribute tells the codes that no list holds."""
    return lambda device: names.state_slug(field, device.fields.get(field))


def one_of(field: str, read: Callable[[int], Slugs], none: str) -> Callable[[Device], str | None]:
    """Return the one thing that is set; several at once are normal and listed in the attribute."""

    def value(device: Device) -> str | None:
        code = device.fields.get(field)
        if code is None:
            return None
        slugs = read(code)
        if len(slugs) > 1:
            return MULTIPLE
        return slugs[0] if slugs else none

    return value


# When a device has it


def seen(field: str) -> Has:
    """Return whether the device ever sent a value: many records have room for more."""
    return lambda device: field in device.seen


# Rows


def measurement(
    key: str,
    device_class: SensorDeviceClass | None,
    unit: str,
    *fields: str,
    pace: Pace,
    **more: Any,
) -> VictronSensorDescription:
    """A number as the record has it."""
    return VictronSensorDescription(
        key=key,
        translation_key=more.pop("translation_key", key),
        variants=more.pop("variants", tuple((field,) for field in fields)),
        value_fn=more.pop("value_fn", None) or number(*fields),
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
        pace=pace,
        **more,
    )


def voltage(
    key: str, *fields: str, resolution: float = 0.02, **more: Any
) -> VictronSensorDescription:
    """A voltage; hundredths come and go with every appliance."""
    unit = UnitOfElectricPotential.VOLT
    pace = slow(resolution)
    return measurement(key, SensorDeviceClass.VOLTAGE, unit, *fields, pace=pace, **more)


def current(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    """A current."""
    unit = UnitOfElectricCurrent.AMPERE
    pace = quick(0.05)
    return measurement(key, SensorDeviceClass.CURRENT, unit, *fields, pace=pace, **more)


def power(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    """A power as the record has it."""
    unit = UnitOfPower.WATT
    return measurement(key, SensorDeviceClass.POWER, unit, *fields, pace=quick(1), **more)


def computed_power(key: str, *pairs: tuple[str, str], **more: Any) -> VictronSensorDescription:
    """A voltage times a current."""
    exact = product(*pairs)

    def value(device: Device) -> float | None:
        watts = exact(device)
        return None if watts is None else round(watts, 1)

    return power(
        key,
        variants=pairs,
        value_fn=value,
        source_fn=exact,
        suggested_display_precision=1,
        **more,
    )


def temperature(key: str, *fields: str, **more: Any) -> VictronSensorDescription:
    """A temperature."""
    unit = UnitOfTemperature.CELSIUS
    pace = slow(0.2)
    return measurement(key, SensorDeviceClass.TEMPERATURE, unit, *fields, pace=pace, **more)


def reckoned(
    key: str, reckoning_fn: Callable[[], Reckoning], **more: Any
) -> VictronSensorDescription:
    """What follows from many readings."""
    return VictronSensorDescription(
        key=key,
        translation_key=more.pop("translation_key", key),
        value_fn=lambda _: None,
        reckoning_fn=reckoning_fn,
        **more,
    )


def energy(
    key: str, reckoning_fn: Callable[[], Reckoning], **more: Any
) -> VictronSensorDescription:
    """What a power added up to."""
    return reckoned(
        key,
        reckoning_fn,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL_INCREASING,
        pace=slow(0.001),
        **more,
    )


def enum(key: str, field: str, **more: Any) -> VictronSensorDescription:
    """A code with a name."""
    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=((field,),),
        value_fn=more.pop("value_fn", None) or state_of(field),
        source_fn=number(field),
        attributes_fn=lambda device: {"code": device.fields.get(field)},
        device_class=SensorDeviceClass.ENUM,
        options=more.pop("options", None) or names.state_slugs(field),
        **more,
    )


def mask(
    key: str,
    readers: Mapping[str, Callable[[int], Slugs]],
    none: str,
    options: list[str],
    **more: Any,
) -> VictronSensorDescription:
    """A mask whose bits have names, from whichever of the fields the record has."""

    def field_of(device: Device) -> str:
        return next((field for field in readers if field in device.fields), "")

    def value(device: Device) -> str | None:
        field = field_of(device)
        return one_of(field, readers[field], none)(device) if field else None

    def attributes(device: Device) -> Mapping[str, Any]:
        field = field_of(device)
        code = device.fields.get(field)
        return {"active": list(readers[field](code)) if code else [], "code": code}

    return VictronSensorDescription(
        key=key,
        translation_key=key,
        variants=tuple((field,) for field in readers),
        value_fn=value,
        source_fn=number(*readers),
        attributes_fn=attributes,
        device_class=SensorDeviceClass.ENUM,
        options=[none, *options, MULTIPLE],
        **more,
    )
