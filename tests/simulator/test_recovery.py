"""A board that helps itself: watchdog, safe mode, the prompt, memory that runs out."""

from pathlib import Path
from typing import Any

import pytest

from simulator import Node, NodeError, World, protocol_route
from simulator.radio import NOT_LISTENING, Packet

from .sabotage import Guard, firmware_without_all
from .site import Site

# A task that stands still, and one that lets nothing else run.
STUCK: Guard = ("node/app.py", "await asyncio.sleep_ms(HEALTH_MS)", "await asyncio.sleep(100000)")
DEAF: Guard = ("node/app.py", "await self.port.received()", "await asyncio.sleep(100000)")
RESTING: Guard = ("node/app.py", "pulse.rest(self.port.has_input)", "pulse.rest()")
BUSY: Guard = ("node/app.py", "await asyncio.sleep_ms(HEALTH_MS)", "time.sleep(100000)")
FED_ALWAYS: Guard = ("node/watchdog.py", "if pulse.missing(now):", "if False:")
FAULT: Guard = (
    "node/app.py",
    "            self.memory.look()\n            self._say_health",
    "            {}[1]\n            self._say_health",
)
# As it would be without the hard reset before the prompt: the watchdog cannot be stopped.
WATCHED_PROMPT: Guard = (
    "node/start.py",
    "    if kept.take_prompt():\n",
    "    if kept.take_prompt():\n        Watchdog().start()\n",
)
LEAK: Guard = (
    "node/app.py",
    "            self.memory.look()\n            self._say_health",
    "            self.leak = [bytearray(6000), getattr(self, 'leak', None)]\n"
    "            self.memory.look()\n            self._say_health",
)


async def _start(world: World, folder: Path, *guards: Guard, role: str = "sensor") -> Node:
    """Start a board whose firmware lacks something, and wait for its first hello."""
    paths = firmware_without_all(folder, guards)
    node = await world.start_node(role, tcp=None, paths=paths)
    assert (await _hello(node))["reset"] == "power_on"
    return node


async def _hello(node: Node, timeout: float = 20) -> dict[str, Any]:
    payloads = protocol_route.module("serial_payloads")
    hello: dict[str, Any] = payloads.parse_json((await node.wait_line("hello", timeout)).payload)
    return hello


@pytest.mark.parametrize("role", ["sensor", "display"])
async def test_a_task_that_stands_still_has_the_watchdog_reset_the_board(
    world: World, tmp_path: Path, role: str
):
    node = await _start(world, tmp_path, STUCK, role=role)
    hello = await _hello(node, 60)
    assert (hello["reset"], hello["why"], hello["boots"]) == ("watchdog", "health stuck", 2)


async def test_a_watchdog_that_is_always_fed_notices_nothing(world: World, tmp_path: Path):
    node = await _start(world, tmp_path, STUCK, FED_ALWAYS)
    with pytest.raises(NodeError, match="no hello"):
        await _hello(node, 120)


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_console_that_does_not_take_what_is_typed_has_the_watchdog_reset_the_board(
    world: World, tmp_path: Path, guarded: bool
):
    node = await _start(world, tmp_path, DEAF, *([] if guarded else [RESTING]))
    await world.sleep(300)
    assert node.restarts == 0  # nobody has typed anything
    node.uart.feed(b"\n")
    if guarded:
        hello = await _hello(node, 70)
        assert (hello["reset"], hello["why"]) == ("watchdog", "console stuck")
        return
    with pytest.raises(NodeError, match="no hello"):
        await _hello(node, 300)


async def test_a_task_that_lets_nothing_else_run_has_the_watchdog_reset_the_board(
    world: World, tmp_path: Path
):
    node = await _start(world, tmp_path, BUSY)
    hello = await _hello(node, 40)
    assert (hello["reset"], hello.get("why")) == ("watchdog", None)


