"""How much of the time the hub has a fresh reading of each device, in bad air."""

from .bar import Bar, Extent, Goal, Measured
from .site import Site, site

FRESH_S = 3.0
_LOSS = 0.3
_BURST_S = 2


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
        seconds = (2 if extent.short else minutes) * 60
        async with site(seed, number=3 if extent.short else 10) as one:
            await one.world.sleep(5)
            start = one.world.now
            first_s = start + min(every_s / 2, seconds / 3)
            bursts = {"every_s": every_s, "length_s": _BURST_S, "first_s": first_s}
            one.world.air.conditions.set({"loss": _LOSS, "bursts": bursts})
            await one.world.sleep(seconds)
            share = share_fresh(one, start + FRESH_S, one.world.now)
            complaints = await one.settle()
            return {"fresh": 100 * share, "not accounted": len(complaints)}

    goals = {
        "fresh": Goal("%", at_least=goal, digits=2),
        "not accounted": Goal("", at_most=0, digits=0),
    }
    about = f"30 % loss per attempt, and a burst of 2 s every {every_s / 60:g} min."
    return Bar(name, about, measure, goals, seeds=3)


BARS = [_bar("bad-air-1", 60, 99.8, 10), _bar("bad-air-5", 300, 99.9, 20)]
