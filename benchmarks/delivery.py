"""What arrives at the hub, how fresh and how late: by loss on air, number of sensor nodes and of devices."""

import asyncio
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from .extent import Extent
from .row import Goal, Row, Table
from .workers import spread

GOAL = Goal(at_least=99.8)  # as simulator/bars/freshness.py asks for at 30 % loss
FRESH_S = 3.0
_LATE_S = 2.0  # a reading born so shortly before the end still has the time to arrive


@dataclass(frozen=True, slots=True)
class Air:
    """One kind of air, and who is in it."""

    loss: int  # % of frames, each attempt
    sensors: int
    devices: int
    seconds: float

    def __str__(self) -> str:
        """Return it as in a table."""
        nodes = "1 sensor node" if self.sensors == 1 else f"{self.sensors} sensor nodes"
        return f"{self.loss} % loss, {nodes}, {self.devices} devices"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What became of the readings, and their ways' ms."""

    born: int
    fresh: float  # % of device-time
    ways_ms: list[float]


def measure(extent: Extent) -> Table:
    """Measure every kind of air, the longest first."""
    airs = [
        Air(loss, sensors, devices, extent.air_s)
        for sensors in reversed(extent.sensors)
        for devices in reversed(extent.devices)
        for loss in extent.losses
    ]
    found = dict(zip(airs, spread(_measure, airs), strict=True))
    rows = [
        _row(air, found[air])
        for air in sorted(airs, key=lambda one: (one.loss, one.sensors, one.devices))
    ]
    return Table(
        "From the advertisement to the hub",
        rows,
        (
            f"Each line {extent.air_s} s of the twin, every device with a new reading each second. "
            "Ours is the share of device-time in which the "
            f"newest reading at the hub went on the air at most {FRESH_S:g} s ago. Delivered: the "
            "readings that arrived at all; one that a newer "
            "reading replaced before it was sent did not. The percentiles are the way of those that "
            "arrived, from the first "
            "advertisement with a nonce to the line's last byte. Loss is of frames, each attempt; of "
            "advertisements 5 % are lost, too.",
        ),
    )


def _measure(air: Air) -> Arrivals:
    return asyncio.run(_in_the_twin(air))


async def _in_the_twin(air: Air) -> Arrivals:
    from simulator.bars.freshness import share_fresh
    from simulator.bars.site import site

    async with site(1, number=air.devices, sensors=air.sensors, loss=air.loss / 100) as one:
        await one.world.sleep(5)
        start = one.world.now
        await one.world.sleep(air.seconds)
        end = one.world.now
        fresh = share_fresh(one, start + FRESH_S, end, FRESH_S)
        born, ways = _ways(one, start, end - _LATE_S)
        return Arrivals(born, 100 * fresh, ways)


def _ways(one: Any, start: float, end: float) -> tuple[int, list[float]]:
    """Return how many readings were born, and the ms that each took which arrived."""
    born = 0
    found = []
    for device in one.devices:
        births = [(time, md) for time, md in one.births.get(device, []) if start <= time < end]
        arrivals: dict[bytes, float] = {}
        for time, md in one.hub.arrivals.get(device, []):
            arrivals.setdefault(md, time)
        born += len(births)
        found += [1000 * (arrivals[md] - time) for time, md in births if md in arrivals]
    return born, found


def _row(air: Air, found: Arrivals) -> Row:
    cuts = quantiles(found.ways_ms, n=100, method="inclusive")
    more = {
        "delivered": f"{100 * len(found.ways_ms) / found.born:.2f} %",
        **{f"p{number}": f"{cuts[number - 1]:.0f} ms" for number in (50, 95, 99)},
    }
    return Row(str(air), found.fresh, goal=GOAL, unit="%", digits=2, more=more)
