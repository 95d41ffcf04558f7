"""Smart Lithium: a battery that tells its cells."""

from random import Random

from .encode import Values
from .model import Model, ModelError
from .plant import Plant

_MOST_CELLS = 8
_BALANCES_V, _SPREAD_V = 3.45, 0.004
_ALLOWED = {"charge": 1 << 25, "discharge": 1 << 26}
_CHARGED, _DISCHARGED, _BALANCING = 1 << 0, 1 << 2, 1 << 6
_UNDER_ALARM, _UNDER_WARNING, _COLD = 1 << 11, 1 << 12, 1 << 18
UNKNOWN, BALANCED, BALANCES, IMBALANCE = 0, 1, 2, 3


class SmartLithium(Model):
    """One battery of the bank, with its cells a little apart."""

    record_type = 0x05
    product = 0xA0E6
    byte1 = 0x00

    def __init__(self, plant: Plant, random: Random) -> None:
        super().__init__(plant, random)
        if plant.cells > _MOST_CELLS:
            raise ModelError(f"a Smart Lithium has at most {_MOST_CELLS} cells")
        self._apart = [random.gauss(0, _SPREAD_V) for _ in range(plant.cells)]
        self._was_full = False

    @property
    def cells(self) -> list[float]:
        """Return each cell's voltage; near full and near empty they drift apart."""
        mean = self.plant.volts / self.plant.cells
        steep = 1 + 8 * max(0, mean - 3.4) / 0.15 + 8 * max(0, 3.1 - mean) / 0.3
        return [mean + apart * steep for apart in self._apart]

    def settle(self, seconds: float) -> None:
        """Balance what is too high, slowly; being full once makes the balance known."""
        if not self._balances:
            return
        self._was_full = True
        mean = sum(self._apart) / len(self._apart)
        for index, apart in enumerate(self._apart):
            self._apart[index] = mean + (apart - mean) * (1 - min(1, seconds / 7200))

    @property
    def _balances(self) -> bool:
        return max(self.cells) > _BALANCES_V

    def _flags(self) -> int:
        cells, soc = self.cells, self.plant.battery.soc
        low = min(cells)
        facts = (
            (_ALLOWED["charge"], self.plant.battery.charge_allowed and max(cells) < 3.75),
            (_ALLOWED["discharge"], low > 2.6),
            (_CHARGED, soc > 0.99),
            (_DISCHARGED, soc < 0.02),
            (_BALANCING, self._balances),
            (_UNDER_WARNING, low < 2.9),
            (_UNDER_ALARM, low < 2.7),
            (_COLD, not self.plant.battery.charge_allowed),
        )
        return sum(bit for bit, holds in facts if holds)

    def _balancer(self) -> int:
        if self._balances:
            return BALANCES
        if not self._was_full:
            return UNKNOWN
        return BALANCED if max(self._apart) - min(self._apart) < 0.01 else IMBALANCE

    def values(self) -> Values:
        """Return what it says."""
        cells = {f"cell_{index}_v": volts for index, volts in enumerate(self.cells)}
        return {
            **cells,
            "bms_flags": self._flags() | self.raised << 9,
            "error_flags": self.error,
            "battery_voltage_v": self.volts(self.plant.volts),
            "balancer_status": self._balancer(),
            "battery_temperature_c": self.plant.battery.temperature,
        }
