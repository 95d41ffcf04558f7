"""Plays the host that gives boards their keys: one site key, each sensor node its own."""

import time
from typing import TYPE_CHECKING, Any

from . import protocol_route

if TYPE_CHECKING:
    from .node import Node
    from .world import World

SITE_KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f")  # of the twin in real time
EPOCH = 1_790_000_000  # September 2026: when virtual time begins
_BOOT_S = 20


def site_key_of(world: World) -> bytes:
    """Return the site key that boards of this world are given."""
    return world.random_bytes("site key", len(SITE_KEY)) or SITE_KEY


def epoch_of(world: World) -> int:
    """Return what the host's clock says, as a board's first epoch."""
    if world.timeline.real:
        return int(time.time())
    start = int.from_bytes(world.random_bytes("epoch", 3))
    return EPOCH + start + world.timeline.now_us // 1_000_000


async def provision(node: Node, role: str, site_key: bytes | None = None, name: str = "") -> None:
    """Give the node its keys, and wait until it is back with them."""
    payloads = protocol_route.module("serial_payloads")
    hello = payloads.parse_json((await node.wait_line("hello", _BOOT_S)).payload)
    if hello["provisioned"]:
        return
    await node.command("provision", **settings(node, role, site_key, name))
    await node.wait_line("hello", _BOOT_S)


def settings(
    node: Node, role: str, site_key: bytes | None = None, name: str = ""
) -> dict[str, Any]:
    """Return what the host tells a board."""
    site_key = site_key or site_key_of(node.world)
    common = {"role": role, "name": name or node.name, "epoch": epoch_of(node.world)}
    return common | _keys(role, site_key, node.mac)


async def push_key(node: Node, mac: bytes, key: bytes, name: str) -> None:
    """Give a display node a Victron key, as Home Assistant does."""
    await node.command("key", mac=mac.hex().upper(), key=key.hex(), name=name)


def _keys(role: str, site_key: bytes, mac: bytes) -> dict[str, Any]:
    authentication = protocol_route.module("authentication")
    if role == "display":
        return {"site_key": site_key.hex()}
    node_key = authentication.node_key(site_key, mac)
    return {"node_key": node_key.hex(), "site_tag": authentication.site_tag(site_key)}
