"""The modelled devices of a scenario as a source of advertisements."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from ..replay import ReplaySource
from .advertiser import Advertiser
from .plant import Plant

if TYPE_CHECKING:
    from ..world import World

_PLANT_TRACE_S = 60  # of the plant's time

type Daily = tuple[time, Callable[[], object]]


class ModelSource(ReplaySource):
    """Several devices and the plants they hang on; the sun's day has a speed of its own."""

    def __init__(
        self, plants: Mapping[str, Plant], devices: list[Advertiser], speed: float = 1,
        period_s: float = 0, foreign: bool = True,
    ) -> None:  # fmt: skip
        super().__init__([], foreign=foreign)
        self.plants = dict(plants)
        self.devices = devices
        self._players = {device.address: device for device in devices}
        self.speed = speed
        self.period_s = period_s  # the devices read the plant this often; 0: every second
        self.daily: list[Daily] = []
        self._start = next(iter(self.plants.values())).when
        self._told = self._start
        self._begun_s = 0.0

    @property
    def when(self) -> datetime:
        """Return the time of the plant's day."""
        return next(iter(self.plants.values())).when

    def start(self, world: World) -> None:
        """Begin to advertise, at whatever time of the day it has become."""
        self._begun_s = world.now
        self._start = self.when
        for device in self.devices:
            device.on_changed = lambda what, name=device.name: world.tell(what, device=name)
        super().start(world)

    def advance(self, seconds: float) -> None:
        """Let the plants' day go on to this long after the start; daily events come in between."""
        goal = self._start + timedelta(seconds=seconds * self.speed)
        for when, action in self._due(self.when, goal):
            self._go_to(when)
            action()
        self._go_to(goal)

    def _due(self, since: datetime, until: datetime) -> list[tuple[datetime, Callable[[], object]]]:
        found = []
        day = since.date()
        while day <= until.date():
            for clock, action in self.daily:
                when = datetime.combine(day, clock)
                if since <= when < until:
                    found.append((when, action))
            day += timedelta(days=1)
        return sorted(found, key=lambda one: one[0])

    def _go_to(self, when: datetime) -> None:
        for plant in self.plants.values():
            plant.go_to(when)

    def _second(self, player: Advertiser) -> None:
        """Let the day go on first: the message is about this moment."""
        if self._world is None:
            return
        seconds = self._world.now - self._begun_s
        if self.period_s:
            seconds -= seconds % self.period_s
        self.advance(seconds)
        self._tell()
        super()._second(player)

    def _tell(self) -> None:
        """Write the plants' state into the trace now and then."""
        if self._world is None or (self.when - self._told).total_seconds() < _PLANT_TRACE_S:
            return
        self._told = self.when
        for name, plant in self.plants.items():
            self._world.tell("plant", plant=name, **describe(plant))


def describe(plant: Plant) -> dict[str, object]:
    """Return what matters of a plant, rounded for people."""
    return {
        "clock": plant.when.isoformat(timespec="seconds"),
        "volts": round(plant.volts, 3),
        "amps": round(plant.battery_amps, 2),
        "soc": round(100 * plant.battery.soc, 2),
        "sun": round(plant.sun.irradiance),
        "fed": {name: round(part.feed.amps, 2) for name, part in plant.parts.items() if part.feed},
        "loads": {name: round(one.amps, 2) for name, one in plant.loads.items() if one.amps},
        "shore": plant.shore.plugged,
        "engine": plant.engine.running,
    }
