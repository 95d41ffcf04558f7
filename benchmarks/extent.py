"""How much is measured: all, or what fits into a minute."""

from dataclasses import dataclass


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


FULL = Extent()
QUICK = Extent(
    rounds=3, home_assistant_s=20, boards_s=20, bytes_s=10, air_s=15, losses=(0, 30), sensors=(1,), devices=(3,),
    seeds=1, growth=(1, 10), growth_s=30, short=True,
)  # fmt: skip
