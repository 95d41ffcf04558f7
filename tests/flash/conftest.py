"""Boards of the twin that were flashed: their files come from the image, not from the project."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from simulator import Node, World
from simulator.flash import Flash

type StartFlashed = Callable[..., Awaitable[Node]]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A world in virtual time."""
    async with World(seed=7, real_time=False) as one:
        yield one


@pytest.fixture
def start_flashed(world: World, tmp_path: Path) -> StartFlashed:
    """Start a board with this in its flash, as its MicroPython does: mount, then main.py."""

    async def start(content: bytes, role: str = "display", blocks: int = 512, **options) -> Node:
        options.setdefault("tcp", None)
        node = await world.start_node(
            role, entry="main.py", paths=(), flash=tmp_path / "board", **options
        )
        node.lose_power()
        (node.flash / "vfs.bin").write_bytes(content)
        node.chip = Flash(node.flash / "vfs.bin", node.lose_power, blocks)
        node.chip.slow = False
        node.give_power()
        return node

    return start
