"""Boards that run small scripts instead of the firmware, mostly in virtual time."""

import itertools
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import Node, World

type StartScript = Callable[..., Awaitable[Node]]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A world in virtual time without losses."""
    async with World(seed=7, real_time=False) as one:
        one.advert_loss = 0
        one.air.conditions.adjacent_ack = 0
        yield one


@pytest.fixture
def start_script(world: World, tmp_path: Path) -> StartScript:
    """Start a board that runs the given MicroPython source."""
    return script_starter(world, tmp_path)


def script_starter(world: World, folder: Path) -> StartScript:
    """Return a function that starts a board with a script."""
    numbers = itertools.count()

    async def start(source: str, role: str = "sensor", **options: Any) -> Node:
        file = folder / f"script-{next(numbers)}.py"
        file.write_text(textwrap.dedent(source))
        options.setdefault("tcp", None)
        return await world.start_node(role, entry=file, **options)

    return start


async def said(node: Node, text: str, timeout: float = 10) -> str:
    """Wait until the board has printed this; return all it has printed."""
    return await node.wait_text(text, timeout)
