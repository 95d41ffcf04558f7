"""A sleeping board is not woken for every advertisement, and its handler cannot tell."""

import pytest

from simulator import Node, World

from .conftest import StartScript, said

ADDRESS = bytes.fromhex("C03D5A89A301")
_SCAN = """
import bluetooth, time
seen = []
ble = bluetooth.BLE()
ble.active(True)
def handler(event, data):
    if event == 5:
        %s
ble.irq(handler)
ble.gap_scan(0, 100000, 100000, False)
print('ready')
"""
_NOTE = "seen.append((time.ticks_ms() // 10, bytes(data[4])))"


async def _advertise(world: World, count: int, apart: float) -> None:
    for number in range(count):
        at = world.timeline.now_us + round(number * apart * 1e6)
        world.timeline.at(at, lambda number=number: world.advertise(ADDRESS, bytes([number])))
    await world.sleep(count * apart)


async def test_the_handler_gets_each_one_with_the_time_it_came(
    world: World, start_script: StartScript
):
    node = await start_script(_SCAN % _NOTE + "time.sleep(2)\nprint(seen, 'end')")
    await said(node, "ready")
    await world.sleep(0.1 - node.uptime_ms / 1000)
    before = node.requests
    await _advertise(world, 10, 0.02)
    text = await said(node, "end")
    expected = [(10 + 2 * number, bytes([number])) for number in range(10)]
    assert f"{expected} end" in text
    assert node.requests - before < 5


async def test_each_can_be_handed_over_at_once_instead(world: World, start_script: StartScript):
    node = await start_script(_SCAN % _NOTE + "time.sleep(2)\nprint(len(seen), 'end')")
    await said(node, "ready")
    node.interrupts.gather_us = 0
    before = node.requests
    await _advertise(world, 10, 0.02)
    assert node.requests - before == 10
    await said(node, "10 end")


async def test_more_than_a_buffer_of_them_are_all_there(world: World, start_script: StartScript):
    node = await start_script(_SCAN % _NOTE + "time.sleep(2)\nprint(len(seen), 'end')")
    await said(node, "ready")
    await _advertise(world, 200, 0.001)
    await said(node, "200 end")


@pytest.mark.parametrize(
    "acts",
    ["flag.set()", "pin.value(0)"],
    ids=["a flag the program waits for", "a handler that asks the world"],
)
async def test_a_program_that_acts_on_one_hears_each_at_once(
    world: World, start_script: StartScript, acts: str
):
    node = await start_script(
        "import asyncio, machine\nflag = asyncio.ThreadSafeFlag()\npin = machine.Pin(2)\n"
        + _SCAN % acts
        + "async def main():\n"
        + ("    await flag.wait()\n" if "flag" in acts else "    await asyncio.sleep(1000)\n")
        + "    print('woke', time.ticks_ms())\nasyncio.run(main())"
    )
    await said(node, "ready")
    await world.sleep(1)
    if "pin" in acts:
        await _advertise(world, 1, 0.1)  # the first is late: nothing told that it would matter
        await world.sleep(0.1)
    before = world.timeline.now_us
    at = await _acted(world, node, acts)
    assert at - before < 2000


async def _acted(world: World, node: Node, acts: str) -> int:
    """Return when the board did what it does, in a world that nobody looks at meanwhile."""
    times: list[int] = []
    node.pins[2] = 1
    world.advertise(ADDRESS, b"x")
    event = world.timeline.now_us

    def look() -> None:
        done = node.pins[2] == 0 if "pin" in acts else "woke" in node.uart.text
        if done and not times:
            times.append(world.timeline.now_us)
        elif not times and world.timeline.now_us < event + 500_000:
            world.timeline.after(500, look)

    world.timeline.after(500, look)
    await world.sleep(0.6)
    assert times
    return times[0]
