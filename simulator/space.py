"""Where things stand and what is between them: how strongly one is heard by the other.

Log-distance path loss (T. S. Rappaport, "Wireless Communications", 4.9): 40 dB over the first metre at
2.4 GHz (free space), then 10 · exponent for each tenfold distance, and what each wall takes.
What has no place is beside everything else, with the strength that the conditions name.
"""

import math
from dataclasses import dataclass

_FIRST_METRE_DB = 40.0
_NEAREST_M = 0.1

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wall:
    """A straight wall seen from above."""

    start: Point
    end: Point
    loss_db: float = 10.0  # plywood 2 to 4, brick 6 to 10, a sheet of metal 20 and more


@dataclass(frozen=True, slots=True)
class Propagation:
    """How strength falls with distance."""

    exponent: float = 3.0  # 2 outdoors, about 3 among furniture (Rappaport, table 4.2)
    wifi_dbm: float = 20.0  # the chip's highest, and MicroPython's default
    wifi_sensitivity_dbm: float = -97.0  # ESP32 datasheet, 802.11b at 1 Mbit/s
    ble_dbm: float = 0.0
    ble_sensitivity_dbm: float = -94.0  # ESP32 datasheet, 30.8 % PER


class Space:
    """Places by name (a board's name, an address in hex with colons), and walls."""

    def __init__(self) -> None:
        self.places: dict[str, Point] = {}
        self.walls: list[Wall] = []
        self.propagation = Propagation()

    def path_loss(self, one: str, other: str) -> float | None:
        """Return what is lost between two places in dB; None when one of them has no place."""
        here, there = self.places.get(one), self.places.get(other)
        if here is None or there is None:
            return None
        distance = max(_NEAREST_M, math.dist(here, there))
        loss = _FIRST_METRE_DB + 10 * self.propagation.exponent * math.log10(distance)
        return loss + sum(wall.loss_db for wall in self.walls if _crosses(wall, here, there))

    def ble_strength(self, address: bytes, node: str, else_dbm: int) -> int:
        """Return how a board hears an advertiser on average, where both have a place."""
        loss = self.path_loss(address.hex(":"), node)
        return else_dbm if loss is None else round(self.propagation.ble_dbm - loss)


def _crosses(wall: Wall, here: Point, there: Point) -> bool:
    return _turns(here, there, wall.start) != _turns(here, there, wall.end) and _turns(
        wall.start, wall.end, here
    ) != _turns(wall.start, wall.end, there)


def _turns(a: Point, b: Point, c: Point) -> bool:
    """Tell whether c is to the left of the line from a to b."""
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])
