"""One electrical world: everything hangs on the bank's terminals, and the currents add up.

Each step asks what every part would give or take, then finds the one voltage at which all of it
balances. So what the devices measure makes sense together, whatever the scenario does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from .battery import Battery
from .loads import KINDS, Load
from .sun import Sun

_STEP_S = 5  # the longest step: a pump's burst is longer
_DROOP = 0.002  # Ω: how stiff a charger's regulator is
_HALVINGS = 24
_STARTER_REST, _ENGINE = 12.65, 14.35  # V


@dataclass
class Feed:
    """What a charger offers to the bank, and what was taken of it."""

    volts: float = 0.0  # the voltage it holds
    most_amps: float = 0.0
    most_watts: float = math.inf
    amps: float = 0.0

    def at(self, volts: float) -> float:
        """Return the current at this voltage."""
        return max(0, min((self.volts - volts) / _DROOP, self.most_amps, self.most_watts / volts))


class Part(Protocol):
    """Something that belongs to the plant: charger, inverter, meter."""

    feed: Feed | None

    def prepare(self, seconds: float) -> None:
        """Decide what to offer or to ask."""

    def settle(self, seconds: float) -> None:
        """See what came of it."""


@dataclass
class Shore:
    """The cable to the harbour or the camp site."""

    plugged: bool = False
    amps: float = 16
    volts: float = 231


@dataclass
class Engine:
    """The tow car's or the boat's engine, with its starter battery."""

    running: bool = False
    volts: float = _STARTER_REST

    def step(self, seconds: float) -> None:
        """Follow the alternator up quickly, fall back to rest slowly."""
        goal, pace = (_ENGINE, 8.0) if self.running else (_STARTER_REST, 900.0)
        self.volts += (goal - self.volts) * min(1, seconds / pace)


@dataclass
class Energy:
    """What has gone where since the start, in Wh at the bank's terminals."""

    by_source: dict[str, float] = field(default_factory=dict)
    loads: float = 0.0
    stored: float = 0.0


class Plant:
    """The bank with sun, shore, engine, loads and the parts that devices add."""

    def __init__(
        self, random: Random, start: datetime, battery: Mapping[str, Any] | None = None,
        loads: Mapping[str, Mapping[str, Any]] | None = None, latitude: float = 52.0,
        clouds: float = 0.3, temperature: float = 17, shore: bool = False, engine: bool = False,
        sky: Random | None = None,
    ) -> None:  # fmt: skip
        self.random = random
        self.start = self.when = start
        self.battery = Battery(**{"temperature": temperature, **(battery or {})})
        self.sun = Sun(sky or Random(random.random()), latitude, clouds, temperature)
        self.shore = Shore(shore)
        self.engine = Engine(engine, _ENGINE if engine else _STARTER_REST)
        self.loads = {name: self._load(options) for name, options in (loads or {}).items()}
        self.parts: dict[str, Part] = {}
        self.energy = Energy()
        self.volts = self.battery.rest_volts

    def _load(self, options: Mapping[str, Any]) -> Load:
        rest = {name: value for name, value in options.items() if name != "kind"}
        return KINDS[options.get("kind", "constant")](Random(self.random.random()), **rest)

    @property
    def temperature(self) -> float:
        """Return the °C of the air."""
        return self.sun.temperature

    @property
    def cells(self) -> int:
        """Return how many cells the bank has in series."""
        return self.battery.cells

    def go_to(self, when: datetime) -> None:
        """Let time pass, in steps that are short enough."""
        while self.when < when:
            seconds = min((when - self.when).total_seconds(), _STEP_S)
            self.when += timedelta(seconds=seconds)
            self._step(seconds)

    def _step(self, seconds: float) -> None:
        self.sun.step(self.when, seconds)
        self.engine.step(seconds)
        for load in self.loads.values():
            load.step(self, seconds)
        for part in self.parts.values():
            part.prepare(seconds)
        self._balance()
        self._account(seconds)
        self.battery.step(self.battery_amps, self.volts, self.temperature, seconds)
        for part in self.parts.values():
            part.settle(seconds)

    def _balance(self) -> None:
        """Find the voltage by halving: the bank's current rises with it, all else falls or stays."""
        rest, resistance = self.battery.rest_volts, self.battery.resistance
        low, high = rest - 2, rest + 2
        feeds = [part.feed for part in self.parts.values() if part.feed and part.feed.most_amps]
        demand = sum(load.demand for load in self.loads.values())
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            flow = sum(feed.at(middle) for feed in feeds) - self._drawn(demand, middle)
            if (middle - rest) / resistance < flow:
                low = middle
            else:
                high = middle
        self.volts = (low + high) / 2
        for part in self.parts.values():
            if part.feed:
                part.feed.amps = part.feed.at(self.volts) if part.feed.most_amps else 0.0
        for load in self.loads.values():
            load.amps = self._drawn(load.demand, self.volts)

    def _drawn(self, watts: float, volts: float) -> float:
        """Return the current of a load; everything gives up on a bank that is flat."""
        return watts / volts * min(max(volts / self.cells - 2.3, 0) / 0.2, 1)

    @property
    def battery_amps(self) -> float:
        """Return the sum of all currents, which is what flows into the bank."""
        return self.fed_amps - self.load_amps

    @property
    def fed_amps(self) -> float:
        """Return what all chargers give."""
        return sum(part.feed.amps for part in self.parts.values() if part.feed)

    @property
    def load_amps(self) -> float:
        """Return what all loads take."""
        return sum(load.amps for load in self.loads.values())

    def _account(self, seconds: float) -> None:
        hours = seconds / 3600
        by_source = self.energy.by_source
        for name, part in self.parts.items():
            if part.feed:
                given = part.feed.amps * self.volts * hours
                by_source[name] = by_source.get(name, 0) + given
        for load in self.loads.values():
            load.watt_hours += load.amps * self.volts * hours
        self.energy.loads += self.load_amps * self.volts * hours
        self.energy.stored += self.battery_amps * self.volts * hours
