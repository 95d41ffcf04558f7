"""After each fault: the seconds until every device has something new at the hub, the worst of several seeds."""

import asyncio
from dataclasses import dataclass

from .extent import Extent
from .row import Goal, Row, Table
from .workers import spread


@dataclass(frozen=True, slots=True)
class Job:
    """One fault at one moment."""

    bar: str
    seed: int
    short: bool

    def __str__(self) -> str:
        """Return it for the progress."""
        return f"{self.bar}, seed {self.seed}"


def measure(extent: Extent) -> Table:
    """Let every fault happen, with each seed at another moment."""
    from simulator.bars.recovery import BARS

    jobs = [
        Job(bar.name, seed, extent.short) for bar in BARS for seed in range(1, extent.seeds + 1)
    ]
    found: dict[str, list[float]] = {}
    for job, seconds in zip(jobs, spread(_measure, jobs), strict=True):
        found.setdefault(job.bar, []).append(seconds)
    rows = [
        Row(bar.about, max(found[bar.name]), None, Goal(at_most=bar.goals["resumed"].at_most), "s")
        for bar in BARS
    ]
    devices = 3 if extent.short else 20
    return Table(
        "After a fault: until every device has something new at the hub",
        rows,
        (
            f"{devices} devices, 10 % loss; the worst of {extent.seeds} seeds. `scripts/scenarios` "
            "measures the same with more, and its other bars.",
        ),
    )


def _measure(job: Job) -> float:
    from simulator.bars.bar import Extent as Length
    from simulator.bars.recovery import BARS

    bar = next(bar for bar in BARS if bar.name == job.bar)
    return asyncio.run(bar.measure(job.seed, Length(job.short)))["resumed"]
