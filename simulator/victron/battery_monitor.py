"""BMV-712, SmartShunt and Smart Battery Sense."""

from random import Random

from .counter import ChargeCounter
from .encode import Values
from .gauge import Gauge
from .model import Model, ModelError
from .plant import Plant

AUX_MODES = ("starter", "midpoint", "temperature", "none")
_BACK_V, _BACK_SOC = 0.02, 3  # of a cell, %: an alarm goes only when the value is well above


class BatteryMonitor(Model):
    """A shunt in the bank's negative cable."""

    record_type = 0x02
    product = 0xA383  # BMV-712 Smart

    def __init__(
        self, plant: Plant, random: Random, aux: str = "none", sensor: bool = True,
        low_voltage: float = 0.0, low_soc: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(plant, random)
        if aux not in AUX_MODES:
            raise ModelError(f"aux is one of {', '.join(AUX_MODES)}, not {aux}")
        self._aux = AUX_MODES.index(aux)
        self._sensor = sensor  # whether the aux cable is attached
        self._low_voltage, self._low_soc = low_voltage, low_soc
        self._alarms = 0
        self._starter = Gauge(random, gain=0.003, noise=0.004)
        self._kelvin = Gauge(random, offset=0.8, noise=0.05)
        # the standard shunt: 0.4 % and some milliamperes of offset
        self.counter = ChargeCounter(plant, Gauge(random, 0.003, 0.015, 0.004))

    def settle(self, seconds: float) -> None:
        """Count, and watch the thresholds."""
        self.counter.step(seconds)
        self._watch(0, self.plant.volts, self._low_voltage, _BACK_V * self.plant.cells)
        self._watch(2, self.counter.soc, self._low_soc, _BACK_SOC)

    def _watch(self, bit: int, value: float, low: float, back: float) -> None:
        if value < low:
            self._alarms |= 1 << bit
        elif value > low + back:
            self._alarms &= ~(1 << bit)

    def values(self) -> Values:
        """Return what it says."""
        counter = self.counter
        return {
            "ttg_min": counter.minutes,
            "battery_voltage_v": self.volts(self.plant.volts),
            "battery_current_a": counter.amps,
            "consumed_ah": counter.consumed,
            "soc_pct": counter.soc,
            "alarm_reason": self._alarms | self.raised,
            "aux_mode": self._aux,
            **self._aux_value(),
        }

    def _aux_value(self) -> Values:
        if not self._sensor or self._aux == 3:
            return {}
        if self._aux == 0:
            return {"starter_voltage_v": self._starter(self.plant.engine.volts)}
        if self._aux == 1:
            return {"midpoint_voltage_v": self._starter(self.plant.volts / 2)}
        return {"temperature_c": self._kelvin(self.plant.battery.temperature)}


class BatterySense(Model):
    """Voltage and temperature by radio, and nothing else of a battery monitor's record."""

    record_type = 0x02
    product = 0xA3A5
    byte1 = 0x00

    def __init__(self, plant: Plant, random: Random) -> None:
        super().__init__(plant, random)
        self._kelvin = Gauge(random, offset=1.0, noise=0.05)

    def values(self) -> Values:
        """Return what it says."""
        return {
            "battery_voltage_v": self.volts(self.plant.volts),
            "alarm_reason": self.raised,
            "aux_mode": 2,
            "temperature_c": self._kelvin(self.plant.battery.temperature),
        }
