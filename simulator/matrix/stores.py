"""What the boards hold in flash, read from their chips behind their backs: old or new, and never neither."""

import json
from collections.abc import Iterator
from typing import Any

import littlefs

from ..flash import BLOCK
from ..node import Node

FILES = {
    "display": ("config.json", "options.json", "keys.json", "limits.json", "orders.json", "acknowledged.json"),
    "sensor": ("config.json", "options.json", "home.json"),
}  # fmt: skip
# What comes and goes by itself, and may hold anything that is whole.
_PASSING = {"orders.json", "acknowledged.json", "home.json"}
_FREE = {("config.json", "epoch"), ("config.json", "moved")}
_PROVED = "proved"  # of a key: the board's own finding
_BROKEN = "broken"

type Place = tuple[str, ...]  # role, file, names within it
type Held = dict[Place, Any]


class Stores:
    """Looks whenever a board starts, and says at the end what was neither."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self._nodes = nodes
        self._old: Held = {}
        self._seen: list[Held] = []

    def begin(self) -> None:
        """Take what there is for the old."""
        self._old = self.held()
        self._seen.clear()

    def look(self) -> None:
        """Keep what there is now."""
        self._seen.append(self.held())

    def held(self) -> Held:
        """Return every single value that the chips hold."""
        return {
            place: value
            for role, node in self._nodes.items()
            for file, content in _files(node, FILES[role])
            for place, value in _flat((role, file), content)
            if not _is_free(place)
        }

    def file(self, role: str, name: str) -> Any:
        """Return a whole file, None if there is none."""
        return dict(_files(self._nodes[role], (name,))).get(name)

    def complaints(self, changed: tuple[str, ...]) -> list[str]:
        """Return what was lost on the way, and what changed beside the files that were to change."""
        new = self.held()
        places = self._old.keys() | new.keys()
        found = []
        for seen in (*self._seen, new):
            for place in places | seen.keys():
                allowed = [one.get(place) for one in (self._old, new)]
                if seen.get(place) == _BROKEN or seen.get(place) not in allowed:
                    found.append(f"{' '.join(place)} was neither old nor new")
        for place in places:
            if place[1] not in changed and self._old.get(place) != new.get(place):
                found.append(f"{' '.join(place)} is another")
        return sorted(set(found))


def _files(node: Node, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    context = littlefs.UserContext(0)
    context.buffer = bytearray(node.chip.content)
    try:
        files = littlefs.LittleFS(
            context, block_size=BLOCK, block_count=node.chip.blocks, read_size=32, prog_size=32,
            cache_size=128, lookahead_size=32,
        )  # fmt: skip
        present = set(files.listdir("/"))
    except littlefs.LittleFSError:
        return  # not formatted yet
    for name in names:
        if name in present:
            with files.open(name, "rb") as file:
                yield name, _parsed(file.read())


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return _BROKEN


def _flat(place: Place, content: Any) -> Iterator[tuple[Place, Any]]:
    """Take it apart into single values."""
    if place[1] in _PASSING:
        if content == _BROKEN:
            yield place, content
    elif isinstance(content, dict):
        for name, value in content.items():
            yield from _flat((*place, name), value)
    else:
        yield place, content


def _is_free(place: Place) -> bool:
    return place[1:3] in _FREE or place[-1] == _PROVED
