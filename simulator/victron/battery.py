"""A LiFePO4 bank: open-circuit curve, inner resistance, slow polarisation, counted charge."""

from bisect import bisect
from dataclasses import dataclass

# V of one resting cell by state of charge. Typical of LiFePO4: flat in the middle, steep at both
# ends; above 100 % lies the little charge that an absorption phase still presses in.
_CURVE = (
    (-0.02, 1.5), (0.0, 2.5), (0.01, 2.85), (0.03, 3.0), (0.06, 3.12), (0.1, 3.2), (0.15, 3.225),
    (0.2, 3.245), (0.3, 3.27), (0.4, 3.285), (0.5, 3.293), (0.6, 3.302), (0.7, 3.322),
    (0.8, 3.331), (0.9, 3.335), (0.97, 3.341), (0.99, 3.36), (1.0, 3.4), (1.003, 3.5),
    (1.006, 3.65), (1.012, 4.2),
)  # fmt: skip
_PLACES = [place for place, _ in _CURVE]
_POLARISATION_S = 900
_COLD_RESISTANCE = 0.02  # more for each °C below 25
_EFFICIENCY = 0.995  # of charge put in, what can be taken out
_WARMTH_S = 4 * 3600  # the bank follows the air slowly
_CHARGE_FROM_C, _CHARGE_AGAIN_C = 2, 5  # below freezing charging would plate lithium


def open_circuit(place: float) -> float:
    """Return the voltage of a resting cell."""
    after = min(max(bisect(_PLACES, place), 1), len(_CURVE) - 1)
    (left, low), (right, high) = _CURVE[after - 1], _CURVE[after]
    return low + (high - low) * (place - left) / (right - left)


@dataclass
class Battery:
    """The bank as it is, not as any device believes it to be."""

    capacity_ah: float = 200
    cells: int = 4
    soc: float = 0.8
    temperature: float = 20
    milliohm: float = 6  # with its cables
    amps: float = 0  # positive: into the bank
    volts: float = 13.2
    charge_allowed: bool = True
    loss_wh: float = 0
    _polarisation: float = 0  # V

    @property
    def resistance(self) -> float:
        """Return the Ω of the whole bank."""
        return self.milliohm / 1000 * (1 + _COLD_RESISTANCE * max(0, 25 - self.temperature))

    @property
    def rest_volts(self) -> float:
        """Return what stands at the terminals without a current."""
        return self.cells * open_circuit(self.soc) + self._polarisation

    def step(self, amps: float, volts: float, air: float, seconds: float) -> None:
        """Let a current flow for a while."""
        self.amps, self.volts = amps, volts
        self.loss_wh += (volts - self.cells * open_circuit(self.soc)) * amps * seconds / 3600
        flown = amps * seconds / 3600 / self.capacity_ah
        self.soc += flown * (_EFFICIENCY if amps > 0 else 1)
        goal = amps * self.resistance
        self._polarisation += (goal - self._polarisation) * min(1, seconds / _POLARISATION_S)
        self.temperature += (air - self.temperature) * min(1, seconds / _WARMTH_S)
        limit = _CHARGE_FROM_C if self.charge_allowed else _CHARGE_AGAIN_C
        self.charge_allowed = self.temperature > limit
