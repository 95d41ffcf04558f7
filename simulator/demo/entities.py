"""Which entity shows which field, and whether it shows what the air source sends."""

from dataclasses import dataclass, field
from typing import Any

from simulator import protocol_route

# Written down here once more, on purpose: the integration's own table must not vouch for itself.
_ENTITY_OF = {
    "battery_voltage_v": "battery_voltage",
    "battery_voltage1_v": "battery_voltage",
    "battery_voltage2_v": "battery_2_voltage",
    "battery_voltage3_v": "battery_3_voltage",
    "battery_current_a": "battery_current",
    "battery_current1_a": "battery_current",
    "battery_current2_a": "battery_2_current",
    "battery_current3_a": "battery_3_current",
    "soc_pct": "state_of_charge",
    "ttg_min": "time_to_go",
    "consumed_ah": "consumed_ampere_hours",
    "alarm_reason": "alarm",
    "warning_reason": "warning",
    "off_reason": "off_reason",
    "aux_mode": "aux_mode",
    "starter_voltage_v": "starter_voltage",
    "midpoint_voltage_v": "midpoint_voltage",
    "temperature_c": "temperature",
    "battery_temperature_c": "battery_temperature",
    "device_state": "charge_state",
    "charger_error": "charger_error",
    "pv_power_w": "solar_power",
    "yield_today_wh": "yield_today",
    "load_current_a": "external_device_load",
    "input_voltage_v": "input_voltage",
    "input_current_a": "input_current",
    "output_voltage_v": "output_voltage",
    "output_current_a": "output_current",
    "output_state": "output_state",
    "error_code": "error_code",
    "error": "bms_error",
    "error_flags": "error_flags",
    "balancer_status": "balancer_status",
    "vebus_error": "vebus_error",
    "alarm": "alarm_level",
    "monitor_mode": "meter_type",
    "active_ac_in": "ac_in_state",
    "ac_in_power_w": "ac_in_power",
    "ac_out_power_w": "ac_out_power",
    "ac_voltage_v": "ac_voltage",
    "ac_current_a": "ac_current",
    "ac_apparent_power_va": "ac_apparent_power",
    "installation_power_w": "installation_power",
    "irradiance_w_m2": "irradiance",
    "cell_temperature_c": "cell_temperature",
    "minutes_since_last_sun": "minutes_since_last_sun",
}
_INVERTERS = (0x03, 0x06, 0x09, 0x0B, 0x0C)
_LYNX, _METER, _SOLAR_SENSE = 0x0A, 0x0D, 0xFF01
# Where the same field is something else.
_ENTITY_IN = {
    **{(record, "device_state"): "device_state" for record in _INVERTERS},
    (_LYNX, "temperature_c"): "battery_temperature",
    (_METER, "battery_voltage_v"): "voltage",
    (_METER, "battery_current_a"): "current",
    (_SOLAR_SENSE, "error_code"): "solar_sense_error",
}
# Not shown: a bit that nobody knows, and what is disabled until somebody wants it.
_NOT_SHOWN = ("unspecified_remnant", "tx_power_raw")
_SENSE_PRODUCTS = (0xA3A4, 0xA3A5)
_SENSE_HAS = ("battery_voltage_v", "temperature_c")
# Computed by the integration: a voltage times a current, in W to one digit.
_POWERS = {
    "battery_power": (
        ("battery_voltage_v", "battery_current_a"),
        ("battery_voltage1_v", "battery_current1_a"),
    ),
    "battery_2_power": (("battery_voltage2_v", "battery_current2_a"),),
    "battery_3_power": (("battery_voltage3_v", "battery_current3_a"),),
    "external_device_power": (("battery_voltage_v", "load_current_a"),),
    "input_power": (("input_voltage_v", "input_current_a"),),
    "output_power": (("output_voltage_v", "output_current_a"),),
}
_NAMED = (
    "device_state", "charger_error", "aux_mode", "output_state", "error_code", "error", "vebus_error",
    "alarm", "monitor_mode", "active_ac_in", "balancer_status",
)  # fmt: skip
_MASKS = {
    "alarm_reason": "no_alarm",
    "warning_reason": "no_alarm",
    "off_reason": "no_reason",
    "error_flags": "no_error",
}
# binary sensor: (field, its bit of a SmartLithium's flags or lower bit of a Lynx's level)
_BMS = {
    "bms_flags": {"charge_allowed": 25, "discharge_allowed": 26},
    "io_status": {"charge_allowed": 2, "discharge_allowed": 4, "external_relay": 6},
}
_LEVELS = "warnings_alarms"
_CELL_ENDS = {"<2.61": 2.6, ">3.85": 3.86}
_UNITS = {"kWh": 1000.0, "h": 60.0, "d": 1440.0}  # where Home Assistant shows another unit
_NOT_THERE = (None, "unknown")

