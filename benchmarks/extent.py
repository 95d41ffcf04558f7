"""How much is measured: all, or what fits into a minute."""

from dataclasses import dataclass

from .row import Goal


@dataclass(frozen=True, slots=True)
class Extent:
    """The sizes of a run."""

    rounds: int = 15  # of the decoders
    home_assistant_s: int = 900  # virtual seconds of 20 devices
    boards_s: int = 240
    bytes_s: int = 60
    air_s: int = 90  # of each kind of air
    losses: tuple[int, ...] = (0, 10, 30)
    sensors: tuple[int, ...] = (1, 3, 8)
    devices: tuple[int, ...] = (3, 20)
    seeds: int = 2  # of each recovery
    growth: tuple[int, ...] = (1, 5, 10, 20, 50)
    growth_s: int = 120
    short: bool = False

    def if_long(self, goal: Goal) -> Goal | None:
        """Return a goal that only a whole run can be held against."""
        return None if self.short else goal

    def remark(self, what: str) -> tuple[str, ...]:
        """Return the note on goals that are left out."""
        return (f"A quick run holds no goal against {what}.",) if self.short else ()


FULL = Extent()
QUICK = Extent(
    rounds=4, home_assistant_s=120, boards_s=20, bytes_s=10, air_s=30, losses=(0, 30), sensors=(1,),
    devices=(3,), seeds=1, growth=(1, 10), growth_s=20, short=True,
)  # fmt: skip
