#!/usr/bin/env python3
"""How long an hour of the twin takes: one display node, two sensor nodes, three Victron devices.

benchmarks/simulated_hour.py [SECONDS]    prints a table; an hour by default
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
HOUR_S = 3600
SETTLE_S = 10  # until everybody has found everybody


@dataclass
class Load:
    """What one node cost."""

    name: str
    requests: float  # for each simulated second
    processor_s: float


@dataclass
class Measurement:
    """What a stretch of virtual time cost."""

    simulated_s: float
    wall_s: float
    world_processor_s: float
    nodes: list[Load]

    @property
    def hour_s(self) -> float:
        """Return how long an hour takes at this speed."""
        return self.wall_s / self.simulated_s * HOUR_S

    @property
    def requests(self) -> float:
        """Return the requests of all nodes for each simulated second."""
        return sum(node.requests for node in self.nodes)

    @property
    def processor_s(self) -> float:
        """Return the processor time of all processes."""
        return self.world_processor_s + sum(node.processor_s for node in self.nodes)

    def table(self) -> str:
        """Return the figures for people."""
        lines = [f"{'':12}{'requests/s':>12}{'processor s':>14}"]
        lines += [f"{one.name:12}{one.requests:12.1f}{one.processor_s:14.2f}" for one in self.nodes]
        lines.append(f"{'world':12}{'':12}{self.world_processor_s:14.2f}")
        lines.append(f"{'all':12}{self.requests:12.1f}{self.processor_s:14.2f}")
        lines.append(
            f"\n{self.simulated_s:.0f} simulated s in {self.wall_s:.1f} s: an hour in {self.hour_s:.1f} s"
        )
        return "\n".join(lines)


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def measure(seconds: float, seed: int = 1) -> Measurement:
    """Run the trailer in virtual time, and count."""
    from simulator import World, trailer

    async with World(seed, real_time=False) as world:
        await trailer.put_into(world, sensors=2)
        await world.sleep(SETTLE_S)
        nodes = [(node, node.requests, _processor_s(node.pid)) for node in world.nodes]
        world_before, started = time.process_time(), time.monotonic()
        await world.sleep(seconds)
        wall_s = time.monotonic() - started
        return Measurement(
            seconds,
            wall_s,
            time.process_time() - world_before,
            [
                Load(node.name, (node.requests - requests) / seconds, _processor_s(node.pid) - used)
                for node, requests, used in nodes
            ],
        )


def main() -> int:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else HOUR_S
    print(asyncio.run(measure(seconds)).table())
    return 0


if __name__ == "__main__":
    sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]
    from toolchain import ensure
    from toolchain.process import become

    python = ensure().python
    if Path(sys.executable) != Path(python):
        become([python, __file__, *sys.argv[1:]])
    sys.exit(main())