State = dict[str, Any]


@dataclass
class Comparison:
    """How many entities were compared, and what each wrong one says."""

    entities: int = 0
    wrong: list[str] = field(default_factory=list)


def entity_of(record_type: int, field_name: str) -> str:
    """Return the key of the sensor that shows a field."""
    return _ENTITY_IN.get((record_type, field_name)) or _ENTITY_OF[field_name]


def sensors_only(entity_id: str) -> bool:
    """Return whether it is a sensor: other kinds of entities may have the same key."""
    return entity_id.startswith(("sensor.", "binary_sensor."))


def compare(md: bytes, key: bytes | None, states: dict[str, State], name: str) -> Comparison:
    """Compare one device's entities (by their key) with the advertisement that is on the air."""
    reading = protocol_route.module("instant_readout").decode(md, key)
    result = Comparison()
    for field_name, value in reading.fields.items():
        if not is_shown(reading.product_id, field_name):
            continue
        for entity, expected in _expected(reading.record_type, field_name, value):
            state = states.get(entity)
            if state is None and expected is None:
                continue  # what a device does not have needs no entity
            result.entities += 1
            if not _equal(expected, state):
                shown = state["state"] if state else "missing"
                result.wrong.append(
                    f"{name}: {entity} is {shown}, on the air {field_name} is {value}"
                )
    for entity, value in _powers(reading.record_type, reading.fields):
        result.entities += 1
        if not _equal(value, states.get(entity)):
            result.wrong.append(f"{name}: {entity} is not {value}")
    return result


def is_shown(product_id: int, field_name: str) -> bool:
    """Return whether the product's field has an entity."""
    if product_id in _SENSE_PRODUCTS:
        return field_name in _SENSE_HAS
    return field_name not in _NOT_SHOWN


def _expected(record_type: int, field_name: str, value: Any) -> list[tuple[str, Any]]:
    """Return what the entities of a field should say."""
    if field_name == "cell_voltages_v":
        cells = [_CELL_ENDS.get(cell, cell) for cell in value]
        return [(f"cell_{number}_voltage", cell) for number, cell in enumerate(cells, 1)]
    if field_name == "bms_flags":
        return [(key, _on(value >> bit & 1 == 1)) for key, bit in _BMS[field_name].items()]
    if field_name == "io_status":
        levels = [(key, value >> bit & 3) for key, bit in _BMS[field_name].items()]
        return [(key, _on(level == 1) if level else None) for key, level in levels]
    if field_name == _LEVELS:
        return [
            ("device_alarm", _on(any(value >> bit & 3 == 3 for bit in range(0, 18, 2)))),
            ("device_warning", _on(any(value >> bit & 3 == 2 for bit in range(0, 18, 2)))),
        ]
    return [(entity_of(record_type, field_name), expected_state(record_type, field_name, value))]


def expected_state(record_type: int, field_name: str, value: Any) -> Any:
    """Return what the sensor of a field should say, None for nothing."""
    names = protocol_route.module("names")
    if value is None:
        return None
    if record_type == _SOLAR_SENSE and field_name == "error_code":
        return "unknown_code" if value else "no_error"
    if field_name in _NAMED:
        return names.state_slug(field_name, value)
    if field_name in _MASKS:
        slugs = names.flag_slugs(field_name, value)
        return "multiple" if len(slugs) > 1 else (*slugs, _MASKS[field_name])[0]
    return value


def _on(value: bool) -> str:
    return "on" if value else "off"


def _powers(record_type: int, fields: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the powers that these fields allow to compute."""
    found = []
    for entity, pairs in _POWERS.items():
        for voltage, current in pairs:
            factors = fields.get(voltage), fields.get(current)
            if None not in factors:
                key = "power" if record_type == _METER else entity
                found.append((key, round(factors[0] * factors[1], 1)))
    return found


def shows(record_type: int, field_name: str, value: Any, state: State | None) -> bool:
    """Whether a state shows a field's value; what a device does not have needs no entity."""
    return _equal(expected_state(record_type, field_name, value), state)


def _equal(expected: Any, state: State | None) -> bool:
    text = state["state"] if state else None
    if state is None or text is None or expected is None:
        return expected is None and text in _NOT_THERE
    if isinstance(expected, str):
        return bool(text == expected)
    unit = state["attributes"].get("unit_of_measurement", "")
    try:
        return bool(abs(float(text) * _UNITS.get(unit, 1.0) - expected) < 1e-6)
    except ValueError:
        return False
