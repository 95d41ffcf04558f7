"""`python -m simulator.bars`: measures and prints one table; the exit code is 1 when a bar is missed."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ..node import NodeError
from ..patience import StuckError
from .bar import Bar, Extent, Goal
from .catalogue import BARS

_INTERRUPTED = 130
_ROW = "{:<16} {:<31} {:>10} {:>10} {:>10}  {}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one bar, the worst of its seeds."""

    bar: str
    figure: str
    goal: Goal
    worst: float
    best: float
    seeds: int

    @property
    def holds(self) -> bool:
        """Tell whether the goal is reached."""
        return self.goal.holds(self.worst)

    def text(self) -> str:
        """Return it as a line of the table."""
        verdict = ("ok" if self.holds else "SHORT") if str(self.goal) else ""
        figures = (self.goal.text(self.worst), self.goal.text(self.best))
        return _ROW.format(self.bar, self.figure, str(self.goal), *figures, verdict).rstrip()

    def entry(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "bar": self.bar, "figure": self.figure, "goal": str(self.goal), "unit": self.goal.unit,
            "worst": self.worst, "best": self.best, "seeds": self.seeds, "holds": self.holds,
        }  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Parse, measure, print."""
    arguments = _parser().parse_args(words)
    known = {bar.name: bar for bar in BARS}
    names = arguments.names or [bar.name for bar in BARS if not bar.long]
    if names == ["list"]:
        print(*(f"{bar.name:<16} {bar.about}{_goals(bar)}" for bar in BARS), sep="\n")
        return 0
    if unknown := [name for name in names if name not in known]:
        print(f"Error: no such scenario: {', '.join(unknown)}; try list.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    interrupted = False
    try:
        for name in names:
            rows += _try(known[name], arguments)
    except KeyboardInterrupt:
        interrupted = True
    _print(rows, arguments.json)
    if interrupted:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    return 0 if all(row.holds for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/scenarios",
        description="Measures what the firmware has promised, in virtual time: the worst of several seeds.",
        epilog="Without names: all but the long ones. Exit code 1 when one falls short.",
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="of a scenario, or list")
    add("--json", action="store_true", help="print JSON instead of a table")
    add("--seeds", type=int, metavar="N", help="measure with so many seeds")
    add("--short", action="store_true", help="as in the tests: less of everything, one seed")
    add("--hours", type=float, default=24, help="of the soak (24)")
    return parser


def _try(bar: Bar, arguments: argparse.Namespace) -> list[Row]:
    """Measure; a board that crashes or never comes is a figure too."""
    try:
        return _measure(bar, arguments)
    except (NodeError, TimeoutError, StuckError) as error:
        print(f"{bar.name}: {error}", file=sys.stderr, flush=True)
        return [Row(bar.name, "failed", Goal("", at_most=0, digits=0), 1, 1, 1)]


def _measure(bar: Bar, arguments: argparse.Namespace) -> list[Row]:
    """Run a bar with each seed."""
    seeds = arguments.seeds or (1 if arguments.short or bar.long else bar.seeds)
    extent = Extent(arguments.short, arguments.hours)
    measured: dict[str, list[float]] = {name: [] for name in bar.goals}
    for seed in range(1, seeds + 1):
        started = time.monotonic()
        figures = asyncio.run(bar.measure(seed, extent))
        for name, figure in figures.items():
            measured[name].append(figure)
        found = ", ".join(f"{name} {bar.goals[name].text(one)}" for name, one in figures.items())
        seconds = time.monotonic() - started
        print(
            f"{bar.name} seed {seed} of {seeds}: {found} ({seconds:.0f} s)",
            file=sys.stderr,
            flush=True,
        )
    return [
        Row(bar.name, name, goal, goal.worst(figures), _best(goal, figures), seeds)
        for name, goal in bar.goals.items()
        if (figures := measured[name])
    ]


def _best(goal: Goal, figures: list[float]) -> float:
    return max(figures) if goal.at_least is not None else min(figures)


def _goals(bar: Bar) -> str:
    goals = ", ".join(f"{name} {goal}" for name, goal in bar.goals.items() if str(goal))
    return f" [{goals}]{' (long)' if bar.long else ''}"


def _print(rows: list[Row], as_json: bool) -> None:
    if as_json:
        print(json.dumps([row.entry() for row in rows], indent=1))
        return
    print(_ROW.format("scenario", "figure", "goal", "worst", "best", "").rstrip())
    print(*(row.text() for row in rows), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
