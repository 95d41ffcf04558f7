"""Gives a board its keys, its name and its pins, and sees it come back with them."""

from typing import Any

from .console import Console, Refused
from .errors import FlashError
from .site import Site

AT_ONCE = {"name"}  # options that need no new start; what is on the pins does
BOOT_S = 30  # the first start of a board prepares its memory for settings


def provision(
    console: Console,
    site: Site,
    role: str,
    name: str,
    options: dict[str, Any],
    boot_s: float = BOOT_S,
) -> dict[str, Any]:
    """Return the hello of the provisioned board.

    A name that the node was given later, as an option, would win over the new one: it is taken back.
    """
    hello = console.hello(boot_s)
    if hello.get("role") != role:
        raise FlashError(
            f"The board is a {hello.get('role')} node, not a {role} node.",
            "Run this without --provision-only to make it one.",
        )
    mac = str(hello["mac"])
    settings = site.settings(role, name, mac)
    site.note(mac, settings)
    try:
        console.command("provision", **settings)
    except Refused as refusal:
        if refusal.reason == "bad_name":
            raise FlashError(f"The name {name!r} is too long.", "32 bytes are the most.") from None
        raise
    hello = console.hello(boot_s, ask=False, other_than=hello)
    if not hello.get("provisioned"):
        raise FlashError(
            "The board came back without its keys.", "Run this again with --provision-only."
        )
    return set_options(console, hello, options | {"name": ""}, boot_s)


def set_options(
    console: Console, hello: dict[str, Any], wished: dict[str, Any], boot_s: float = BOOT_S
) -> dict[str, Any]:
    """Set those options that are not so yet; return the hello of the node that uses them."""
    present: dict[str, Any] = {}
    answer: dict[str, Any] = {"more": bool(wished)}
    while answer.get("more"):
        answer = console.command("options", after=max(present, default=""))
        present.update(answer["options"])
    changed = {name: value for name, value in wished.items() if present.get(name) != value}
    if changed:
        console.command("set", **changed)
    if changed.keys() <= AT_ONCE:
        return hello
    console.command("reboot")
    return console.hello(boot_s, ask=False, other_than=hello)
