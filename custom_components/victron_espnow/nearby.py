"""Who is heard and can be added: how a device is offered for choice, and what it is called."""

import time
from collections.abc import Container

from .const import STALE_MIN_S
from .heard import Heard
from .hub import Hub
from .product_names import product_name
from .protocol.keys import format_mac


def selectable(hub: Hub | None, taken: Container[str | None]) -> list[Heard]:
    """Return who is heard at present and not configured, the strongest first."""
    free = [] if hub is None else hub.heard.values()
    found = [one for one in free if _is_present(one) and format_mac(one.mac) not in taken]
    return sorted(found, key=lambda heard: heard.rssi, reverse=True)


def frames_of(hub: Hub | None, mac: bytes) -> list[bytes]:
    """Return the newest frames of an address.

    None of before a silence: a phone that was connected may have changed the key.
    """
    heard = hub.heard.get(mac) if hub else None
    return heard.data if heard and _is_present(heard) else []


def needs_key(hub: Hub | None, mac: bytes) -> bool:
    """Return whether a device's readings are encrypted, as far as it is heard."""
    heard = hub.heard.get(mac) if hub else None
    return heard is None or heard.is_encrypted


def label(heard: Heard) -> str:
    """Return how a heard device is offered for choice."""
    parts = [_product(heard.product_id), format_mac(heard.mac), f"−{-heard.rssi} dBm"]
    if heard.interval:
        parts.append(f"{round(60 / heard.interval)}/min")
    return " · ".join(parts)


def default_name(hub: Hub | None, mac: bytes) -> str:
    """Return the product's name and the end of its address."""
    heard = hub.heard.get(mac) if hub else None
    return f"{_product(heard.product_id if heard else None)} {mac[-2:].hex().upper()}"


def _is_present(heard: Heard) -> bool:
    return time.monotonic() - heard.heard_at < STALE_MIN_S


def _product(product_id: int | None) -> str:
    """Return what the product is called, as well as it is known."""
    if product_id is None:
        return "Victron"
    return product_name(product_id) or f"Victron 0x{product_id:04X}"
