"""How often a changed value is worth a row in the recorder, and how far off the written one may be.

A written value is within its resolution of what the device says, or said no longer ago than the
option promises.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .const import CONF_OTHERS_EVERY, CONF_POWER_EVERY, EVERY_S

_ROUNDING = 1e-9  # 13.09 - 13.07 is a little less than 0.02


@dataclass(frozen=True)
class Pace:
    """When a change is written: at once, or as the entry's option says."""

    option: str | None = None
    resolution: float = 0.0  # in the sensor's native unit
    relative: float = 0.0  # of the written value; the larger of both counts

    def every(self, options: Mapping[str, Any]) -> float:
        """Return the seconds between two writes; 0 writes every change."""
        if self.option is None:
            return 0.0
        return float(options.get(self.option, EVERY_S[self.option]))

    def differs(self, value: float | None, written: float | None) -> bool:
        """Return whether the value is further from the written one than the resolution allows."""
        if value == written:
            return False
        if value is None or written is None:
            return True
        least = self.relative * abs(written)
        if least < self.resolution:
            least = self.resolution
        return bool(abs(value - written) >= least - _ROUNDING)


AT_ONCE = Pace()


def quick(resolution: float, relative: float = 0.01) -> Pace:
    """Power and current: what people watch."""
    return Pace(CONF_POWER_EVERY, resolution, relative)


def slow(resolution: float, relative: float = 0.0) -> Pace:
    """Everything that takes its time."""
    return Pace(CONF_OTHERS_EVERY, resolution, relative)
