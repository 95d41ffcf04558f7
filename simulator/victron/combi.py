"""Inverter and charger in one: MultiPlus behind a VE.Bus dongle, Multi RS Solar."""

from random import Random

from .charger import Charger
from .encode import Values
from .gauge import Gauge
from .inverter import EFFICIENCY, INVERTING
from .loads import Load
from .plant import Plant
from .solar_charger import SolarCharger

AC_IN_1, NOT_CONNECTED = 0, 2
_OWN_W = 11.0
ALARM, NO_ALARM = 2, 0


class VeBus(Charger):
    """With shore power it passes it on and charges; without, it makes 230 V from the bank."""

    record_type = 0x0C
    product = 0x2608  # MultiPlus Compact 12/2000: the dongle gives the inverter's own id
    byte1 = 0x03

    def __init__(
        self, plant: Plant, random: Random, amps: float = 80, loads: tuple[str, ...] = (),
        name: str = "combi",
    ) -> None:  # fmt: skip
        super().__init__(plant, random, amps)
        self._loads = self.loads_named(loads)
        self._own = plant.loads[f"{name} itself"] = Load(random, _OWN_W)
        self._watts = Gauge(random, gain=0.02, noise=4)
        self._current = Gauge(random, gain=0.01, noise=0.05)

    def available(self) -> tuple[float, float]:
        """Return what is left of the shore cable after the loads."""
        shore = self.plant.shore
        if not shore.plugged:
            return 0.0, 0.0
        left = shore.amps * shore.volts - self.ac_out_watts
        return self.rated_amps, max(0.0, left * EFFICIENCY)

    @property
    def ac_out_watts(self) -> float:
        """Return what the loads behind it take, wherever it comes from."""
        return sum(load.wanted for load in self._loads) * EFFICIENCY

    def prepare(self, seconds: float) -> None:
        """Switch the loads over between shore and bank."""
        super().prepare(seconds)
        for load in (*self._loads, self._own):
            load.fed = not self.plant.shore.plugged

    @property
    def state(self) -> int:
        """Return the device state."""
        return super().state if self.plant.shore.plugged or self.error else INVERTING

    @property
    def battery_amps(self) -> float:
        """Return the current of its battery terminals."""
        return self.offer.amps - sum(load.amps for load in (*self._loads, self._own))

    @property
    def ac_in_watts(self) -> float:
        """Return what it takes from the shore."""
        if not self.plant.shore.plugged:
            return 0.0
        return self.ac_out_watts + _OWN_W + self.offer.amps * self.plant.volts / EFFICIENCY

    def values(self) -> Values:
        """Return what it says; its own idea of the state of charge is switched off."""
        return {
            "device_state": self.state,
            "vebus_error": self.error,
            "battery_current_a": self._current(self.battery_amps),
            "battery_voltage_v": self.volts(self.plant.volts),
            "active_ac_in": AC_IN_1 if self.plant.shore.plugged else NOT_CONNECTED,
            "ac_in_power_w": max(0, self._watts(self.ac_in_watts)) if self.ac_in_watts else 0,
            "ac_out_power_w": max(0, self._watts(self.ac_out_watts)),
            "alarm": ALARM if self.raised else NO_ALARM,
            "battery_temperature_c": self.plant.battery.temperature,
        }


class MultiRs(VeBus):
    """Panels of its own beside the shore."""

    record_type = 0x0B
    product = 0xA442
    byte1 = 0x02

    def __init__(
        self, plant: Plant, random: Random, amps: float = 100, peak_watts: float = 1600,
        loads: tuple[str, ...] = (), name: str = "combi",
    ) -> None:  # fmt: skip
        super().__init__(plant, random, amps, loads, name)
        self._solar = SolarCharger(plant, random, peak_watts, amps)

    def available(self) -> tuple[float, float]:
        """Return what shore and sun give together."""
        shore_amps, shore_watts = super().available()
        sun_amps, sun_watts = self._solar.available()
        return max(shore_amps, sun_amps), shore_watts + sun_watts

    def settle(self, seconds: float) -> None:
        """Take from the sun first."""
        super().settle(seconds)
        _, sun_watts = self._solar.available()
        share = min(self.offer.amps, sun_watts / self.plant.volts)
        self._solar.offer.amps = share
        self._solar.stages.stage = self.stages.stage
        self._solar.settle(seconds)

    @property
    def state(self) -> int:
        """Return the device state: charging by sun alone shows the stage too."""
        if self.plant.shore.plugged or self.error:
            return super().state
        return self.stages.stage if self.offer.amps > 0.5 else INVERTING

    @property
    def ac_in_watts(self) -> float:
        """Return what it takes from the shore: the loads, and what the sun leaves to charge."""
        sun = self._solar.pv_watts / EFFICIENCY
        return max(0.0, super().ac_in_watts - sun) if self.plant.shore.plugged else 0.0

    def values(self) -> Values:
        """Return what it says."""
        common = super().values()
        names = (
            "device_state", "battery_current_a", "battery_voltage_v",
            "active_ac_in", "ac_in_power_w", "ac_out_power_w",
        )  # fmt: skip
        return {
            **{name: common[name] for name in names},
            "charger_error": self.error,
            "pv_power_w": self._solar.pv_watts,
            "yield_today_wh": self._solar.yield_wh,
        }
