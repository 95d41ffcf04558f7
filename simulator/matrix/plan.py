"""Which pairs there are: every fault at every moment, before, during and after, and at writes."""

from ..faults.catalogue import FAULTS
from .moments import MOMENTS, Moment
from .pair import AFTER, BEFORE, CALM, DURING, NOTHING, Pair, Result

QUICK_EVERY = 4
SLICE_EVERY = 4


def without_faults() -> list[Pair]:
    """Return each moment without a fault: it shows how many writes there are."""
    return [Pair(NOTHING.name, moment.name, CALM) for moment in MOMENTS]


def whens(moment: Moment, writes: int) -> list[str | int]:
    """Return when a fault may strike."""
    at_writes: list[str | int] = sorted({1, (writes + 1) // 2, writes}) if writes else []
    if moment.only_writes:
        return at_writes
    return [BEFORE, DURING, *at_writes, AFTER]


def whole(calm: dict[str, Result]) -> list[Pair]:
    """Return all pairs; `calm` are the moments without a fault, by name."""
    return [
        Pair(fault.name, moment.name, when, takes_s=calm[moment.name].takes_s)
        for fault in FAULTS
        for moment in MOMENTS
        for when in whens(moment, calm[moment.name].writes)
    ]


def quick(calm: dict[str, Result]) -> list[Pair]:
    """Return every fourth pair of fault and moment, each at one of its times."""
    found = []
    for row, fault in enumerate(FAULTS):
        for column, moment in enumerate(MOMENTS):
            times = whens(moment, calm[moment.name].writes)
            if times and (row + column) % QUICK_EVERY == 0:
                when = times[(row + column // 2) % len(times)]
                found.append(Pair(fault.name, moment.name, when, takes_s=calm[moment.name].takes_s))
    return found


def slice_of_it() -> list[Pair]:
    """Return a few that the tests run: no two of the same row, the columns in turn."""
    times = (BEFORE, DURING, AFTER)
    moments = [moment for moment in MOMENTS if not moment.only_writes and not moment.slow]
    return [
        Pair(fault.name, moments[row % len(moments)].name, times[row // 2 % len(times)])
        for row, fault in enumerate(FAULTS)
        if row % SLICE_EVERY == 0
    ]
