"""Blue Smart IP22 with one or three outputs, as a charger or as a power supply of its own loads."""

from random import Random

from . import stages
from .charger import Charger
from .encode import Values
from .gauge import Gauge
from .plant import Plant

_EFFICIENCY = 0.93
_OWN_W = 3
_SUPPLY_CELL_V = 3.2
_STARTER_OHM, _STARTER_MOST_A = 0.1, 3.0


class AcCharger(Charger):
    """Lives from the mains: without them nobody hears it."""

    record_type = 0x08
    product = 0xA330  # 12/30 (1)
    byte1 = 0x00

    def __init__(
        self, plant: Plant, random: Random, amps: float = 30, outputs: int = 1,
        power_supply: bool = False, thermometer: bool = False, loads: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(plant, random, amps)
        self._loads = self.loads_named(loads)
        self._outputs = outputs
        self._supply = power_supply
        self._thermometer = thermometer
        self._current = Gauge(random, gain=0.01, offset=0.03, noise=0.03)
        self._warmth = 0.0

    @property
    def powered(self) -> bool:
        """Tell whether the mains are there."""
        return self.plant.shore.plugged

    def available(self) -> tuple[float, float]:
        """Return what mains and rating allow; the starter battery gets its part of it."""
        if not self.plant.shore.plugged or self._supply:
            return 0.0, 0.0
        return self.rated_amps - self._starter_amps, float("inf")

    @property
    def target(self) -> float:
        """Return the V to hold."""
        return _SUPPLY_CELL_V * self.plant.cells if self._supply else super().target

    @property
    def state(self) -> int:
        """Return the device state."""
        return stages.POWER_SUPPLY if self._supply and not self.error else super().state

    @property
    def _starter_amps(self) -> float:
        """Return what a second output gives to the starter battery."""
        if self._outputs < 2:
            return 0.0
        lack = (self.target - self.plant.engine.volts) / _STARTER_OHM
        return min(max(lack / 10, 0), _STARTER_MOST_A)

    def prepare(self, seconds: float) -> None:
        """Take the loads of a power supply off the bank: they have the mains."""
        super().prepare(seconds)
        for load in self._loads:
            load.fed = False

    @property
    def _amps(self) -> float:
        """Return the current of the first output."""
        if self._supply:
            return sum(load.wanted for load in self._loads) / self.target
        return self.offer.amps

    def settle(self, seconds: float) -> None:
        """Warm up with the load."""
        super().settle(seconds)
        self._warmth += (self._amps - self._warmth) * min(1, seconds / 600)

    def values(self) -> Values:
        """Return what it says; an output without a battery shows the voltage and no current."""
        volts, amps = self.target if self._supply else self.plant.volts, self._amps
        values: dict[str, float | None] = {
            "device_state": self.state,
            "charger_error": self.error,
            "battery_voltage1_v": self.volts(volts),
            "battery_current1_a": max(0, self._current(amps)),
        }
        if self._outputs > 1:
            watts = amps * volts + self._starter_amps * self.target
            values |= {
                "battery_voltage2_v": self.volts(self.target),
                "battery_current2_a": self._starter_amps,
                "battery_voltage3_v": self.volts(self.target),
                "battery_current3_a": 0.0,
                "ac_current_a": (watts / _EFFICIENCY + _OWN_W) / self.plant.shore.volts,
            }
        if self._thermometer:
            values["temperature_c"] = self.plant.temperature + 5 + 0.8 * self._warmth
        return values
