"""Who can be added to an entry, what it is called, and whose a key is: among the configured and the heard."""

import asyncio
import time
from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant

from .const import CONF_KEY, STALE_MIN_S
from .heard import Heard
from .hub import Hub, hub_of
from .key_check import is_of_key, opened_by
from .product_names import product_name
from .protocol.keys import format_mac, parse_mac

LISTEN_EVERY_S = 0.25
# The node sends what it knows within two seconds of the hello.
_SNAPSHOT_S = 2.0


class Nearby:
    """The devices around one entry; nobody is heard while it is not set up."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Know where to look."""
        self.hass = hass
        self._entry = entry

    @property
    def hub(self) -> Hub | None:
        """Return what hears devices, if it runs."""
        return hub_of(self._entry)

    # Who is there

    async def async_wait_for_snapshot(self) -> None:
        """Right after a hello the list of devices is still on the way; it is whole once it grows no more."""
        deadline = self.hass.loop.time() + _SNAPSHOT_S
        count = 0
        while (hub := self.hub) and self.hass.loop.time() < deadline:
            before, count = count, len(hub.heard)
            if count and (count == before or not hub.roll_call.is_under_way):
                return
            await asyncio.sleep(LISTEN_EVERY_S)

    def selectable(self) -> list[Heard]:
        """Return who is heard at present and not configured, the strongest first."""
        taken = {subentry.unique_id for subentry in self._subentries}
        found = [
            one for one in self._heard if format_mac(one.mac) not in taken and _is_present(one)
        ]
        return sorted(found, key=lambda heard: heard.rssi, reverse=True)

    def configured(self, mac: bytes) -> ConfigSubentry | None:
        """Return the device of an address."""
        unique_id = format_mac(mac)
        return next((one for one in self._subentries if one.unique_id == unique_id), None)

    def frames_of(self, mac: bytes) -> list[bytes]:
        """Return the newest frames of an address.

        None of before a silence: a phone that was connected may have changed the key.
        """
        heard = self._heard_of(mac)
        return heard.data if heard and _is_present(heard) else []

    def needs_key(self, mac: bytes) -> bool:
        """Return whether a device's readings are encrypted, as far as it is heard."""
        heard = self._heard_of(mac)
        return heard is None or heard.is_encrypted

    def default_name(self, mac: bytes) -> str:
        """Return the product's name and the end of its address."""
        heard = self._heard_of(mac)
        return f"{_product(heard.product_id if heard else None)} {mac[-2:].hex().upper()}"

    # Whose a key is

    async def async_whose(self, digits: str, ticked: list[bytes]) -> bytes:
        """Return the address that a key without one belongs to: its frames tell, or the one tick."""
        frames = [(heard.mac.hex(), heard.data) for heard in self.selectable()]
        if mac := await self.hass.async_add_executor_job(opened_by, digits, frames):
            return bytes.fromhex(mac)
        for subentry in self._subentries:
            if is_of_key(digits, subentry.data[CONF_KEY]):
                return parse_mac(subentry.data[CONF_MAC])
        return ticked[0] if len(ticked) == 1 else b""

    async def async_owner(
        self, digits: str, mac: bytes, besides: ConfigSubentry | None
    ) -> str | None:
        """Return the other device that a key belongs to, if it is one we know or hear."""
        for subentry in self._subentries:
            if subentry is not besides and is_of_key(digits, subentry.data[CONF_KEY]):
                return subentry.title
        others = [(label(one), one.data) for one in self._heard if one.mac != mac]
        return await self.hass.async_add_executor_job(opened_by, digits, others)

    @property
    def _subentries(self) -> Iterable[ConfigSubentry]:
        return self._entry.subentries.values()

    @property
    def _heard(self) -> Iterable[Heard]:
        return list(self.hub.heard.values()) if self.hub else ()

    def _heard_of(self, mac: bytes) -> Heard | None:
        return self.hub.heard.get(mac) if self.hub else None


def label(heard: Heard) -> str:
    """Return how a heard device is offered for choice."""
    parts = [_product(heard.product_id), format_mac(heard.mac), f"−{-heard.rssi} dBm"]
    if heard.interval:
        parts.append(f"{round(60 / heard.interval)}/min")
    return " · ".join(parts)


def _is_present(heard: Heard) -> bool:
    return time.monotonic() - heard.heard_at < STALE_MIN_S


def _product(product_id: int | None) -> str:
    """Return what the product is called, as well as it is known."""
    if product_id is None:
        return "Victron"
    return product_name(product_id) or f"Victron 0x{product_id:04X}"
