"""Sensors of chargers: sun, alternator and mains, and of the SolarSense."""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfEnergy,
    UnitOfIrradiance,
    UnitOfTime,
)

from . import reasons
from .descriptions import (
    Value,
    VictronSensorDescription,
    computed_power,
    current,
    energy,
    enum,
    mask,
    measurement,
    number,
    power,
    product,
    seen,
    temperature,
    voltage,
)
from .device import Device
from .pacing import slow
from .protocol import names
from .reckoning import Energy

_CHARGERS = frozenset({0x01, 0x04, 0x08, 0x0F})
_BATTERY_PROTECT = frozenset({0x09})
_SOLAR_SENSE = frozenset({0xFF01})
_LOAD = ("battery_voltage_v", "load_current_a")
_HAS_LOAD = seen("load_current_a")


def _solar_sense_error(device: Device) -> str | None:
    """Return whether there is one: which they are nobody published."""
    code = device.fields.get("error_code")
    if code is None:
        return None
    return reasons.UNKNOWN_CODE if code else "no_error"


def _tx_power(device: Device) -> int | None:
    raw = device.fields.get("tx_power_raw")
    return None if raw is None else 6 * raw


def _solar_power() -> Value:
    return number("pv_power_w", "installation_power_w")


CHARGER_SENSORS: tuple[VictronSensorDescription, ...] = (
    enum("charge_state", "device_state", records=_CHARGERS),
    enum("charger_error", "charger_error"),
    power("solar_power", "pv_power_w"),
    # The device begins anew at its own midnight.
    VictronSensorDescription(
        key="yield_today",
        translation_key="yield_today",
        variants=(("yield_today_wh",),),
        value_fn=number("yield_today_wh"),
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL_INCREASING,
        pace=slow(10),
    ),
    energy(
        "solar_energy",
        lambda: Energy(_solar_power()),
        variants=(("pv_power_w",), ("installation_power_w",)),
    ),
    current("external_device_load", "load_current_a", has_fn=_HAS_LOAD),
    computed_power("external_device_power", _LOAD, has_fn=_HAS_LOAD),
    energy(
        "external_device_energy",
        lambda: Energy(product(_LOAD)),
        variants=(_LOAD,),
        has_fn=_HAS_LOAD,
    ),
    # From one DC voltage to another, or to nothing
    voltage("input_voltage", "input_voltage_v"),
    current("input_current", "input_current_a"),
    computed_power("input_power", ("input_voltage_v", "input_current_a")),
    voltage("output_voltage", "output_voltage_v"),
    current("output_current", "output_current_a"),
    computed_power("output_power", ("output_voltage_v", "output_current_a")),
    mask(
        "off_reason",
        {"off_reason": reasons.flags("off_reason")},
        "no_reason",
        names.all_flag_slugs("off_reason"),
    ),
    # Battery Protect
    enum("output_state", "output_state"),
    enum("error_code", "error_code", records=_BATTERY_PROTECT),
    mask(
        "warning",
        {"warning_reason": reasons.flags("warning_reason")},
        "no_alarm",
        names.all_flag_slugs("warning_reason"),
    ),
    # SolarSense
    power("installation_power", "installation_power_w"),
    measurement(
        "irradiance",
        SensorDeviceClass.IRRADIANCE,
        UnitOfIrradiance.WATTS_PER_SQUARE_METER,
        "irradiance_w_m2",
        pace=slow(5, 0.02),
    ),
    temperature("cell_temperature", "cell_temperature_c"),
    measurement(
        "minutes_since_last_sun",
        SensorDeviceClass.DURATION,
        UnitOfTime.MINUTES,
        "minutes_since_last_sun",
        pace=slow(1),
    ),
    enum(
        "solar_sense_error",
        "error_code",
        records=_SOLAR_SENSE,
        value_fn=_solar_sense_error,
        options=["no_error", reasons.UNKNOWN_CODE],
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    measurement(
        "tx_power",
        SensorDeviceClass.SIGNAL_STRENGTH,
        SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        variants=(("tx_power_raw",),),
        value_fn=_tx_power,
        pace=slow(1),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
