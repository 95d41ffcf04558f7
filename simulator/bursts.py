"""Bad moments on the air: the fading of one link (Gilbert–Elliott), and bursts that all hear.

Source of the model: E. N. Gilbert, "Capacity of a burst-noise channel" (1960), and E. O. Elliott (1963):
a link is good or bad, each for an exponentially distributed time.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fading:
    """How one link changes between good and bad."""

    good_s: float  # mean length
    bad_s: float
    loss: float = 1.0  # of a frame, and of an acknowledgement, while it is bad


class FadingLink:
    """The state of one link; it has random numbers of its own, so nothing else shifts it."""

    def __init__(self, fading: Fading, seed: str) -> None:
        self._fading = fading
        self._random = random.Random(seed)
        self._bad = self._random.random() < fading.bad_s / (fading.good_s + fading.bad_s)
        self._until_us = 0
        self._extend()

    def is_bad(self, now_us: int) -> bool:
        """Tell the state now; time never goes back."""
        while now_us >= self._until_us:
            self._bad = not self._bad
            self._extend()
        return self._bad

    def _extend(self) -> None:
        mean = self._fading.bad_s if self._bad else self._fading.good_s
        self._until_us += max(1, round(self._random.expovariate(1 / mean) * 1e6))


@dataclass(frozen=True, slots=True)
class Bursts:
    """Noise that comes again and again, for every link at once: a microwave oven, a pump."""

    every_s: float
    length_s: float
    loss: float = 1.0
    first_s: float = 0.0

    def is_bad(self, now_us: int) -> bool:
        """Tell whether there is noise now."""
        since = now_us - round(self.first_s * 1e6)
        return since >= 0 and since % round(self.every_s * 1e6) < round(self.length_s * 1e6)
