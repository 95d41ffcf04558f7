"""A board that does not come back must not hold the virtual world for ever: it is named."""

import time

import pytest

from simulator import NodeError, World
from simulator.patience import StuckError

from .conftest import StartScript, said

LIMIT_S = 1.0


@pytest.mark.parametrize(
    ("does", "is_said"),
    [
        ("import sys\nsys.stdin.buffer.read(1)", "waiting for something of its own"),
        ("while True: pass", "computing"),
    ],
    ids=["blocks in stdin", "spins"],
)
async def test_a_board_that_does_not_come_back_is_named_with_what_it_did_last(
    world: World, start_script: StartScript, does: str, is_said: str
):
    world.patience.limit_s = LIMIT_S
    await start_script("import time\nwhile True: time.sleep(1)", name="innocent")
    await start_script(f"import machine\nprint('before')\nmachine.idle()\n{does}", name="culprit")
    started = time.monotonic()
    with pytest.raises(StuckError) as caught:
        await world.sleep(60)
    assert time.monotonic() - started < 10 * LIMIT_S
    text = str(caught.value)
    assert text.startswith("culprit has asked for nothing")
    assert is_said in text
    assert "last it asked for turn" in text
    assert "before" in text


async def test_a_board_that_takes_its_time_is_waited_for(world: World, start_script: StartScript):
    world.patience.limit_s = 20
    node = await start_script(
        "import utime\nend = utime.time() + 2\nwhile utime.time() < end: pass\nprint('done')"
    )
    await said(node, "done", timeout=1)


async def test_a_board_that_dies_is_restarted_while_the_world_goes_on(
    world: World, start_script: StartScript
):
    node = await start_script("import time, uos\ntime.sleep(4)\nuos.system('kill -9 $PPID')")
    await world.sleep(60)
    assert node.restarts >= 10
    assert {event["event"] for event in world.events} >= {"boot", "died"}


async def test_a_board_that_dies_at_every_start_is_given_up(
    world: World, start_script: StartScript
):
    node = await start_script("import uos\nuos.system('kill -9 $PPID')")
    with pytest.raises(NodeError, match="died 5 times"):
        await said(node, "never", timeout=100)
