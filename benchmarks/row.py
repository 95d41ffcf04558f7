"""What every table is made of: rows of our figure, the peer's from the same run, and the goal."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: by our figure, or by its ratio to the peer's."""

    at_most: float | None = None
    at_least: float | None = None
    of_ratio: bool = False

    def holds(self, figure: float | None) -> bool:
        """Tell whether a figure reaches it; none does not."""
        if figure is None:
            return False
        if self.at_most is not None and not figure <= self.at_most:
            return False
        return self.at_least is None or figure >= self.at_least

    def __str__(self) -> str:
        """Return it as in a table."""
        sign, limit = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return f"{'ratio ' if self.of_ratio else ''}{sign} {limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    ours: float | None
    peer: float | None = None
    goal: Goal | None = None
    unit: str = ""
    digits: int = 1
    more: dict[str, str] = field(default_factory=dict)  # further columns

    @property
    def ratio(self) -> float | None:
        """Return ours by the peer's: below 1 is less."""
        if self.ours is None or not self.peer:
            return None
        return self.ours / self.peer

    @property
    def ok(self) -> bool | None:
        """Tell whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.goal.holds(self.ratio if self.goal.of_ratio else self.ours)

    def entry(self) -> dict[str, Any]:
        """Return what becomes JSON."""
        goal = None if self.goal is None else str(self.goal)
        return {
            "name": self.name, "ours": self.ours, "peer": self.peer, "unit": self.unit,
            "ratio": self.ratio, "goal": goal, "ok": self.ok, **({"more": self.more} if self.more else {}),
        }  # fmt: skip


def failed(what: str) -> Row:
    """Return the row of something that could not be measured: never ok."""
    return Row(what, None, goal=Goal(at_most=0))


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what it is, its rows, and what has to be known to judge them."""

    title: str
    rows: list[Row]
    notes: tuple[str, ...] = ()
    peer: str = ""  # whose figures stand beside ours

    @property
    def ok(self) -> bool:
        """Tell whether no goal is missed."""
        return bool(self.rows) and all(row.ok is not False for row in self.rows)
