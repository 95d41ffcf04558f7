"""Runs a scenario with its nodes, in real or in virtual time."""

import asyncio
import contextlib
import functools
import signal
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

from .accounts import Account
from .node import Node
from .provision import provision, push_key
from .scenario import Scenario, read
from .summary import Ledger, causes
from .world import World

_LOOK_S = 10  # virtual time: how often a Ctrl-C is noticed
_TICK_S = 1e-5  # the world counts whole microseconds: never wait for less than one
_SETTLE_S = 3  # what is on its way at the end still arrives


async def run(arguments: Namespace) -> int:
    """Start everything, watch it, end everything."""
    scenario = read(arguments.scenario, seed=arguments.seed, speed=arguments.speed)
    with contextlib.ExitStack() as stack:
        flash = arguments.flash
        if flash is None:
            flash = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twin-flash-")))
        trace = sys.stdout if arguments.trace == Path("-") else None
        if arguments.trace and trace is None:
            trace = stack.enter_context(arguments.trace.open("w", encoding="utf-8"))
        async with World(arguments.seed, not arguments.virtual, trace) as world:
            return await _watch(world, scenario, flash, arguments)


async def _watch(world: World, scenario: Scenario, flash: Path, arguments: Namespace) -> int:
    scenario.prepare(world)
    if arguments.loss is not None:
        world.air.conditions.loss = arguments.loss
    display, account = await _start_nodes(world, scenario, flash, arguments)
    if arguments.keys:
        await _push_keys(display, scenario)
    ledger = Ledger(world, scenario.source, account, arguments.trace is not None)
    display.on_line(ledger.note)
    if not arguments.virtual:
        for node in world.nodes:
            node.on_line(functools.partial(_print, world, node.name))
        print(f"Display node: {display.serial_url} or {display.pty}", flush=True)
    scenario.begin(world)
    started = time.monotonic()
    await _go_on(world, display, _length(arguments), arguments.oled_every)
    seconds = time.monotonic() - started
    scenario.source.stop()
    await world.sleep(_SETTLE_S)
    if arguments.oled:
        display.oled.png(arguments.oled)
        print(f"Display drawn to {arguments.oled}")
    print(*ledger.table(), *await ledger.check(), *await causes(world), sep="\n")
    print(f"{world.now:.0f} s of the nodes' time in {seconds:.1f} s")
    return 1 if account.complaints else _crashes(world)


async def _start_nodes(
    world: World, scenario: Scenario, flash: Path, arguments: Namespace
) -> tuple[Node, Account]:
    """Start and provision the boards; return the display node and its account."""
    display = account = None
    for plan in scenario.nodes:
        is_first = plan.role == "display" and display is None
        node = await world.start_node(
            plan.role, name=plan.name, flash=flash / plan.name,
            tcp=arguments.serial_port if is_first else None,
            pty=arguments.pty if is_first else None,
        )  # fmt: skip
        if is_first:
            display, account = node, Account(world, node)
    for plan, node in zip(scenario.nodes, world.nodes, strict=True):
        await provision(node, plan.role)
    assert display is not None
    assert account is not None
    return display, account


async def _push_keys(display: Node, scenario: Scenario) -> None:
    for device in scenario.source.devices:
        if device.key is not None and getattr(device, "ours", True):
            await push_key(display, device.address, device.key, device.name)


def _length(arguments: Namespace) -> float | None:
    """Return how many s to run; virtual time needs an end."""
    if arguments.hours is not None:
        return float(arguments.hours * 3600)
    if arguments.seconds is not None:
        return float(arguments.seconds)
    return 3600.0 if arguments.virtual else None


async def _go_on(
    world: World, display: Node, seconds: float | None, oled_every: tuple[float, Path] | None
) -> None:
    """Let the world go on until the end or Ctrl-C, with a picture now and then."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    begun = world.now
    end = begun + (seconds if seconds is not None else float("inf"))
    every, folder = oled_every or (float("inf"), Path())
    picture = begun + every
    while world.now < end - _TICK_S and not ended.is_set():
        pause = max(min(end - world.now, picture - world.now, _LOOK_S), _TICK_S)
        if world.timeline.real:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), pause)
        else:
            await world.sleep(pause)
        if world.now >= picture - _TICK_S:
            folder.mkdir(parents=True, exist_ok=True)
            display.oled.png(folder / f"{round(picture - begun):06d}s.png")
            picture += every


def _crashes(world: World) -> int:
    crashed = [node for node in world.nodes if node.crash]
    for node in crashed:
        print(f"{node.name} crashed: {node.crash}", file=sys.stderr)
    return 1 if crashed else 0


def _print(world: World, name: str, line: object) -> None:
    kind, payload = getattr(line, "kind", "?"), getattr(line, "payload", "")
    print(f"{world.now:9.3f}  {name:8}  {kind:6}  {payload}", flush=True)
