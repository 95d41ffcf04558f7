"""How much of the time the hub has a fresh reading of each device, in bad air."""

from pathlib import Path

from ..without import Guard, without
from ..world import FIRMWARE
from .bar import Bar, Extent, Goal, Measured
from .site import Site, site

FRESH_S = 3.0
_DEVICES = 10
_LOSS = 0.3
_BURST_S = 2
_ASKEW_S = 0.37  # devices speak once a second: each burst must hit them at another moment of it
NO_RETRANSMISSION: tuple[Guard, ...] = (
    ("sensor/uplink.py", "TRIES = 4", "TRIES = 1"),
    ("sensor/uplink.py", "self._table.give_back(self._slots[self._held])", "pass"),
)


def share_fresh(one: Site, start: float, end: float, limit_s: float = FRESH_S) -> float:
    """Return the share of device-time with a reading that went on the air at most so long ago."""
    fresh = sum(_fresh_s(one, device, start, end, limit_s) for device in one.devices)
    return fresh / ((end - start) * len(one.devices))


def _fresh_s(one: Site, device: bytes, start: float, end: float, limit_s: float) -> float:
    """Return the s within which the newest reading at the hub is fresh."""
    born = {md: time for time, md in one.births.get(device, [])}
    total, until = 0.0, start
    for time, md in one.hub.arrivals.get(device, []):
        # each reading makes the time fresh from its arrival to its limit, unless it was so already
        begin, finish = max(time, start, until), min(born.get(md, 0) + limit_s, end)
        if finish > begin:
            total += finish - begin
            until = finish
    return total


def _bar(name: str, every_s: float, goal: float, minutes: float) -> Bar:
    async def measure(seed: int, extent: Extent) -> Measured:
        if extent.short:
            return await _measure(seed, every_s, 120, 3)
        measured = await _measure(seed, every_s, minutes * 60, _DEVICES)
        with without(*NO_RETRANSMISSION) as paths:
            once = await _measure(seed, every_s, 300, _DEVICES, paths)
        return measured | {"without retransmission": once["fresh"]}

    goals = {
        "fresh": Goal("%", at_least=goal, digits=2),
        "without retransmission": Goal("%", digits=2),
        "not accounted": Goal("", at_most=0, digits=0),
    }
    about = f"30 % loss per attempt, and a burst of 2 s every {every_s / 60:g} min."
    return Bar(name, about, measure, goals, seeds=3)


async def _measure(
    seed: int, every_s: float, seconds: float, devices: int, paths: tuple[Path, ...] = FIRMWARE
) -> Measured:
    async with site(seed, number=devices, paths=paths) as one:
        await one.world.sleep(5)
        start, air = one.world.now, one.world.air.conditions
        first_s = start + min(every_s / 2, seconds / 3)
        bursts = {"every_s": every_s + _ASKEW_S, "length_s": _BURST_S, "first_s": first_s}
        air.set({"loss": _LOSS, "bursts": bursts})
        if paths is not FIRMWARE:
            air.attempts = 1
        await one.world.sleep(seconds)
        share = share_fresh(one, start + FRESH_S, one.world.now)
        return {"fresh": 100 * share, "not accounted": len(await one.settle())}


BARS = [_bar("bad-air-1", 60, 99.8, 10), _bar("bad-air-5", 300, 99.9, 20)]
