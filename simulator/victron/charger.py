"""What all chargers share: stages, an offer to the bank, a fault that stops them."""

from random import Random

from . import stages
from .model import Model
from .plant import Feed, Plant
from .stages import Setting, Stages

_CALIBRATION_V = 0.0015  # of a cell: of several chargers one always gives more


class Charger(Model):
    """Offers current up to the voltage of its stage; a subclass says what there is to give."""

    def __init__(
        self, plant: Plant, random: Random, amps: float, setting: Setting | None = None
    ) -> None:
        super().__init__(plant, random)
        self.rated_amps = amps
        self.stages = Stages(setting or Setting(), plant.cells)
        self.offer = Feed()
        self.feed = self.offer
        self._calibration = random.uniform(-_CALIBRATION_V, _CALIBRATION_V) * plant.cells
        self._worked = False

    def available(self) -> tuple[float, float]:
        """Return the A and the W that could be given now."""
        raise NotImplementedError

    @property
    def works(self) -> bool:
        """Tell whether there is a source and nothing that forbids."""
        amps, watts = self.available()
        return amps > 0 and watts > 0 and not self.error and self.plant.battery.charge_allowed

    @property
    def state(self) -> int:
        """Return the device state."""
        if self.error:
            return stages.FAULT
        return self.stages.stage if self._worked else stages.OFF

    def prepare(self, seconds: float) -> None:
        """Offer what there is."""
        works = self.works
        if works and not self._worked:
            self.stages.restart()
        self._worked = works
        amps, watts = self.available()
        self.offer.volts = self.target
        self.offer.most_amps = amps if works else 0.0
        self.offer.most_watts = watts

    @property
    def target(self) -> float:
        """Return the V to hold."""
        return self.stages.target + self._calibration

    def settle(self, seconds: float) -> None:
        """Let the stages see voltage and current."""
        if not self._worked:
            return
        offer, volts = self.offer, self.plant.volts
        most = min(offer.most_amps, offer.most_watts / volts)
        self.stages.step(volts, offer.amps, offer.amps > most - 0.01, seconds)
