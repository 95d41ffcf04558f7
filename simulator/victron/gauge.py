"""What a device measures: never exactly what is there, and each device has an error of its own."""

from random import Random


class Gauge:
    """A gain error for life, an offset for life, and noise."""

    def __init__(
        self, random: Random, gain: float = 0.0, offset: float = 0.0, noise: float = 0.0
    ) -> None:
        self._random = random
        self._gain = 1 + random.uniform(-gain, gain)
        self._offset = random.uniform(-offset, offset)
        self._noise = noise

    def __call__(self, value: float) -> float:
        """Measure."""
        return value * self._gain + self._offset + self._random.gauss(0, self._noise)
