"""Counted charge as a battery monitor believes it: state of charge, consumed Ah, time to go."""

from .gauge import Gauge
from .plant import Plant

_CHARGED_CELL_V, _CHARGED_SHARE, _CHARGED_S = 3.5, 0.04, 180
_EFFICIENCY = 0.99  # the monitor's setting, a little less than the truth
_AVERAGE_S = 180
_FLOOR = 0.1  # of capacity: where "to go" ends
_LONGEST_MIN = 14400  # ten days, what real devices show at most


class ChargeCounter:
    """Counts what its own shunt measures; full is when the voltage is high and the current low."""

    def __init__(self, plant: Plant, shunt: Gauge) -> None:
        self._plant = plant
        self._shunt = shunt
        self._capacity = plant.battery.capacity_ah
        self.consumed = min(0.0, (plant.battery.soc - 1) * self._capacity)  # Ah, not positive
        self.amps = 0.0
        self._average = 0.0
        self._charged_s = 0.0

    @property
    def soc(self) -> float:
        """Return %."""
        return max(0.0, 100 * (1 + self.consumed / self._capacity))

    @property
    def minutes(self) -> float | None:
        """Return how long the present discharge can go on, None while there is none."""
        if self._average > -0.02:
            return None
        left = max(0.0, self._capacity * (1 - _FLOOR) + self.consumed)
        return min(left / -self._average * 60, _LONGEST_MIN)

    def step(self, seconds: float) -> None:
        """Count a while of the bank's current."""
        battery = self._plant.battery
        self.amps = self._shunt(battery.amps)
        flown = self.amps * seconds / 3600
        self.consumed = min(0.0, self.consumed + flown * (_EFFICIENCY if flown > 0 else 1))
        self.consumed = max(self.consumed, -self._capacity)
        self._average += (self.amps - self._average) * min(1, seconds / _AVERAGE_S)
        full = battery.volts / battery.cells >= _CHARGED_CELL_V
        slow = abs(self.amps) < _CHARGED_SHARE * self._capacity
        self._charged_s = self._charged_s + seconds if full and slow else 0
        if self._charged_s >= _CHARGED_S:
            self.consumed = 0.0
