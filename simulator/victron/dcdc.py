"""Orion XS and Orion-Tr Smart: from the engine's alternator into the bank."""

from random import Random

from .charger import Charger
from .encode import Values
from .gauge import Gauge
from .plant import Plant

_EFFICIENCY = 0.94
_STARTS_V, _STOPS_V = 13.6, 13.1
_ANALYSES_S = 10
ENGINE_OFF, ANALYSING = 0x80, 0x100  # off reasons


class OrionXs(Charger):
    """Charges while the engine runs, which it knows by the starter battery's voltage."""

    record_type = 0x0F
    product = 0xA3F0
    byte1 = 0x00
    flips = True

    def __init__(self, plant: Plant, random: Random, amps: float = 50) -> None:
        super().__init__(plant, random, amps)
        self._input = Gauge(random, gain=0.004, noise=0.006)
        self._seen_s = 0.0  # how long the input has been high
        self._engine = False

    @property
    def powered(self) -> bool:
        """Tell whether the starter battery is there."""
        return self.plant.engine.volts > 8

    def available(self) -> tuple[float, float]:
        """Return what the rating allows while the engine runs."""
        return (self.rated_amps, float("inf")) if self._engine else (0.0, 0.0)

    def prepare(self, seconds: float) -> None:
        """Look for the engine."""
        high = self.plant.engine.volts > (_STOPS_V if self._engine else _STARTS_V)
        self._seen_s = self._seen_s + seconds if high else 0
        self._engine = self._seen_s > _ANALYSES_S
        super().prepare(seconds)

    @property
    def off_reason(self) -> int:
        """Return why it does not charge."""
        if self._engine:
            return 0
        return ANALYSING if self._seen_s else ENGINE_OFF

    def values(self) -> Values:
        """Return what it says."""
        amps = self.offer.amps
        input_volts = self.plant.engine.volts
        return {
            "device_state": self.state,
            "charger_error": self.error,
            "output_voltage_v": self.volts(self.plant.volts),
            "output_current_a": amps,
            "input_voltage_v": self._input(input_volts),
            "input_current_a": amps * self.plant.volts / _EFFICIENCY / input_volts,
            "off_reason": self.off_reason,
        }


class OrionTr(OrionXs):
    """The older one: no currents, and no output voltage while it is off."""

    record_type = 0x04
    product = 0xA3D0
    flips = False

    def __init__(self, plant: Plant, random: Random, amps: float = 30) -> None:
        super().__init__(plant, random, amps)

    def values(self) -> Values:
        """Return what it says."""
        return {
            "device_state": self.state,
            "charger_error": self.error,
            "input_voltage_v": self._input(self.plant.engine.volts),
            "output_voltage_v": self.volts(self.plant.volts) if self._engine else None,
            "off_reason": self.off_reason,
        }
