"""Boards of the twin that were flashed: their files come from the image, not from the project."""

import functools
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from littlefs import LittleFS

from flashing import program
from simulator import Node, World
from simulator.flash import Flash

MADE_SMALL = program.made_small

type StartFlashed = Callable[..., Awaitable[Node]]


@pytest.fixture(scope="session", autouse=True)
def made_small_once() -> Iterator[None]:
    """Make each role's program small once: it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(lambda role: MADE_SMALL(role, program.sources()))
        patch.setattr(program, "made_small", lambda role, _texts: once(role))
        yield


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


def on_flash(node: Node, path: str) -> bytes:
    """Return a file as it lies in the board's flash."""
    system = LittleFS(block_size=4096, block_count=512, mount=False)
    system.context.buffer = bytearray(node.chip.content)
    system.mount()
    with io.BufferedReader(system.open(path, "rb")) as file:
        return file.read()
