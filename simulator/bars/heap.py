"""The heap that our code keeps, as benchmarks/resident_heap.py measures it."""

import asyncio
import json
import sys
from typing import Any

from ..interpreter import PROJECT
from ..node import NodeError
from .bar import Bar, Extent, Goal, Measured

_SECONDS, _SHORT_S = 900, 60
_KB = 1024


async def _measure(seed: int, extent: Extent) -> Measured:
    del seed  # memory does not hang on chance
    seconds = _SHORT_S if extent.short else _SECONDS
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(PROJECT / "benchmarks" / "resident_heap.py"), "--json",
        "--seconds", str(seconds), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, _ = await program.communicate()
    finally:
        if program.returncode is None:
            program.terminate()
    if not output.strip():
        raise NodeError("benchmarks/resident_heap.py measured nothing")
    return _worst(json.loads(output))


def _worst(boards: list[dict[str, Any]]) -> Measured:
    """Return the highest figure of each role."""
    found = {
        role: max(one["resident"] for one in boards if one["role"] == role) / _KB
        for role in ("sensor", "display")
    }
    return found | {"growth": max(one["growth"] for one in boards)}


BARS = [
    Bar(
        "heap",
        "The heap that our code keeps, with 20 devices and 3 sensor nodes.",
        _measure,
        {
            "sensor": Goal("KB", at_most=40),
            "display": Goal("KB", at_most=70),
            "growth": Goal("B", at_most=512, digits=0),
        },
        seeds=1,
    )
]
