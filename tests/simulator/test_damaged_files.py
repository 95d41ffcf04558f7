"""Settings that damage has made thousands of open brackets: the node starts all the same, and names the file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import littlefs
import pytest

from simulator import Node, World
from simulator.flash import BLOCK
from simulator.matrix.stores import FILES
from simulator.provision import provision, push_key

from .sabotage import firmware_without

BRACKETS = {"lists": b"[" * 8192, "objects": b'{"":' * 2048, "closed": b"[" * 4096 + b"]" * 4096}
# What the node says of each file; where the display node is, the sensor node finds out again.
NAMED = {
    "config.json": "config_damaged",
    "options.json": "options_damaged",
    "keys.json": "keys.json: damaged",
    "limits.json": "limits.json: damaged",
    "orders.json": "orders.json: damaged",
    "acknowledged.json": "acknowledged.json: damaged",
}
UP_S = 90  # by then an application that cannot start would have been given up
GUARD = ("node/json_file.py", "        if gc.mem_free() < ENOUGH:\n", "        if True:\n")


def _damage(node: Node, names: Iterable[str], content: bytes) -> None:
    context = littlefs.UserContext(0)
    context.buffer = bytearray(node.chip.content)
    files = littlefs.LittleFS(
        context, block_size=BLOCK, block_count=node.chip.blocks, read_size=32, prog_size=32,
        cache_size=128, lookahead_size=32,
    )  # fmt: skip
    for name in names:
        with files.open(name, "wb") as file:
            file.write(content)
    node.chip.content = bytes(context.buffer)


async def _started_with(
    world: World, role: str, names: set[str], content: bytes, **options: Any
) -> Node:
    """Start a board with its keys, and again with these files damaged."""
    node = await world.start_node(role, tcp=None, **options)
    await provision(node, role)
    if role == "display":
        await push_key(node, bytes(6), bytes(16), "Shunt")
    node.lose_power()
    _damage(node, names, content)
    node.restarts = 0
    node.uart.output.clear()
    node.give_power()
    return node


@pytest.mark.parametrize("kind", BRACKETS)
@pytest.mark.parametrize("role", FILES)
@pytest.mark.parametrize("with_config", [False, True])
async def test_a_node_whose_files_are_open_brackets_starts_and_names_them(
    world: World, role: str, with_config: bool, kind: str
):
    names = {name for name in FILES[role] if with_config or name != "config.json"}
    named = [NAMED[name] for name in names & NAMED.keys()]
    if with_config:
        named = [text for text in named if "orders" not in text]  # who has no keys reads none
    node = await _started_with(world, role, names, BRACKETS[kind])
    await node.wait_line("hello")
    await world.sleep(UP_S)
    assert (await node.command("counters"))["lines"] > 0
    assert (node.restarts, node.crash) == (1, None)  # the power
    assert [text for text in named if text not in node.uart.text] == []
    assert '"problem":' in node.uart.text


async def test_without_the_guard_the_node_does_not_start(world: World, tmp_path: Path):
    paths = firmware_without(tmp_path, *GUARD)
    node = await _started_with(world, "display", {"keys.json"}, BRACKETS["lists"], paths=paths)
    await world.sleep(UP_S)
    assert node.restarts > 2
