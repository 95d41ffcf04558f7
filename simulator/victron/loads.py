"""What takes current: each kind decides from the time of day and chance whether it runs."""

from datetime import datetime, time, timedelta
from random import Random
from typing import Protocol


class Moment(Protocol):
    """What a load may look at."""

    when: datetime
    temperature: float


class Load:
    """Runs always."""

    def __init__(self, random: Random, watts: float, on: bool = True) -> None:
        self._random = random
        self.watts = watts
        self.on = on  # its own switch
        self.fed = True  # by what lies between it and the bank
        self.amps = 0.0
        self.watt_hours = 0.0

    @property
    def wanted(self) -> float:
        """Return the W it takes if somebody feeds it."""
        return self.watts if self.on and self.runs else 0.0

    @property
    def demand(self) -> float:
        """Return the W it takes from the bank."""
        return self.wanted if self.fed else 0.0

    runs = True

    def step(self, moment: Moment, seconds: float) -> None:
        """Decide whether it runs."""


class Fridge(Load):
    """A compressor with a thermostat: the warmer the air, the longer it runs."""

    _WARM, _COLD = 7.0, 3.0
    _LEAK_S = 7000
    _COOLING = 0.0066  # °C per s with the compressor on

    def __init__(self, random: Random, watts: float = 55, on: bool = True) -> None:
        super().__init__(random, watts, on)
        self.inside = random.uniform(self._COLD, self._WARM)
        self.runs = False

    def step(self, moment: Moment, seconds: float) -> None:
        """Warm up by the walls, cool down by the compressor."""
        cooling = self._COOLING if self.wanted else 0
        leak = (moment.temperature - self.inside) / self._LEAK_S
        self.inside += (leak - cooling) * seconds
        if self.inside > self._WARM:
            self.runs = True
        elif self.inside < self._COLD:
            self.runs = False


class Scheduled(Load):
    """Runs between two times of the day, also over midnight."""

    def __init__(self, random: Random, watts: float, start: str, end: str, on: bool = True) -> None:
        super().__init__(random, watts, on)
        self._start, self._end = time.fromisoformat(start), time.fromisoformat(end)
        self.runs = False

    def step(self, moment: Moment, seconds: float) -> None:
        """Look at the clock."""
        now = moment.when.time()
        if self._start <= self._end:
            self.runs = self._start <= now < self._end
        else:
            self.runs = now >= self._start or now < self._end


class Bursts(Load):
    """Runs for seconds now and then while people are awake, like a water pump."""

    def __init__(
        self, random: Random, watts: float, per_hour: float = 4, seconds: float = 25,
        start: str = "07:00", end: str = "23:00", on: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(random, watts, on)
        self._gap, self._length = 3600 / per_hour, seconds
        self._start, self._end = time.fromisoformat(start), time.fromisoformat(end)
        self._next: tuple[datetime, datetime] | None = None
        self.runs = False

    def step(self, moment: Moment, seconds: float) -> None:
        """Begin and end bursts; they are drawn by their times, whatever the step is."""
        while self._next is None or moment.when >= self._next[1]:
            since = self._next[1] if self._next else moment.when
            begin = since + timedelta(seconds=self._random.expovariate(1 / self._gap))
            length = self._length * self._random.uniform(0.4, 2)
            self._next = begin, begin + timedelta(seconds=length)
        begin, _ = self._next
        self.runs = moment.when >= begin and self._start <= begin.time() < self._end


KINDS: dict[str, type[Load]] = {
    "constant": Load,
    "fridge": Fridge,
    "scheduled": Scheduled,
    "bursts": Bursts,
}
