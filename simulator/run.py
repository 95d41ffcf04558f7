"""Runs a scenario with a sensor and a display node in real time, for people to watch."""

import asyncio
import contextlib
import functools
import json
import signal
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from . import scenario
from .node import Node
from .provision import provision, push_key
from .replay import ReplaySource
from .world import World


async def run(arguments: Namespace) -> int:
    """Start everything, watch it, end everything."""
    with contextlib.ExitStack() as stack:
        flash = arguments.flash
        if flash is None:
            flash = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twin-flash-")))
        async with World(seed=arguments.seed) as world:
            return await _watch(world, flash, arguments)


async def _watch(world: World, flash: Path, arguments: Namespace) -> int:
    world.air.conditions.loss = arguments.loss
    if arguments.trace:
        world.observe(lambda event: print(json.dumps(event), flush=True))
    display = await world.start_node(
        "display", flash=flash / "display", tcp=arguments.serial_port, pty=arguments.pty
    )
    sensor = await world.start_node("sensor", flash=flash / "sensor", tcp=None)
    for node in (display, sensor):
        await provision(node, node.name)
    source = scenario.load(arguments.scenario)
    if arguments.keys:
        await _push_keys(display, source)
    for node in (display, sensor):
        node.on_line(functools.partial(_print, world, node.name))
    world.add_source(source)
    print(f"Display node: {display.serial_url} or {display.pty}", flush=True)
    await _until_over(arguments.seconds)
    if arguments.oled:
        display.oled.png(arguments.oled)
        print(f"Display drawn to {arguments.oled}")
    crashed = [node for node in world.nodes if node.crash]
    for node in crashed:
        print(f"{node.name} crashed: {node.crash}", file=sys.stderr)
    return 1 if crashed else 0


async def _push_keys(display: Node, source: ReplaySource) -> None:
    for device in source.devices:
        if device.key is not None:
            await push_key(display, device.address, device.key, device.name)


async def _until_over(seconds: float | None) -> None:
    """Wait for the end, or for Ctrl-C."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)


def _print(world: World, name: str, line: object) -> None:
    kind, payload = getattr(line, "kind", "?"), getattr(line, "payload", "")
    print(f"{world.now:9.3f}  {name:8}  {kind:6}  {payload}", flush=True)
