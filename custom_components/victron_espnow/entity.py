"""What all entities of a Victron device share."""

from collections.abc import Callable
from functools import partial
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN, LOOK_AGAIN
from .device import Device
from .following import Following
from .hub import Hub
from .node import Node
from .pacing import AT_ONCE, Pace


class VictronEntity(Entity):
    """An entity of one Victron device; its identity is the subentry, so a swap keeps history."""

    _attr_should_poll = False
    _attr_has_entity_name = True

    def __init__(self, hub: Hub, device: Device, description: EntityDescription) -> None:
        """Describe the device; the display node was registered before."""
        self.entity_description = description
        self.hub = hub
        self.device = device
        self._attr_unique_id = unique_id(device, description)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, device.subentry_id)},
            manufacturer="Victron Energy",
            model=device.model,
            model_id=device.model_id,
            name=device.shown_name,
            via_device_id=dr.async_get_device_id_by_identifier(
                hub.hass, (DOMAIN, hub.entry.entry_id), config_entry_id=hub.entry.entry_id
            ),
        )

    @property
    @override
    def available(self) -> bool:
        """Return whether the values are of the present."""
        return self.device.available

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device."""
        self.async_on_remove(self.device.listeners.add(self.told))

    @callback
    def told(self) -> None:
        """Write whatever changed."""
        self.async_write_ha_state()


def unique_id(device: Device, description: EntityDescription) -> str:
    """Return the identity of an entity."""
    return f"{device.subentry_id}_{description.key}"


@callback
def once_added(entity: Entity, begin: Callable[[], None]) -> None:
    """Begin when the entity is added: until then Home Assistant leaves out all but the last write."""
    handle = entity.hass.loop.call_soon(begin)
    entity.async_on_remove(handle.cancel)


class PacedEntity(VictronEntity):
    """An entity that follows the readings, and writes what changed as often as is worth a row."""

    pace: Pace = AT_ONCE
    coded = False  # a state, an alarm, an error
    # Returns what the state follows from: equal to the written one, nothing needs writing.
    source: Callable[[], Any]
    _written: Any = None
    _every = 0.0
    _look_again = 0.0
    _following: Following | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the readings, too."""
        await super().async_added_to_hass()
        if self.coded:
            self.async_on_remove(self.device.followers.codes.add(self._on_codes))
        else:
            self._following = self.device.followers.add(self.follow)
            self.async_on_remove(partial(self.device.followers.remove, self._following))
        self._note_written(self.device.now())  # which Home Assistant does now

    @callback
    @override
    def told(self) -> None:
        """Write at once: the device is gone, or back."""
        self._note_written(self.device.now())
        self.async_write_ha_state()

    @callback
    def follow(self, now: float) -> tuple[float, float]:
        """Write the source when it is far enough from the written one, and that old enough.

        Return from when on to look again, and when at the latest.
        """
        source, written, every = self.source(), self._written, self._every
        if source == written or (every and not self.pace.differs(source, written)):
            # A slow value need not be looked at with every reading to be written in time.
            return now + self._look_again, now + every
        self._written = source
        self.async_write_ha_state()
        return now + every, now + every

    @callback
    def _on_codes(self) -> None:
        source = self.source()
        if source != self._written:
            self._written = source
            self.async_write_ha_state()

    def _note_written(self, now: float) -> None:
        self._written = self.source() if self.device.available else None
        self._every = self.pace.every(self.hub.entry.options)
        self._look_again = self._every * LOOK_AGAIN
        if self._following:
            self._following.wait(now + self._every)


class NodeEntity(Entity):
    """An entity of one of our own boards, which is registered before."""

    _attr_should_poll = False
    _attr_has_entity_name = True

    def __init__(self, hub: Hub, node: Node, description: EntityDescription) -> None:
        """Belong to the board's device."""
        self.entity_description = description
        self.hub = hub
        self.node = node
        self._attr_unique_id = node_unique_id(node, description)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, node.identity)})

    @property
    @override
    def available(self) -> bool:
        """Return whether the board is there."""
        return self.node.available

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the board."""
        self.async_on_remove(self.node.listeners.add(self.async_write_ha_state))


def node_unique_id(node: Node, description: EntityDescription) -> str:
    """Return the identity of a board's entity."""
    return f"{node.identity}_{description.key}"
