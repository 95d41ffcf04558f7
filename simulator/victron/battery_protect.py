"""Smart BatteryProtect: takes loads off a bank that is running low."""

from random import Random

from .encode import Values
from .gauge import Gauge
from .model import Model, mask_of
from .plant import Plant

_OFF, _ACTIVE = 0, 249
_PROTECTION, _SWITCH = 0x10, 0x02  # off reasons
_PATIENCE_S = 90
_OHM = 0.0008


class BatteryProtect(Model):
    """Warns below its voltage, cuts after a while, connects again at a higher one."""

    record_type = 0x09
    product = 0xA3B0
    byte1 = 0x00

    def __init__(
        self, plant: Plant, random: Random, loads: tuple[str, ...] = (), cut_v: float = 0.0,
        restore_v: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(plant, random)
        self.on = True
        self._loads = self.loads_named(loads)
        self._cut_v = cut_v or 2.875 * plant.cells
        self._restore_v = restore_v or 3.2 * plant.cells
        self._low_s = 0.0
        self._cut = False
        self._output = Gauge(random, gain=0.003, noise=0.004)

    @property
    def _low(self) -> bool:
        return self.plant.volts < self._cut_v

    @property
    def _connected(self) -> bool:
        return self.on and not self._cut and not self.error

    def prepare(self, seconds: float) -> None:
        """Connect or cut."""
        self._low_s = self._low_s + seconds if self._low else 0
        if self._low_s >= _PATIENCE_S:
            self._cut = True
        elif self.plant.volts > self._restore_v:
            self._cut = False
        for load in self._loads:
            load.fed = self._connected

    def values(self) -> Values:
        """Return what it says: the warning lives with the voltage, the alarm with the cut."""
        amps = sum(load.amps for load in self._loads)
        output = self.plant.volts - amps * _OHM if self._connected else 0.0
        low = mask_of(["low_voltage"])
        return {
            "device_state": _ACTIVE if self._connected else _OFF,
            "output_state": int(self._connected),
            "error_code": self.error,
            "alarm_reason": (low if self._cut else 0) | self.raised,
            "warning_reason": low if self._low and not self._cut else 0,
            "input_voltage_v": self.volts(self.plant.volts),
            "output_voltage_v": max(0, self._output(output)) if output else 0.0,
            "off_reason": (_PROTECTION if self._cut else 0) | (0 if self.on else _SWITCH),
        }
