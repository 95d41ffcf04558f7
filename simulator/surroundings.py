"""Radios of other people, as a scenario file describes them: access points and foreign ESP-NOW traffic.

[[access_points]]                        [[neighbours]]
ssid = "marina"                          channel = 6
channel = 6                              per_second = 5
moves = [{ after_s = 120, to = 11 }]     sizes = [60, 250, 1470]
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .access_point import AccessPoint
from .hostile import Neighbour
from .tables import check, parameters

if TYPE_CHECKING:
    from .world import World

type Entries = list[dict[str, Any]]

KINDS = {
    "access_points": parameters(AccessPoint) | {"moves", "announces", "position"},
    "neighbours": parameters(Neighbour) - {"source", "destination", "message"} | {"position"},
}


def of(content: Mapping[str, Any]) -> dict[str, Entries]:
    """Return the part of a scenario's content that is for `add`; a wrong name is an error."""
    found = {kind: content.get(kind, []) for kind in KINDS}
    for kind, entries in found.items():
        for entry in entries:
            check(entry, KINDS[kind], kind)
            for move in entry.get("moves", []):
                check(move, ("after_s", "to"), f"moves of {kind}")
    return found


def add(world: World, entries: Mapping[str, Entries]) -> None:
    """Put everything into the world."""
    for entry in entries.get("access_points", []):
        _access_point(world, **entry)
    for entry in entries.get("neighbours", []):
        _neighbour(world, **entry)


def _access_point(
    world: World,
    *,
    moves: Entries | None = None,
    announces: bool = False,
    position: tuple[float, float] | None = None,
    **settings: Any,
) -> None:
    point = AccessPoint(world, **settings)
    point.announces = announces
    _place(world, point.name, position)
    for move in moves or []:
        point.move_after(move["after_s"], move["to"])


def _neighbour(
    world: World, *, position: tuple[float, float] | None = None, **settings: Any
) -> None:
    neighbour = Neighbour(**{**settings, "sizes": tuple(settings.get("sizes", Neighbour.SIZES))})
    _place(world, neighbour.name, position)
    world.add_source(neighbour)


def _place(world: World, name: str, position: tuple[float, float] | None) -> None:
    if position is not None:
        world.air.space.places[name] = (position[0], position[1])
