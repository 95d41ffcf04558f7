"""Scenarios: short files that say which nodes and devices there are, and what happens to them.

Captures are played from JSON files, models are described in TOML files (which may hold comments).
"""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import events, surroundings
from .conditions import Conditions
from .replay import Device, ReplaySource
from .space import Wall
from .tables import check, parameters
from .victron import build
from .victron.source import ModelSource

if TYPE_CHECKING:
    from .world import World

FOLDER = Path(__file__).parent / "scenarios"
_KNOWN = (
    "about", "start", "speed", "period_s", "foreign", "plant", "plants", "devices", "nodes",
    "events", "air", "walls", *surroundings.KINDS,
)  # fmt: skip
_NODES = ({"role": "display"}, {"role": "sensor"})


class ScenarioError(Exception):
    """The file says something that cannot be; the text names it."""


@dataclass
class NodePlan:
    """One board of the scenario."""

    role: str
    name: str
    position: tuple[float, float] | None = None  # in metres; without one it is beside everything


@dataclass
class Scenario:
    """All that a file says."""

    name: str
    about: str
    source: ReplaySource
    nodes: list[NodePlan]
    happenings: list[events.Event] = field(default_factory=list)
    air: dict[str, Any] = field(default_factory=dict)  # for the air's conditions, as it is
    walls: list[Wall] = field(default_factory=list)
    places: dict[bytes, tuple[float, float]] = field(default_factory=dict)  # of devices
    surroundings: dict[str, surroundings.Entries] = field(default_factory=dict)

    @property
    def modelled(self) -> ModelSource | None:
        """Return the source if it has plants."""
        return self.source if isinstance(self.source, ModelSource) else None

    def check(self) -> None:
        """Raise where something is named that is not there."""
        Conditions().set(self.air)
        names = [node.name for node in self.nodes]
        if len(set(names)) < len(names):
            raise ValueError(f"nodes need different names, not {', '.join(names)}")
        for event in self.happenings:
            events.check(event, self.modelled, names)

    def prepare(self, world: World) -> None:
        """Make the air what the scenario says, before any board is in it."""
        world.air.conditions.set(self.air)
        space = world.air.space
        space.walls += self.walls
        space.places |= {address.hex(":"): place for address, place in self.places.items()}
        space.places |= {node.name: node.position for node in self.nodes if node.position}
        surroundings.add(world, self.surroundings)

    def begin(self, world: World) -> None:
        """Put the devices on the air and let happen what is to happen."""
        actions = [(event, events.action(event, self.modelled, world)) for event in self.happenings]
        if self.modelled is not None:
            self.modelled.daily = _daily(actions)
        for event, action in actions:
            if event.at is not None:
                world.timeline.after(round(event.at * 1e6), action)
        world.add_source(self.source)

    def without_nodes(self) -> tuple[ModelSource, Callable[[float], None]]:
        """Return the plants and a function that lets their day go on, events included."""
        source = self.modelled
        if source is None:
            raise ScenarioError(f"{self.name} plays captures: there is no plant to look at")
        actions = [(event, events.action(event, source, None)) for event in self.happenings]
        source.daily = _daily(actions)
        pending = sorted(
            ((event.at, number, act) for number, (event, act) in enumerate(actions)
             if event.at is not None),
        )  # fmt: skip

        def advance(seconds: float) -> None:
            while pending and pending[0][0] <= seconds:
                at, _, act = pending.pop(0)
                source.advance(at)
                act()
            source.advance(seconds)

        return source, advance


def _daily(actions: list[tuple[events.Event, Callable[[], object]]]) -> list[Any]:
    return [(event.daily, action) for event, action in actions if event.daily is not None]


def names() -> list[str]:
    """Return what can be run."""
    return sorted(path.stem for path in FOLDER.iterdir() if path.suffix in (".json", ".toml"))


