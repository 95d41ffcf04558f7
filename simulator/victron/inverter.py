"""Phoenix Smart inverter: 230 V from the bank."""

from random import Random

from .encode import Values
from .gauge import Gauge
from .loads import Load
from .model import Model, mask_of
from .plant import Plant

OFF, LOW_POWER, INVERTING = 0, 1, 9
EFFICIENCY = 0.92
_POWER_FACTOR = 0.95
_OWN_W, _ECO_W = 9.0, 1.5
_LOW_CELL_V = 2.85


class Inverter(Model):
    """Feeds its loads while it is switched on."""

    record_type = 0x03
    product = 0xA2F1  # Phoenix 12/1200

    def __init__(
        self, plant: Plant, random: Random, rated_va: float = 1200, eco: bool = False,
        loads: tuple[str, ...] = (), name: str = "inverter",
    ) -> None:  # fmt: skip
        super().__init__(plant, random)
        self.on = True
        self._rated, self._eco = rated_va, eco
        self._loads = self.loads_named(loads)
        self._own = plant.loads[f"{name} itself"] = Load(random, _OWN_W)
        self._ac_volts = Gauge(random, gain=0.005, noise=0.15)

    @property
    def va(self) -> float:
        """Return the apparent power it gives."""
        return (
            sum(load.amps for load in self._loads) * self.plant.volts * EFFICIENCY / _POWER_FACTOR
        )

    @property
    def state(self) -> int:
        """Return the device state."""
        if not self.on:
            return OFF
        idle = not any(load.wanted for load in self._loads)
        return LOW_POWER if self._eco and idle else INVERTING

    def prepare(self, seconds: float) -> None:
        """Feed the loads or not."""
        self._own.on = self.on
        self._own.watts = _ECO_W if self.state == LOW_POWER else _OWN_W
        for load in self._loads:
            load.fed = self.on

    def values(self) -> Values:
        """Return what it says."""
        alarms = ["low_voltage"] if self.plant.volts / self.plant.cells < _LOW_CELL_V else []
        alarms += ["overload"] if self.va > self._rated else []
        ac_volts = self._ac_volts(230) if self.state == INVERTING else 0.0
        return {
            "device_state": self.state,
            "alarm_reason": mask_of(alarms) | self.raised,
            "battery_voltage_v": self.volts(self.plant.volts),
            "ac_apparent_power_va": self.va,
            "ac_voltage_v": ac_volts,
            "ac_current_a": self.va / ac_volts if ac_volts else 0.0,
        }
