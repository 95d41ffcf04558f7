"""Sensors of batteries: monitors, meters, batteries that tell of themselves, and what is charged."""

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

from . import reasons
from .descriptions import (
    Has,
    Value,
    VictronSensorDescription,
    computed_power,
    current,
    energy,
    enum,
    mask,
    measurement,
    product,
    reckoned,
    temperature,
    voltage,
)
from .device import Device
from .pacing import AT_ONCE, slow
from .protocol import names
from .protocol.records import RECORDS
from .reckoning import CONFIDENCES, Confidence, Energy, TimeToFull

AMPERE_HOURS = "Ah"
CELLS = 8

_MONITOR, _LITHIUM, _INVERTER_RS, _AC_CHARGER, _LYNX = 0x02, 0x05, 0x06, 0x08, 0x0A
_MULTI_RS, _VE_BUS, _METER = 0x0B, 0x0C, 0x0D
# A meter counts a fridge or an alternator: what it measures is no battery's.
_METERS = frozenset({_METER})
_NO_METERS = frozenset(RECORDS) - _METERS
_COUNTERS = frozenset({_MONITOR, _LYNX})
_DISCHARGING = frozenset({_MONITOR, _INVERTER_RS, _LYNX, _MULTI_RS, _VE_BUS})

_BATTERY = ("battery_voltage_v", "battery_current_a")
_OUTPUTS = {
    number: (f"battery_voltage{number}_v", f"battery_current{number}_a") for number in (1, 2, 3)
}
_ORION_OUTPUT = ("output_voltage_v", "output_current_a")


def _monitors(device: Device) -> bool:
    """Return whether it is more than a Battery Sense, which knows voltage and temperature only."""
    return not device.is_battery_sense


def _has_output(number: int) -> Has:
    """Return whether a charger has this output: odd IP22 products have three."""
    field = f"battery_voltage{number}_v"

    def has(device: Device) -> bool:
        product_id = device.product_id or 0
        return field in device.seen or (0xA320 <= product_id <= 0xA337 and bool(product_id & 1))

    return has


def _aux(mode: int) -> Has:
    """Return whether the one auxiliary input measures this."""
    return lambda device: device.aux_mode == mode


def _temperature(device: Device) -> bool:
    """A charger tells one or not; a monitor measures it or something else."""
    if device.record_type == _AC_CHARGER:
        return "temperature_c" in device.seen
    return device.aux_mode == _AUX_TEMPERATURE


def _soc(device: Device) -> bool:
    """A monitor has a state of charge even while it does not know it; an inverter only with one."""
    return "soc_pct" in device.seen or (device.record_type in _COUNTERS and _monitors(device))


_AUX_STARTER, _AUX_MIDPOINT, _AUX_TEMPERATURE = 0, 1, 2
# A cell that is full or empty beyond the record's range is told as the end of that range.
_ENDS = {"<2.61": 2.6, ">3.85": 3.86}


def _cell(number: int) -> Value:
    def value(device: Device) -> float | None:
        cells = device.fields.get("cell_voltages_v")
        cell = cells[number - 1] if cells else None
        return _ENDS[cell] if isinstance(cell, str) else cell

    return value


def _has_cell(number: int) -> Has:
    return lambda device: f"cell_voltages_v[{number - 1}]" in device.seen


def _energy_of(
    key: str, *pairs: tuple[str, str], sign: int = 1, **more: Any
) -> VictronSensorDescription:
    return energy(key, lambda: Energy(product(*pairs), sign), variants=pairs, **more)


_CELLS = tuple(
    voltage(
        f"cell_{number}_voltage",
        resolution=0.01,
        translation_key="cell_voltage",
        translation_placeholders={"cell": str(number)},
        variants=(("cell_voltages_v",),),
        value_fn=_cell(number),
        has_fn=_has_cell(number),
    )
    for number in range(1, CELLS + 1)
)

_FURTHER_OUTPUTS = tuple(
    row
    for number in (2, 3)
    for row in (
        voltage(f"battery_{number}_voltage", _OUTPUTS[number][0], has_fn=_has_output(number)),
        current(f"battery_{number}_current", _OUTPUTS[number][1], has_fn=_has_output(number)),
        computed_power(f"battery_{number}_power", _OUTPUTS[number], has_fn=_has_output(number)),
        _energy_of(
            f"battery_{number}_charged_energy", _OUTPUTS[number], has_fn=_has_output(number)
        ),
    )
)

