"""What all device models have in common."""

from random import Random

from .encode import Values
from .gauge import Gauge
from .loads import Load
from .plant import Feed, Plant

ALARMS = (
    "low_voltage", "high_voltage", "low_soc", "low_starter_voltage", "high_starter_voltage",
    "low_temperature", "high_temperature", "midpoint_voltage", "overload", "dc_ripple",
    "low_ac_voltage", "high_ac_voltage", "short_circuit", "bms_lockout",
)  # fmt: skip


class ModelError(Exception):
    """The scenario asks for something that the device or the plant does not have."""


def mask_of(names: list[str] | tuple[str, ...]) -> int:
    """Return the alarm bits of these names."""
    try:
        return sum(1 << ALARMS.index(name) for name in set(names))
    except ValueError:
        raise ModelError(f"alarms are {', '.join(ALARMS)}; not all of {names} are") from None


class Model:
    """A device as a part of the plant; `values` is what its record says at this moment."""

    record_type: int
    product = 0
    byte1 = 0x02
    flips = False  # whether byte 1 comes and goes with bit 7, as seen on an Orion XS

    def __init__(self, plant: Plant, random: Random) -> None:
        self.plant = plant
        self.random = random
        self.feed: Feed | None = None
        self.raised = 0  # alarm bits that a scenario has set
        self.error = 0
        self.volts = Gauge(random, gain=0.002, noise=0.003)

    @property
    def powered(self) -> bool:
        """Tell whether there is anything to live from; most hang on the bank."""
        return self.plant.volts / self.plant.cells > 2.0

    def prepare(self, seconds: float) -> None:
        """Decide what to offer to the bank."""

    def settle(self, seconds: float) -> None:
        """See what came of it."""

    def values(self) -> Values:
        """Return the record in physical units."""
        raise NotImplementedError

    def loads_named(self, names: list[str] | tuple[str, ...]) -> list[Load]:
        """Return loads of the plant."""
        missing = [name for name in names if name not in self.plant.loads]
        if missing:
            raise ModelError(f"the plant has no load {', '.join(missing)}")
        return [self.plant.loads[name] for name in names]
