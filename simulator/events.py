"""What happens in a scenario, and when: on the nodes' clock, or daily by the sun's."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Any

from . import tables
from .node import OLED_ADDRESS, Node
from .provision import push_key
from .victron.advertiser import Advertiser
from .victron.model import ModelError

if TYPE_CHECKING:
    from .victron.plant import Plant
    from .victron.source import ModelSource
    from .world import World


@dataclass(frozen=True)
class Event:
    """One line of a scenario: do this, to that, then."""

    do: str
    at: float | None = None  # s on the nodes' clock
    daily: time | None = None  # of the plant's day
    to: str = ""  # the plant, load, device or node it happens to
    options: Mapping[str, Any] = field(default_factory=dict)


def _set(path: str, value: Any) -> Callable[..., None]:
    """Return an action that sets one attribute of a plant."""
    owner, name = path.split(".")

    def act(plant: Plant) -> None:
        setattr(getattr(plant, owner), name, value)

    return act


def _clouds(plant: Plant, share: float) -> None:
    plant.sun.clouds = share


# What can be done, to whom: the events of a scenario file, and what `--help` lists.
TO_PLANT: dict[str, Callable[..., object]] = {
    "plug_shore": _set("shore.plugged", True),
    "unplug_shore": _set("shore.plugged", False),
    "start_engine": _set("engine.running", True),
    "stop_engine": _set("engine.running", False),
    "set_clouds": _clouds,
}
TO_LOAD = {"load_on": True, "load_off": False}
TO_DEVICE = (
    "connect_phone", "disconnect_phone", "new_key", "reboot", "switch_off", "switch_on",
    "raise_alarm", "clear_alarm", "fail",
)  # fmt: skip
TO_NODE = ("reset", "power_cycle", "unplug", "plug")
TO_HOST = ("push_key",)  # what Home Assistant does once the user has typed a new key
ALL = (*TO_PLANT, *TO_LOAD, *TO_DEVICE, *TO_NODE, *TO_HOST)
_pushing: set[asyncio.Task[None]] = set()


def parse(table: Mapping[str, Any]) -> Event:
    """Return the event of one table in a scenario file."""
    rest = dict(table)
    do, at, daily = rest.pop("do"), rest.pop("at", None), rest.pop("daily", None)
    if do not in ALL:
        raise ModelError(f"events do {', '.join(ALL)}; not {do}")
    if (at is None) == (daily is None):
        raise ModelError(f"{do}: one of 'at' and 'daily' says when")
    to = next((rest.pop(one) for one in ("plant", "load", "device", "node") if one in rest), "")
    clock = time.fromisoformat(daily) if daily else None
    return Event(do, seconds(at) if at else None, clock, to, rest)


def check(event: Event, source: ModelSource | None, nodes: list[str]) -> None:
    """Raise when the event happens to something that is not there, or with options nobody knows."""
    if event.do in TO_NODE and event.to not in nodes:
        raise ModelError(f"{event.do}: there is no node {event.to!r}")
    _find(event, source, None)
    tables.check(event.options, _options(event.do), event.do)


def _options(do: str) -> set[str]:
    """Return what else the event's table may say."""
    if do in TO_NODE:
        return tables.parameters(getattr(Node, do))
    if do in TO_DEVICE:
        return {"alarms"} if do == "raise_alarm" else tables.parameters(getattr(Advertiser, do))
    return {"share"} if do == "set_clouds" else set()


def seconds(text: str) -> float:
    """Return the s of "hh:mm:ss"; more than 24 hours are fine."""
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def action(event: Event, source: ModelSource | None, world: World | None) -> Callable[[], object]:
    """Return what the event does."""
    act = _find(event, source, world)

    def tell_and_act() -> None:
        if world is not None:
            world.tell(event.do, **({"to": event.to} if event.to else {}), **event.options)
        act()

    return tell_and_act


def _find(event: Event, source: ModelSource | None, world: World | None) -> Callable[[], object]:
    if event.do in TO_NODE:
        return lambda: _to_node(event, world)
    if source is None:
        raise ModelError(f"{event.do} needs modelled devices")
    if event.do in TO_LOAD:
        plant = next((one for one in source.plants.values() if event.to in one.loads), None)
        if plant is None:
            raise ModelError(f"{event.do}: there is no load {event.to!r}")
        return lambda: setattr(plant.loads[event.to], "on", TO_LOAD[event.do])
    if event.do in TO_PLANT:
        found = source.plants.get(event.to) if event.to else next(iter(source.plants.values()))
        if found is None:
            raise ModelError(f"{event.do}: there is no plant {event.to!r}")
        return lambda: TO_PLANT[event.do](found, **event.options)
    device = device_named(source, event.to)
    if event.do in TO_HOST:
        return lambda: _push_key(device, world)
    arguments = event.options.get("alarms", [])
    named = {name: value for name, value in event.options.items() if name != "alarms"}
    return lambda: getattr(device, event.do)(*arguments, **named)


def device_named(source: ModelSource, name: str) -> Advertiser:
    """Return a device of the scenario."""
    for device in source.devices:
        if device.name == name:
            return device
    raise ModelError(f"there is no device {name!r}")


def _to_node(event: Event, world: World | None) -> None:
    for node in world.nodes if world is not None else ():
        if node.name == event.to:
            getattr(node, event.do)(**event.options)
            return


def _push_key(device: Advertiser, world: World | None) -> None:
    """Give the display node the key that the device has now."""
    displays = [node for node in world.nodes if OLED_ADDRESS in node.i2c] if world else []
    for node in displays:
        task = asyncio.ensure_future(push_key(node, device.address, device.key, device.name))
        _pushing.add(task)
        task.add_done_callback(_pushing.discard)
