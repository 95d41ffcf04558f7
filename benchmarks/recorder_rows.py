#!/usr/bin/env python3
"""What 20 devices cost Home Assistant in an hour: rows in its database and processor time, ours and core's.

benchmarks/recorder_rows.py [SECONDS]    prints a table; an hour by default

The same modelled advertisements, one a second and device, go through this integration (as lines of
the serial port) and through core's `victron_ble` (as a Bluetooth proxy hands them over; to compare,
also straight to its coordinators, past Home Assistant's Bluetooth). Each runs in a real Home Assistant
with a real recorder, in a process of its own (`recorder_runs.py`), and they take turns of a minute: whatever else
the machine does slows them all down alike. Time is virtual: a second lasts as long as it takes to
compute. What counts is the processor time of the event loop's thread, behind the set-up.

The exit code is 1 when a goal is missed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

if __name__ == "__main__":  # before what only the project's own interpreter has
    from toolchain import ensure
    from toolchain.process import become

    python = ensure().python
    if Path(sys.executable) != Path(python):
        become([python, __file__, *sys.argv[1:]])

HOUR_S = 3600
TURN_S = 60  # seconds played at a time: whoever has just begun finds the caches full of what the others did
SECONDS = "BENCHMARK_SECONDS"
PIPES = "BENCHMARK_PIPES"

OURS = "victron_espnow, as shipped"
EVERY_CHANGE = "victron_espnow, every change of core's sensors"
CORE = "core's victron_ble"
COORDINATORS = "core's victron_ble, its coordinators alone"
# What plays which.
TESTS = {
    OURS: "test_ours_as_shipped",
    EVERY_CHANGE: "test_ours_every_change",
    CORE: "test_core",
    COORDINATORS: "test_coordinators_of_core",
}


@dataclass
class Cost:
    """What one integration cost."""

    rows: int
    writes: int
    adverts: int
    processor_s: float

    @property
    def advert_us(self) -> float:
        """Return the processor time of one advertisement."""
        return self.processor_s / self.adverts * 1e6


class Turns:
    """The one side of a pair of pipes: who plays waits for its turn, who leads gives it and waits for its end."""

    def __init__(self, inward: int, outward: int) -> None:
        self._inward = os.fdopen(inward)
        self._outward = os.fdopen(outward, "w")

    def say(self, word: str) -> None:
        self._outward.write(f"{word}\n")
        self._outward.flush()

    def hear(self) -> str:
        return self._inward.readline().rstrip("\n")


class Player:
    """A process in which one integration is played."""

    def __init__(self, name: str, seconds: int, stack: ExitStack) -> None:
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        stack.callback(self.log.close)
        to_it, from_it = os.pipe(), os.pipe()
        test = f"{Path(__file__).with_name('recorder_runs.py')}::{TESTS[name]}"
        options = ["-q", "--no-header", "--tb=short", "--show-capture=no", "-p", "no:cacheprovider"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", test, *options, "-W", "ignore", "-o", "timeout=0"],
            cwd=PROJECT,
            env={**os.environ, SECONDS: str(seconds), PIPES: f"{to_it[0]} {from_it[1]}"},
            pass_fds=(to_it[0], from_it[1]),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        stack.callback(self.process.wait)
        stack.callback(self.process.terminate)
        os.close(to_it[0])
        os.close(from_it[1])
        self.turns = Turns(from_it[0], to_it[1])

    def wait(self) -> str:
        """Return what it says at the end of its turn."""
        word = self.turns.hear()
        if not word:
            self.process.wait()
            self.log.seek(0)
            sys.exit(f"{self.log.read()}\nIt ended before its time.")
        return word


def play(seconds: int, names: Iterable[str] = TESTS) -> dict[str, Cost]:
    """Let them play, each in its turn; return what they cost."""
    with ExitStack() as stack:
        players = {name: Player(name, seconds, stack) for name in names}
        for player in players.values():
            player.wait()  # it is set up
        for _ in range(0, seconds, TURN_S):
            for player in players.values():
                player.turns.say("go")
                player.wait()
        costs = {}
        for name, player in players.items():
            player.turns.say("go")
            costs[name] = Cost(**json.loads(player.wait()))
        return costs


def goals(costs: dict[str, Cost]) -> Iterator[tuple[str, float, float]]:
    """Give what is compared, how it came out, and the goal."""
    ours, same, core = (costs[name] for name in (OURS, EVERY_CHANGE, CORE))
    yield "rows as shipped / core's", ours.rows / core.rows, 0.2
    yield "processor time as shipped / core's", ours.advert_us / core.advert_us, 0.2
    yield "processor time for equal writes / core's", same.advert_us / core.advert_us, 1.0


def main() -> int:
    """Run all three, print the table."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else HOUR_S
    begun = time.monotonic()
    costs = play(seconds)
    print(f"{'':48}{'rows':>10}{'writes':>10}{'µs an advert':>14}")
    for name, cost in costs.items():
        print(f"{name:48}{cost.rows:10}{cost.writes:10}{cost.advert_us:14.1f}")
    missed = 0
    for name, ratio, goal in goals(costs):
        verdict = "reached" if ratio <= goal else "MISSED"
        missed += ratio > goal
        print(f"{name:48}{ratio:10.3f}   goal {goal:.1f}: {verdict}")
    adverts = costs[CORE].adverts
    print(f"{adverts} advertisements in {seconds} s, played in {time.monotonic() - begun:.0f} s")
    return int(missed > 0)


def told(cost: Cost) -> str:
    """Return a cost as a line of the pipe."""
    return json.dumps(asdict(cost))


if __name__ == "__main__":
    sys.exit(main())