async def test_safe_mode_has_no_watchdog_until_the_node_is_rebooted(world: World, tmp_path: Path):
    node = await _start(world, tmp_path, STUCK)
    await node.command("safe")
    hello = await _hello(node)
    assert (hello["reset"], hello["why"], hello["safe"]) == ("reset", "safe command", True)
    with pytest.raises(NodeError, match="no hello"):
        await _hello(node, 120)
    await node.command("reboot")
    assert not (await _hello(node))["safe"]
    assert (await _hello(node, 60))["reset"] == "watchdog"


async def test_safe_mode_gives_the_prompt_to_whoever_types_ctrl_c(world: World):
    node = await world.start_node("sensor", tcp=None)
    await node.command("safe")
    await _hello(node)
    node.uart.feed(b"\x03")
    await node.wait_text(">>> ")
    await world.sleep(60)
    assert node.restarts == 1


async def test_ctrl_c_while_a_start_fails_gives_a_prompt_without_a_watchdog(
    world: World, tmp_path: Path
):
    paths = firmware_without_all(
        tmp_path, [("sensor/main.py", "    table = AdvertTable()", "    table = 1 / 0")]
    )
    node = await world.start_node("sensor", tcp=None, paths=paths)
    await node.wait_text("ZeroDivisionError")
    await world.sleep(25)
    assert node.restarts >= 2  # it goes on trying
    node.uart.feed(b"\x03")
    await node.wait_text(">>> ")
    restarts = node.restarts
    await world.sleep(60)
    assert node.restarts == restarts


@pytest.mark.parametrize("watched", [False, True])
async def test_the_prompt_stays_as_long_as_somebody_needs_it(
    world: World, tmp_path: Path, watched: bool
):
    node = await _start(world, tmp_path, *([WATCHED_PROMPT] if watched else []), role="display")
    await node.command("repl")
    await node.wait_text(">>> ")
    restarts = node.restarts
    node.uart.feed(b"\x01")
    await node.wait_text("raw REPL")
    await world.sleep(300)
    assert (node.restarts > restarts) == watched


async def test_ctrl_d_at_the_prompt_starts_the_node_with_its_watchdog(world: World):
    node = await world.start_node("sensor", tcp=None)
    await node.command("repl")
    await node.wait_text(">>> ")
    node.uart.feed(b"\x04")
    hello = await _hello(node)
    assert (hello["reset"], hello["safe"]) == ("soft", False)


async def test_memory_that_runs_out_ends_in_a_restart_that_says_why(world: World, tmp_path: Path):
    node = await _start(world, tmp_path, LEAK)
    hello = await _hello(node, 600)
    assert (hello["reset"], hello["why"]) == ("reset", "memory exhausted")


async def test_a_traceback_can_be_read_page_by_page(world: World, tmp_path: Path):
    node = await _start(world, tmp_path, FAULT)
    await world.sleep(12)
    text, at, end = "", 0, 1
    while at < end:
        page = await node.command("log", **{"from": at})
        text, at, end = text + page["text"], page["next"], page["end"]
    assert "error health: KeyError: 1\nTraceback" in text
    assert 'File "' in text


JUDGED: Guard = ("node/radio_link.py", "            self._judge_silence()", "            pass")


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_radio_that_stops_receiving_is_started_afresh(
    world: World, tmp_path: Path, guarded: bool
):
    firmware = firmware_without_all(tmp_path, [] if guarded else [JUDGED])
    site = await Site(world, display_firmware=firmware).start()
    _stop_receiving(site.display)
    await world.sleep(1)  # for what lies in its ring
    assert not await site.gained(30)
    assert bool(await site.gained(60)) == guarded
    assert site.display.restarts == 1  # the one of the provisioning


def _stop_receiving(node: Node) -> None:
    """Let ESP-NOW receive nothing until it is started again (#18224)."""
    radio = node.radio
    take, empty = radio.take, radio.empty

    def lose(packet: Packet) -> bool:
        packet.end(NOT_LISTENING)
        return False

    def start_again() -> None:
        empty()
        radio.take, radio.empty = take, empty  # type: ignore[method-assign]

    radio.take, radio.empty = lose, start_again  # type: ignore[method-assign]
