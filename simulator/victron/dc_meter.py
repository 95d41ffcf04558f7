"""A SmartShunt as DC energy meter: in the cable of one source or one load."""

from random import Random

from .encode import Values
from .gauge import Gauge
from .model import Model, ModelError
from .plant import Plant

MODES = {
    "solar_charger": -9, "wind_charger": -8, "shaft_generator": -7, "alternator": -6,
    "fuel_cell": -5, "water_generator": -4, "dcdc_charger": -3, "ac_charger": -2, "source": -1,
    "load": 1, "electric_drive": 2, "fridge": 3, "water_pump": 4, "bilge_pump": 5, "dc_system": 6,
    "inverter": 7, "water_heater": 8,
}  # fmt: skip
_STARTER, _NONE = 0, 3


class DcMeter(Model):
    """Counts a source positive and a load negative, as its cables would be laid (an assumption)."""

    record_type = 0x0D
    product = 0xA389

    def __init__(
        self, plant: Plant, random: Random, of: str, mode: str = "load", starter: bool = False
    ) -> None:
        super().__init__(plant, random)
        if mode not in MODES:
            raise ModelError(f"a meter's mode is one of {', '.join(MODES)}, not {mode}")
        self._of, self._mode, self._starter = of, MODES[mode], starter
        self._shunt = Gauge(random, 0.003, 0.01, 0.003)

    @property
    def _amps(self) -> float:
        """Return the current of what it was laid into."""
        if load := self.plant.loads.get(self._of):
            return -load.amps
        part = self.plant.parts.get(self._of)
        if part is None or part.feed is None:
            raise ModelError(f"there is no load or source {self._of!r} to meter")
        return part.feed.amps

    def values(self) -> Values:
        """Return what it says."""
        aux = {"starter_voltage_v": self.plant.engine.volts} if self._starter else {}
        return {
            "monitor_mode": self._mode,
            "battery_voltage_v": self.volts(self.plant.volts),
            "alarm_reason": self.raised,
            "aux_mode": _STARTER if self._starter else _NONE,
            "battery_current_a": self._shunt(self._amps),
            **aux,
        }
