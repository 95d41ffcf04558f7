"""A long time with a fault every hour: the heap must stay where it is, and every nonce must be accounted for.

In the first hour every fault comes once: what a fault needs for its first time is no growth.
"""

import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from ..protocol_route import module
from .bar import Bar, Extent, Goal, Measured
from .site import Site, site

_HOUR_S = 3600
_SHORT_HOURS = 0.02
_DEVICES, _SENSORS = 20, 3
_LOSS = 0.1


class Heap:
    """The lowest free heap that each board told of, hour by hour, and what restarted."""

    def __init__(self, one: Site) -> None:
        self.lowest: dict[str, dict[int, int]] = defaultdict(dict)
        self.boots = 0
        self._one = one
        self._begun = one.world.now
        for node in one.world.nodes:
            node.on_line(lambda line, name=node.name: self._note(name, line))
        one.world.observe(self._watch)

    def _note(self, name: str, line: Any) -> None:
        if line.kind != "health":
            return
        health = module("serial_payloads").parse_json(line.payload)
        hour = int((self._one.world.now - self._begun) // _HOUR_S)
        free = health.get("heap_low") or health.get("heap_free")
        if free is not None:
            self.lowest[name][hour] = min(free, self.lowest[name].get(hour, free))

    def _watch(self, entry: dict[str, object]) -> None:
        self.boots += entry["event"] == "boot"

    def sunk(self) -> int:
        """Return by how many bytes the lowest sank after the first hour, of the worst board."""
        return max(
            (hours[0] - min(hours[hour] for hour in hours if hour) for hours in self.lowest.values()
             if len(hours) > 1 and 0 in hours),
            default=0,
        )  # fmt: skip


type Fault = Callable[
    [Site, float], Awaitable[int]
]  # lasts at most so long; returns the boots it brings


async def _restart_a_sensor(one: Site, most_s: float) -> int:
    one.sensors[0].reset()
    return 1


async def _restart_the_display(one: Site, most_s: float) -> int:
    one.display.reset()
    return 1


async def _pull_the_cable(one: Site, most_s: float) -> int:
    one.display.unplug()
    await one.world.sleep(min(120, most_s))
    one.display.plug()
    return 1


async def _bad_air(one: Site, most_s: float) -> int:
    one.world.air.conditions.set({"loss": 0.4, "bursts": {"every_s": 30, "length_s": 3}})
    await one.world.sleep(min(300, most_s))
    one.world.air.conditions.set({"loss": _LOSS, "bursts": None})
    return 0


async def _move(one: Site, most_s: float) -> int:
    """Choose the next channel: 6, 11, 1."""
    channels = {6: 11, 11: 1, 1: 6}
    await one.display.command("set", channel=channels[one.display.radio.channel])
    return 0


async def _reopen(one: Site, most_s: float) -> int:
    one.display.uart.feed(module("serial_payloads").encode_command(0, 1, "hello", {}))
    return 0


async def _no_power_at_a_sensor(one: Site, most_s: float) -> int:
    away_s = min(600, most_s)
    one.sensors[1].power_cycle(away_s)
    await one.world.sleep(away_s + 1)
    return 1


async def _a_phone(one: Site, most_s: float) -> int:
    device = one.source.devices[0]
    device.silent = True
    await one.world.sleep(min(300, most_s))
    device.silent = False
    return 0


FAULTS: list[Fault] = [
    _restart_a_sensor, _bad_air, _restart_the_display, _move, _pull_the_cable, _reopen,
    _no_power_at_a_sensor, _a_phone,
]  # fmt: skip


async def _measure(seed: int, extent: Extent) -> Measured:
    hours = _SHORT_HOURS if extent.short else extent.hours
    hour_s = min(_HOUR_S, hours * _HOUR_S / 3)
    size = (
        {"number": 4, "sensors": 2} if extent.short else {"number": _DEVICES, "sensors": _SENSORS}
    )
    async with site(seed, **size, loss=_LOSS, keys=True) as one:
        heap, planned, end = Heap(one), 0, one.world.now + hours * _HOUR_S
        number = 0
        while one.world.now < end - 1:
            length_s = hour_s / len(FAULTS) if number < len(FAULTS) else hour_s
            next_fault = one.world.now + length_s
            await one.world.sleep(length_s / 2)
            planned += await FAULTS[number % len(FAULTS)](one, length_s / 3)
            number += 1
            await one.world.sleep(max(1, min(next_fault, end) - one.world.now))
            one.hub.forget()
            one.births.clear()
            print(
                f"  {one.world.now / _HOUR_S:.1f} h, {number} faults, heap sank {heap.sunk()} B, "
                f"unplanned boots {heap.boots - planned}, exceptions {len(one.hub.errors)}",
                file=sys.stderr,
                flush=True,
            )
        complaints = await one.settle(15)
        for line in (*complaints, str(dict(one.account.total))):
            print(f"  {line}", file=sys.stderr)
        return {
            "hours": hours,
            "messages": one.account.sent.total(),
            "shown": 100 * one.account.total["shown"] / one.account.sent.total(),
            "heap sank": heap.sunk(),
            "unplanned boots": heap.boots - planned,
            "exceptions": len(one.hub.errors),
            "not accounted": len(complaints),
        }


BARS = [
    Bar(
        "soak",
        "20 devices, 3 sensor nodes, a fault every hour; 24 hours, or --hours.",
        _measure,
        {
            "hours": Goal("h", digits=1),
            "messages": Goal("", digits=0),
            "shown": Goal("%", digits=2),
            "heap sank": Goal("B", at_most=1024, digits=0),
            "unplanned boots": Goal("", at_most=0, digits=0),
            "exceptions": Goal("", at_most=0, digits=0),
            "not accounted": Goal("", at_most=0, digits=0),
        },
        long=True,
    )
]