def plays_captures(name: str) -> bool:
    """Tell whether the devices are captured ones."""
    return _path(name).suffix == ".json"


def describe(name: str) -> str:
    """Return the scenario's own sentence."""
    return str(_read(_path(name))["about"])


def load(name: str) -> ReplaySource:
    """Return the scenario's devices, ready to advertise."""
    return read(name).source


def read(
    name: str | Path, seed: int = 1, speed: float | None = None, period_s: float | None = None
) -> Scenario:
    """Return a scenario of ours by its name, or of a file."""
    path = _path(name)
    content = _read(path)
    try:
        source = (_captured if path.suffix == ".json" else _modelled)(
            content, seed, speed, period_s
        )
        check(content, _KNOWN, path.stem)
        found = Scenario(
            path.stem,
            content["about"],
            source,
            [_node(entry) for entry in content.get("nodes", _NODES)],
            [events.parse(entry) for entry in content.get("events", [])],
            content.get("air", {}),
            [_wall(entry) for entry in content.get("walls", [])],
            _places(source, content["devices"]),
            surroundings.of(content),
        )
        found.check()
        return found
    except KeyError as error:
        raise ScenarioError(f"{path.name}: {error} is missing") from error
    except (build.ModelError, TypeError, ValueError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error


def _path(name: str | Path) -> Path:
    if isinstance(name, Path) or "/" in name:
        return Path(name)
    found = [FOLDER / f"{name}{suffix}" for suffix in (".json", ".toml")]
    return next((path for path in found if path.exists()), found[0])


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content: dict[str, Any] = (json if path.suffix == ".json" else tomllib).loads(text)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    return content


def _node(entry: dict[str, Any]) -> NodePlan:
    check(entry, ("role", "name", "position"), "nodes")
    return NodePlan(entry["role"], entry.get("name", entry["role"]), _point(entry))


def _point(entry: dict[str, Any], name: str = "position") -> tuple[float, float] | None:
    return (float(entry[name][0]), float(entry[name][1])) if name in entry else None


def _wall(entry: dict[str, Any]) -> Wall:
    check(entry, parameters(Wall), "walls")
    rest = {name: value for name, value in entry.items() if name == "loss_db"}
    return Wall(tuple(entry["start"]), tuple(entry["end"]), **rest)


def _places(
    source: ReplaySource, entries: list[dict[str, Any]]
) -> dict[bytes, tuple[float, float]]:
    found = zip(source.devices, entries, strict=True)
    return {device.address: place for device, entry in found if (place := _point(entry))}


def _modelled(
    content: dict[str, Any], seed: int, speed: float | None, period_s: float | None
) -> ModelSource:
    start = content["start"]
    if not isinstance(start, datetime):
        raise ValueError("start is a date and a time, without quotes")
    tables = content["plants"] if "plants" in content else {"plant": content["plant"]}
    plants = build.plants(tables, start - timedelta(seconds=1), seed)
    for plant in plants.values():
        plant.go_to(start)
    return ModelSource(
        plants,
        build.devices(content["devices"], plants, seed),
        speed or content.get("speed", 1),
        period_s or content.get("period_s", 0),
        content.get("foreign", True),
    )


def _captured(
    content: dict[str, Any], seed: int, speed: float | None, period_s: float | None
) -> ReplaySource:
    devices = [_device(entry) for entry in content["devices"]]
    period = content.get("period_s", 10) if period_s is None else round(period_s)
    return ReplaySource(devices, period, content.get("foreign", True))


def _device(entry: dict[str, Any]) -> Device:
    return Device(
        name=entry["name"],
        address=bytes.fromhex(entry["address"].replace(":", "")),
        key=bytes.fromhex(entry["key"]) if entry.get("key") else None,
        captures=[bytes.fromhex(one["md"]) for one in entry["captures"]],
        payloads=[bytes.fromhex(one["payload"]) for one in entry.get("more", [])],
        rssi=entry.get("rssi", -70),
    )
