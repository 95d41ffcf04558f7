#!/usr/bin/env python3
"""How much of the heap our code keeps, on the 32-bit interpreter and in real traffic.

benchmarks/resident_heap.py [--seconds N] [--json] [--modules]     an hour of virtual time by default

A display node with the keys of 20 Victron devices, and three sensor nodes that hear all of them. What counts
is everything that is allocated after a full collection and was not there before our first line: byte code,
names, objects, the garbage collector's rounding to 16 bytes. What does not: the twin's stand-ins and what
MicroPython's own modules cost (asyncio above all), which were imported before. What is added, because on
a chip it is taken from the same heap: the receive buffer that we ask ESP-NOW for, the 1470 bytes of its
`irecv`, and the pools for our names, as they are when ours are the first.

Resident is what stays while a board waits. Code that is read for the moment and given back before its task waits
again (the page of a device every other second, a lent function, a borrowed module) is never there then. So beside it
stands "borrowing": the most in steady state at the end of such a read, with what all that stays takes, and with the
garbage of that read. What code that runs makes and drops again is in neither.

The exit code is 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator import Node, World

PROJECT = Path(__file__).resolve().parents[1]
PROBE = PROJECT / "benchmarks" / "on_board" / "heap_probe.py"
HOUR_S = 3600
SETTLE_S = 60  # until everybody has found everybody, and everything was needed once
DEVICES = 20
SENSORS = 3
MOST_KEYS = 24  # firmware/display/key_store.py
KB = 1024
GOALS = {"sensor": 40 * KB, "display": 70 * KB}
HEAP = (
    256 * KB
)  # more than a chip has: what is measured is what is used, and the probe wants some too
GROWTH = 512  # bytes between the first and the last quarter: what the collector's guesses differ by
FIRST_POOL = 20  # names; each further pool takes twice as many (py/qstr.c)
IRECV = 1470  # ports/esp32/modules/espnow.py keeps a bytearray of MAX_DATA_LEN


@dataclass
class Heap:
    """What one board told of its heap, in bytes."""

    role: str
    name: str
    settle_s: float
    baseline: int = 0  # interpreter, its own modules, stand-ins
    peak: int = 0  # the most at the end of an import, garbage included
    reached: int = 0  # the same, since the last sample
    peaks: list[int] = field(default_factory=list)  # the same, up to each sample
    receive_buffer: int = 0
    names_before: int = 0
    names: int = 0
    imports: dict[str, int] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    samples: list[tuple[int, int]] = field(default_factory=list)  # (seconds, bytes of ours)
    pauses: list[tuple[int, int]] = field(default_factory=list)  # µs: collection, longest turn

    def take(self, words: list[str]) -> None:
        """Take one line of the probe."""
        match words:
            case ["baseline", size]:  # a new life, as after provisioning
                self.__init__(
                    self.role, self.name, self.settle_s, int(size), names_before=self.names
                )  # type: ignore[misc]
            case ["import", size, peak, module]:
                self.imports[module] = int(size)
                self.reached = max(self.reached, int(peak))
                self.peak = max(self.peak, self.reached)
            case ["modules", *modules]:  # some are read for the moment, and go again
                self.present = set(modules)
            case ["at", seconds, size, buffer]:
                self.receive_buffer = int(buffer)
                self.samples.append((int(seconds), int(size) - self.baseline))
                self.peaks.append(self.reached)
                self.reached = 0
            case ["pause", collection, turn]:
                self.pauses.append((int(collection), int(turn)))

    def take_names(self, number: int) -> None:
        """Take how many names the interpreter knows besides its own."""
        self.names = number

    @property
    def settled(self) -> list[int]:
        """Return the samples after the start."""
        return [size for seconds, size in self.samples if seconds > self.settle_s]

    @property
    def pauses_us(self) -> tuple[int, int]:
        """Return a collection's median and the longest turn of a task after the start, on this computer."""
        settled = self.pauses[-len(self.settled) :]
        return round(median(one for one, _ in settled)), max(one for _, one in settled)

    @property
    def chip(self) -> int:
        """Return what the radio's driver takes from the heap on a chip."""
        return self.receive_buffer + IRECV if self.receive_buffer else 0

    @property
    def pools(self) -> int:
        """Return what the pools for our names take on a chip."""
        size, room, pool = 0, 0, FIRST_POOL
        while room < self.names - self.names_before:
            room += pool
            size += _rounded(24 + 7 * pool)
            pool *= 2
        return size

    @property
    def resident(self) -> int:
        """Return the figure: the most that was ours in steady state."""
        return max(self.settled) + self.chip + self.pools

    @property
    def borrowing(self) -> int:
        """Return the most in steady state while code is there that goes again."""
        most = max(*self.settled, *self.peaks[-len(self.settled) :])
        return most + self.chip + self.pools

    @property
    def growth(self) -> int:
        """Return by how much the last quarter is above the first; the least of each: state comes and goes."""
        settled = self.settled
        quarter = max(1, len(settled) // 4)
        return min(settled[-quarter:]) - min(settled[:quarter])

    @property
    def rooms(self) -> dict[str, int]:
        """Return the cost of the imports by package, and what is left: objects and state."""
        rooms: dict[str, int] = defaultdict(int)
        for module, size in self.modules.items():
            rooms[module.partition(".")[0]] += size
        rooms["objects"] = max(self.settled) - sum(rooms.values())
        rooms["espnow"] = self.chip
        rooms["pools of names"] = self.pools
        return dict(rooms)

    @property
    def modules(self) -> dict[str, int]:
        """Return what the imports cost of the modules that have stayed."""
        return {name: size for name, size in self.imports.items() if name in self.present}

    @property
    def good_enough(self) -> bool:
        """Tell whether both goals are met."""
        return self.resident <= GOALS[self.role] and self.growth <= GROWTH

    def as_dict(self) -> dict[str, Any]:
        """Return what becomes JSON."""
        return {
            "name": self.name, "role": self.role, "resident": self.resident, "goal": GOALS[self.role],
            "borrowing": self.borrowing, "growth": self.growth, "growth_goal": GROWTH,
            "ok": self.good_enough, "rooms": self.rooms,
            "import_peak": self.peak, "interpreter_and_stand_ins": self.baseline,
            "modules": self.modules,
        }  # fmt: skip


def _rounded(size: int) -> int:
    """Return what the collector gives for this many bytes."""
    return -size // 16 * -16


def table(heaps: list[Heap], with_modules: bool) -> str:
    """Return the figures for people."""
    lines = [
        f"{'':12}{'resident':>10}{'goal':>8}{'borrowing':>11}{'growth':>8}{'goal':>6}{'import peak':>13}  B"
    ]
    lines += [
        f"{one.name:12}{one.resident:10}{GOALS[one.role]:8}{one.borrowing:11}{one.growth:8}{GROWTH:6}{one.peak:13}"
        f"  {'ok' if one.good_enough else 'SHORT'}"
        for one in heaps
    ]
    for one in heaps[:2]:
        rooms = ", ".join(f"{room} {size}" for room, size in one.rooms.items())
        lines.append(
            f"{one.name}: {rooms}; {one.names - one.names_before} names; before us {one.baseline}"
        )
        if with_modules:
            by_size = sorted(one.modules.items(), key=lambda item: -item[1])
            lines += [f"{size:8}  {module}" for module, size in by_size]
    return "\n".join(lines)


async def measure(
    seconds: float,
    seed: int = 1,
    sensors: int = SENSORS,
    settle_s: float = SETTLE_S,
    turning: bool = True,
    devices: int = DEVICES,
) -> list[Heap]:
    """Run the boards in virtual time; return what each of them told. Keys go to as many devices as there is room for.

    Without turning the OLED stays on its first page: each page's code is there while it is shown, so that a run
    shorter than all pages would call a larger page growth.
    """
    from simulator import World
    from simulator.provision import provision, push_key

    async with World(seed, real_time=False) as world:
        names = {"display": "display", **{f"sensor-{n + 1}": "sensor" for n in range(sensors)}}
        boards = [await _start(world, role, name) for name, role in names.items()]
        heaps = [_listen(node, names[node.name], settle_s) for node in boards]
        for node, heap in zip(boards, heaps, strict=True):
            await provision(node, heap.role)
        if not turning:
            await boards[0].command("set", page_seconds=0)
        source = _devices(seed, devices)
        for device in source.devices[:MOST_KEYS]:
            assert device.key is not None
            await push_key(boards[0], device.address, device.key, device.name)
        world.add_source(source)
        await world.sleep(settle_s + seconds)
        return heaps


async def _start(world: World, role: str, name: str) -> Node:
    entry = world.folder / f"{name}-{role}.py"
    entry.write_text(PROBE.read_text())
    return await world.start_node(
        role, name=name, entry=entry, as_flashed=True, heap=HEAP, tcp=None
    )


def _listen(node: Node, role: str, settle_s: float) -> Heap:
    """Return the heap that fills with what the board tells."""
    heap = Heap(role, node.name, settle_s)
    rest = b""

    def hear(data: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            words = line.decode("ascii", "replace").split()
            if words[:1] == ["HEAP"]:
                heap.take(words[1:])
            if words[:2] == ["qstr", "pool:"]:
                heap.take_names(int(words[3].strip(",").removeprefix("n_qstr=")))

    node.uart.listen(hear)
    return heap


def _devices(seed: int, number: int) -> Any:
    """Return the boat's devices, one of every kind we can model, and some more."""
    from simulator import scenario
    from simulator.victron import build
    from simulator.victron.source import ModelSource

    boat = scenario.read("boat", seed).modelled
    assert boat is not None
    more = [
        {"name": f"Solar {n}", "kind": "smart_solar"} for n in range(number - len(boat.devices))
    ]
    every = boat.devices + build.devices(more, boat.plants, seed)
    return ModelSource(boat.plants, every[:number], period_s=10)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What our code keeps of a board's heap.")
    parser.add_argument("--seconds", type=float, default=HOUR_S, help="of virtual time")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--modules", action="store_true", help="every module's share, too")
    arguments = parser.parse_args()
    heaps = asyncio.run(measure(arguments.seconds))
    if arguments.json:
        print(json.dumps([heap.as_dict() for heap in heaps], indent=1))
    else:
        print(table(heaps, arguments.modules))
    return 0 if all(heap.good_enough for heap in heaps) else 1


if __name__ == "__main__":
    sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]
    from toolchain import ensure
    from toolchain.process import become

    python = ensure().python
    if Path(sys.executable) != Path(python):
        become([python, __file__, *sys.argv[1:]])
    sys.exit(main())
