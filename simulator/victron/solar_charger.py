"""SmartSolar MPPT, with and without a load output."""

from random import Random

from .charger import Charger
from .encode import Values
from .gauge import Gauge
from .plant import Plant
from .stages import Setting

_WAKES_W = 2.0
_EFFICIENCY = 0.97
_DERATING = 0.004  # of a panel's power for each °C of its cells above 25
_CELL_WARMING = 0.028  # °C for each W/m²
_CABLES = 0.93
_CUT_CELL_V, _BACK_CELL_V = 2.9, 3.25  # load output


class SolarCharger(Charger):
    """Panels on the roof."""

    record_type = 0x01
    product = 0xA075  # SmartSolar 75/15 rev2

    def __init__(
        self, plant: Plant, random: Random, peak_watts: float = 200, amps: float = 15,
        load_output: bool = False, loads: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(plant, random, amps, Setting(storage_after_s=float("inf")))
        self._peak = peak_watts
        self._has_output = load_output or bool(loads)
        self._loads = self.loads_named(loads)
        self._current = Gauge(random, gain=0.01, noise=0.02)
        self._day = plant.when.date()
        self._connected = True
        self.pv_watts = 0.0
        self.yield_wh = 0.0  # today

    def panel_watts(self) -> float:
        """Return what the panels could give."""
        sun = self.plant.sun
        warm = sun.temperature + _CELL_WARMING * sun.irradiance - 25
        return max(0, self._peak * sun.irradiance / 1000 * (1 - _DERATING * warm) * _CABLES)

    def available(self) -> tuple[float, float]:
        """Return what sun and rating allow."""
        watts = self.panel_watts()
        return (self.rated_amps, watts * _EFFICIENCY) if watts > _WAKES_W else (0.0, 0.0)

    def settle(self, seconds: float) -> None:
        """Count the yield, feed the load output."""
        super().settle(seconds)
        self.pv_watts = self.offer.amps * self.plant.volts / _EFFICIENCY
        if self.plant.when.date() != self._day:
            self._day = self.plant.when.date()
            self.yield_wh = 0.0
        self.yield_wh += self.pv_watts * seconds / 3600
        cell = self.plant.volts / self.plant.cells
        self._connected = cell > (_CUT_CELL_V if self._connected else _BACK_CELL_V)
        for load in self._loads:
            load.fed = self._connected

    def values(self) -> Values:
        """Return what it says; the current is that of its battery terminals."""
        load_amps = sum(load.amps for load in self._loads)
        return {
            "device_state": self.state,
            "charger_error": self.error,
            "battery_voltage_v": self.volts(self.plant.volts),
            "battery_current_a": self._current(self.offer.amps) - load_amps,
            "yield_today_wh": self.yield_wh,
            "pv_power_w": max(0, self.pv_watts),
            "load_current_a": load_amps if self._has_output else None,
        }
