"""Which entity shows which field, and whether it shows what the air source sends."""

from dataclasses import dataclass, field
from typing import Any

from simulator import protocol_route

# Written down here once more, on purpose: the integration's own table must not vouch for itself.
ENTITY_OF = {
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
    "aux_mode": "aux_mode",
    "starter_voltage_v": "starter_voltage",
    "midpoint_voltage_v": "midpoint_voltage",
    "temperature_c": "temperature",
    "device_state": "device_state",
    "charger_error": "charger_error",
    "pv_power_w": "pv_power",
    "yield_today_wh": "yield_today",
    "load_current_a": "load_current",
    "ac_current_a": "ac_current",
}
# Computed by the integration: a voltage times a current, in W to one digit.
_POWERS = {
    "battery_power": (
        ("battery_voltage_v", "battery_current_a"),
        ("battery_voltage1_v", "battery_current1_a"),
    ),
    "battery_2_power": (("battery_voltage2_v", "battery_current2_a"),),
    "battery_3_power": (("battery_voltage3_v", "battery_current3_a"),),
    "load_power": (("battery_voltage_v", "load_current_a"),),
}
_NAMED = ("device_state", "charger_error", "aux_mode")
_UNITS = {"kWh": 1000.0, "h": 60.0, "d": 1440.0}  # where Home Assistant shows another unit
_NOT_THERE = (None, "unknown")

State = dict[str, Any]


@dataclass
class Comparison:
    """How many entities were compared, and what each wrong one says."""

    entities: int = 0
    wrong: list[str] = field(default_factory=list)


def compare(md: bytes, key: bytes, states: dict[str, State], name: str) -> Comparison:
    """Compare one device's entities (by their key) with the advertisement that is on the air."""
    fields = protocol_route.module("instant_readout").decode(md, key).fields
    result = Comparison()
    for field_name, value in fields.items():
        entity = ENTITY_OF[field_name]
        state = states.get(entity)
        if state is None and value is None:
            continue  # what a device does not have needs no entity
        result.entities += 1
        shown = state["state"] if state else "missing"
        if not shows(field_name, value, state):
            result.wrong.append(f"{name}: {entity} is {shown}, on the air {field_name} is {value}")
    for entity, value in _powers(fields):
        result.entities += 1
        if not shows(entity, value, states.get(entity)):
            result.wrong.append(f"{name}: {entity} is not {value}")
    return result


def _powers(fields: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the powers that these fields allow to compute."""
    found = []
    for entity, pairs in _POWERS.items():
        for voltage, current in pairs:
            factors = fields.get(voltage), fields.get(current)
            if None not in factors:
                found.append((entity, round(factors[0] * factors[1], 1)))
    return found


def shows(field_name: str, value: Any, state: State | None) -> bool:
    """Whether a state shows a field's value; what a device does not have needs no entity."""
    text = state["state"] if state else None
    if state is None or text is None or value is None:
        return value is None and text in _NOT_THERE
    names = protocol_route.module("names")
    if field_name in _NAMED:
        return bool(text == names.state_slug(field_name, value))
    if field_name == "alarm_reason":
        return bool(text == _alarm(names.flag_slugs(field_name, value)))
    return _number_shows(value, text, state["attributes"].get("unit_of_measurement", ""))


def _alarm(slugs: tuple[str, ...]) -> str:
    return ("no_alarm", *slugs)[1] if len(slugs) == 1 else "multiple" if slugs else "no_alarm"


def _number_shows(value: float, text: str, unit: str) -> bool:
    try:
        return abs(float(text) * _UNITS.get(unit, 1.0) - value) < 1e-6
    except ValueError:
        return False
