"""Entities are added as soon as it is known which a device or a board has, each once."""

from collections.abc import Callable, Iterable

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import Device
from .hub import Hub, VictronEspnowConfigEntry
from .node import Node


@callback
def add_for_devices[D: EntityDescription](
    entry: VictronEspnowConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    wanted: Callable[[Device], Iterable[D]],
    make: Callable[[Hub, Device, D], Entity],
) -> None:
    """Add what each Victron device is known to have."""
    hub = entry.runtime_data
    added: set[tuple[Device, str]] = set()

    @callback
    def add(device: Device) -> None:
        if new := _new(device, wanted(device), added):
            add_entities(
                [make(hub, device, one) for one in new], config_subentry_id=device.subentry_id
            )

    entry.async_on_unload(hub.devices.async_add_platform(add))


@callback
def add_for_nodes[D: EntityDescription](
    entry: VictronEspnowConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    wanted: Callable[[Node], Iterable[D]],
    make: Callable[[Hub, Node, D], Entity],
) -> None:
    """Add what each of our boards is known to have."""
    hub = entry.runtime_data
    added: set[tuple[Node, str]] = set()

    @callback
    def add(node: Node) -> None:
        if new := _new(node, wanted(node), added):
            add_entities([make(hub, node, one) for one in new])

    entry.async_on_unload(hub.nodes.async_add_platform(add))


def _new[O, D: EntityDescription](
    owner: O, wanted: Iterable[D], added: set[tuple[O, str]]
) -> list[D]:
    new = [one for one in wanted if (owner, one.key) not in added]
    added.update((owner, one.key) for one in new)
    return new
