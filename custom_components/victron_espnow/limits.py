"""Alarm limits: what the user set, as it is kept, as the display node takes it, as it answers."""

from collections.abc import Mapping
from typing import Any

# As the display node calls them (firmware/display/limit_store.py).
SOC_LOW = "soc_low"
SOC_CRITICAL = "soc_critical"
VOLTAGE_LOW = "voltage_low"
VOLTAGE_HIGH = "voltage_high"
SILENT = "silent_s"
NAMES = (SOC_LOW, SOC_CRITICAL, VOLTAGE_LOW, VOLTAGE_HIGH, SILENT)

OFF = 0.0  # no limit is ever at zero, so a number can say it

# Limits by name; what is missing is left to the display node.
type Limits = Mapping[str, float]


def as_sent(limits: Limits) -> dict[str, float | None]:
    """Return the arguments of the command: null is no alarm, what is missing the node's default."""
    return {name: None if limit == OFF else limit for name, limit in limits.items()}


def in_force(answer: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits that the node says it uses; an older one says nothing."""
    found = {}
    for name in NAMES:
        if name in answer and (limit := _limit(answer[name])) is not None:
            found[name] = limit
    return found


def _limit(value: object) -> float | None:
    if value is None:
        return OFF
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