BATTERY_SENSORS: tuple[VictronSensorDescription, ...] = (
    # A charger's first output is its battery, like that of any other device
    voltage("battery_voltage", "battery_voltage_v", "battery_voltage1_v", records=_NO_METERS),
    current(
        "battery_current",
        "battery_current_a",
        "battery_current1_a",
        records=_NO_METERS,
        has_fn=_monitors,
    ),
    computed_power("battery_power", _BATTERY, _OUTPUTS[1], records=_NO_METERS, has_fn=_monitors),
    _energy_of(
        "charged_energy",
        _BATTERY,
        _OUTPUTS[1],
        _ORION_OUTPUT,
        records=_NO_METERS,
        has_fn=_monitors,
    ),
    _energy_of("discharged_energy", _BATTERY, sign=-1, records=_DISCHARGING, has_fn=_monitors),
    measurement(
        "state_of_charge",
        SensorDeviceClass.BATTERY,
        PERCENTAGE,
        "soc_pct",
        pace=slow(0.1),
        has_fn=_soc,
    ),
    reckoned(
        "soc_confidence",
        Confidence,
        variants=(("soc_pct", "battery_voltage_v", "battery_current_a"),),
        records=_COUNTERS,
        has_fn=_monitors,
        device_class=SensorDeviceClass.ENUM,
        options=CONFIDENCES,
        entity_category=EntityCategory.DIAGNOSTIC,
        pace=AT_ONCE,
    ),
    measurement(
        "time_to_go",
        SensorDeviceClass.DURATION,
        UnitOfTime.MINUTES,
        "ttg_min",
        pace=slow(1, 0.02),
        has_fn=_monitors,
    ),
    reckoned(
        "time_to_full",
        TimeToFull,
        variants=(("consumed_ah", "battery_current_a"),),
        has_fn=_monitors,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        pace=slow(1, 0.05),
    ),
    # No device class fits a charge.
    measurement(
        "consumed_ampere_hours",
        None,
        AMPERE_HOURS,
        "consumed_ah",
        pace=slow(0.1),
        has_fn=_monitors,
    ),
    mask(
        "alarm",
        {"alarm_reason": reasons.flags("alarm_reason")},
        "no_alarm",
        names.all_flag_slugs("alarm_reason"),
        has_fn=_monitors,
    ),
    voltage("starter_voltage", "starter_voltage_v", has_fn=_aux(_AUX_STARTER)),
    voltage("midpoint_voltage", "midpoint_voltage_v", has_fn=_aux(_AUX_MIDPOINT)),
    temperature(
        "temperature",
        "temperature_c",
        records=frozenset({_MONITOR, _METER, _AC_CHARGER}),
        has_fn=_temperature,
    ),
    enum("aux_mode", "aux_mode", has_fn=_monitors, entity_category=EntityCategory.DIAGNOSTIC),
    *_FURTHER_OUTPUTS,
    # A DC energy meter
    voltage("voltage", "battery_voltage_v", records=_METERS),
    current("current", "battery_current_a", records=_METERS),
    computed_power("power", _BATTERY, records=_METERS),
    _energy_of("energy", _BATTERY, records=_METERS),
    _energy_of("reverse_energy", _BATTERY, sign=-1, records=_METERS),
    enum("meter_type", "monitor_mode"),
    # A battery or a BMS
    temperature(
        "battery_temperature",
        "battery_temperature_c",
        "temperature_c",
        records=frozenset({_LITHIUM, _LYNX, _VE_BUS}),
        has_fn=lambda device: (
            not device.seen.isdisjoint(("battery_temperature_c", "temperature_c"))
        ),
    ),
    *_CELLS,
    enum("balancer_status", "balancer_status"),
    mask(
        "bms_status",
        {"bms_flags": reasons.bms_status},
        "idle",
        reasons.bms_status_options(),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    *(
        mask(
            f"bms_{group}",
            {field: reasons.GROUPS[group][field] for field in ("bms_flags", "warnings_alarms")},
            f"no_{group}",
            reasons.bms_options(group),
        )
        for group in (reasons.ALARM, reasons.WARNING)
    ),
    enum("bms_error", "error"),
    mask(
        "error_flags",
        {"error_flags": reasons.flags("error_flags")},
        "no_error",
        names.all_flag_slugs("error_flags"),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)
