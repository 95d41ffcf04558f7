"""A bar: what is measured, how often, and what it must reach."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

type Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that may be at most, or must be at least, so much; None: shown, not judged."""

    unit: str
    at_most: float | None = None
    at_least: float | None = None
    digits: int = 1

    def __str__(self) -> str:
        """Return it as in a table."""
        if self.at_most is not None:
            return f"≤ {self.text(self.at_most)}"
        return "" if self.at_least is None else f"≥ {self.text(self.at_least)}"

    def text(self, figure: float) -> str:
        """Return a figure with its unit."""
        return f"{figure:.{self.digits}f} {self.unit}".strip()

    def holds(self, figure: float) -> bool:
        """Tell whether the figure reaches it."""
        if self.at_most is not None:
            return figure <= self.at_most
        return self.at_least is None or figure >= self.at_least

    def worst(self, figures: list[float]) -> float:
        """Return the worst of several."""
        return min(figures) if self.at_least is not None else max(figures)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is to be measured; short is for the tests."""

    short: bool = False
    hours: float = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A scenario with its goals, by the names of its figures."""

    name: str
    about: str
    measure: Callable[[int, Extent], Awaitable[Measured]]  # with a seed
    goals: dict[str, Goal]
    seeds: int = 8
    long: bool = False  # only when it is named
