"""Lynx Smart BMS: contactor, shunt and cell guard of a larger bank."""

from random import Random

from .counter import ChargeCounter
from .encode import Values
from .gauge import Gauge
from .model import Model
from .plant import Plant

_YES, _NO = 1, 2
_OK, _WARNING, _ALARM = 1, 2, 3
_IO = {"charge": 2, "discharge": 4, "relay": 6}  # first bit of each two-bit field
_ALARMS = {
    "cell": 0,
    "current": 2,
    "internal": 4,
    "contactor": 6,
    "load": 10,
    "soc": 12,
    "warm": 16,
}


class LynxBms(Model):
    """Says whether charging and discharging are allowed, and why not."""

    record_type = 0x0A
    product = 0xA3E5
    byte1 = 0x00

    def __init__(self, plant: Plant, random: Random, low_soc: float = 15) -> None:
        super().__init__(plant, random)
        self._low_soc = low_soc
        self._counter = ChargeCounter(plant, Gauge(random, 0.004, 0.05, 0.02))

    def settle(self, seconds: float) -> None:
        """Count."""
        self._counter.step(seconds)

    def _io(self) -> int:
        cell = self.plant.volts / self.plant.cells
        charge = self.plant.battery.charge_allowed and cell < 3.7
        facts = {"charge": charge, "discharge": cell > 2.7, "relay": False}
        bits = sum((_YES if facts[name] else _NO) << bit for name, bit in _IO.items())
        return bits | _YES

    def _alarms(self) -> int:
        cell = self.plant.volts / self.plant.cells
        levels = dict.fromkeys(_ALARMS, _OK)
        levels["cell"] = _ALARM if cell < 2.7 else _WARNING if cell < 2.9 else _OK
        levels["soc"] = _ALARM if self._counter.soc < self._low_soc else _OK
        if self.raised:
            levels["contactor"] = _ALARM
        return sum(level << _ALARMS[name] for name, level in levels.items())

    def values(self) -> Values:
        """Return what it says."""
        return {
            "error": self.error,
            "ttg_min": self._counter.minutes,
            "battery_voltage_v": self.volts(self.plant.volts),
            "battery_current_a": self._counter.amps,
            "io_status": self._io(),
            "warnings_alarms": self._alarms(),
            "soc_pct": self._counter.soc,
            "consumed_ah": self._counter.consumed,
            "temperature_c": self.plant.battery.temperature,
        }
