"""Sensors of inverters and of what is connected to the mains."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UnitOfApparentPower, UnitOfElectricPotential

from .descriptions import (
    VictronSensorDescription,
    current,
    energy,
    enum,
    measurement,
    number,
    power,
)
from .device import Device
from .pacing import quick, slow
from .reckoning import Energy

_INVERTER = 0x03


def _has_ac_current(device: Device) -> bool:
    """An inverter has one, a charger only if it measures it."""
    return device.record_type == _INVERTER or "ac_current_a" in device.seen


def _energy_of(key: str, field: str, sign: int = 1) -> VictronSensorDescription:
    return energy(key, lambda: Energy(number(field), sign), variants=((field,),))


INVERTER_SENSORS: tuple[VictronSensorDescription, ...] = (
    enum("device_state", "device_state", records=frozenset({_INVERTER, 0x06, 0x09, 0x0B, 0x0C})),
    measurement(
        "ac_voltage",
        SensorDeviceClass.VOLTAGE,
        UnitOfElectricPotential.VOLT,
        "ac_voltage_v",
        pace=slow(1),
    ),
    current("ac_current", "ac_current_a", has_fn=_has_ac_current),
    measurement(
        "ac_apparent_power",
        SensorDeviceClass.APPARENT_POWER,
        UnitOfApparentPower.VOLT_AMPERE,
        "ac_apparent_power_va",
        pace=quick(1),
    ),
    enum("ac_in_state", "active_ac_in"),
    power("ac_in_power", "ac_in_power_w"),
    _energy_of("ac_in_energy", "ac_in_power_w"),
    _energy_of("ac_in_returned_energy", "ac_in_power_w", -1),
    power("ac_out_power", "ac_out_power_w"),
    _energy_of("ac_out_energy", "ac_out_power_w"),
    enum("vebus_error", "vebus_error"),
    enum("alarm_level", "alarm"),
)
