"""The same seed is the same run: every event, every frame, every serial line, each at the same time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import World, trailer
from simulator.air import BROADCAST
from simulator.interpreter import PROJECT
from simulator.provision import provision

from .conftest import script_starter
from .radio_scripts import RADIO

SECONDS = 13  # a health line of each board, receipts, repeated frames
SHORT_S = 5
LOSS = 0.3

type Trace = list[dict[str, Any]]


async def _run(seed: int, loss: float = LOSS, seconds: float = SECONDS) -> Trace:
    """Return the trace of the trailer with two sensor nodes."""
    async with World(seed, real_time=False) as world:
        world.air.conditions.loss = loss
        await trailer.put_into(world, sensors=2)
        await world.sleep(seconds)
        return world.events


def _kinds(trace: Trace) -> set[str]:
    return {str(event["event"]) for event in trace}


def _first_difference(one: Trace, other: Trace) -> str:
    for before, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return f"event {before} of {len(one)}:\n{left}\n{right}"
    return "" if len(one) == len(other) else f"{len(one)} events, {len(other)} events"


async def test_the_same_seed_gives_the_same_trace_twice():
    traces = [await _run(7), await _run(7)]
    assert _first_difference(*traces) == ""
    assert _kinds(traces[0]) >= {"boot", "reset", "scan", "channel", "frame", "serial"}
    kinds = {event["text"].split()[2] for event in traces[0] if _is_line(event)}
    assert kinds >= {"hello", "adv", "health", "log", "ack", "node"}
    assert sum(event["event"] == "frame" for event in traces[0]) > SECONDS


async def test_the_same_seed_gives_the_same_flash_twice(tmp_path: Path):
    images = []
    for turn in ("one", "two"):
        async with World(7, real_time=False) as world:
            node = await world.start_node("sensor", tcp=None, flash=tmp_path / turn)
            await provision(node, "sensor")
            images.append(node.chip.content)
    assert images[0] == images[1]
    assert len(set(images[0])) > 2


async def test_boards_are_heard_in_their_order_whoever_is_faster(tmp_path: Path):
    """One frame wakes both; in turn one of them takes longer to compute what it does then."""
    orders = []
    for slow in ("one", "two"):
        async with World(7, real_time=False) as world:
            start_script = script_starter(world, tmp_path)
            for name in ("one", "two"):
                turns = 300_000 if name == slow else 1
                await start_script(RADIO % 6 + _WAKES % turns, name=name)
            await world.sleep(1)
            world.air.emit(bytes(6), BROADCAST, b"wake up", 6)
            await world.sleep(1)
            orders.append([event["node"] for event in world.events if event["event"] == "log"])
    assert orders == [["one", "two"]] * 2


def _is_line(event: dict[str, Any]) -> bool:
    return event["event"] == "serial" and event["text"].startswith("#V1 ")


@pytest.mark.parametrize("loss", [0, LOSS])
async def test_another_seed_gives_another_trace(loss: float):
    traces = [await _run(seed, loss, SHORT_S) for seed in (1, 2)]
    for kind in ("frame", "serial"):
        one, other = ([event for event in trace if event["event"] == kind] for trace in traces)
        assert one != other


_WAKES = """
import _link, _operations
_link.wait(10_000_000, _operations.WANTS_FRAME)
for number in range(%d):
    pass
_link.log("awake")
"""
_ELSEWHERE = """
import asyncio, json, sys
sys.path.insert(0, {project!r})
from tests.simulator.test_determinism import _run
print(json.dumps(asyncio.run(_run(7))))
"""


async def test_neither_the_process_nor_its_hashes_nor_its_clock_are_seen_in_the_trace(
    tmp_path: Path,
):
    """Another process hashes otherwise and is slowed down by a neighbour, like a busy machine."""
    neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        done = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE.format(project=str(PROJECT))],
            cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": "123", "TZ": "Asia/Tokyo"},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    finally:
        neighbour.kill()
        neighbour.wait()
    assert done.returncode == 0, done.stderr
    assert _first_difference(json.loads(done.stdout), await _run(7)) == ""
