"""Memory and sleep of a board: what is too little is noticed, what must survive survives."""

from pathlib import Path

import pytest

from simulator import NodeError, World
from simulator.node import HEAP, STANDINS_HEAP

from .conftest import StartScript, said
from .sabotage import firmware_without

TOO_SMALL = {"sensor": 48 * 1024, "display": 64 * 1024}


@pytest.mark.parametrize("role", TOO_SMALL)
async def test_a_heap_that_is_too_small_is_noticed(world: World, role: str):
    node = await world.start_node(role, tcp=None, heap=TOO_SMALL[role])
    with pytest.raises(NodeError, match="MemoryError"):
        await node.wait_line("health", timeout=15)


@pytest.mark.parametrize("role", TOO_SMALL)
async def test_the_usual_heap_is_enough(world: World, role: str):
    node = await world.start_node(role, tcp=None)
    await node.wait_line("health", timeout=15)
    assert node.crash is None


async def test_the_standins_are_subtracted(world: World, start_script: StartScript):
    node = await start_script("print('end')")
    await said(node, "end")
    standins, free = node.heap_report
    assert abs(standins - STANDINS_HEAP) < 4096
    assert HEAP * 0.93 < free < HEAP


_SLEEPER = """
import machine, time
rtc = machine.RTC()
print("cause", machine.reset_cause(), "memory", rtc.memory(), "clock", time.time(), "end")
if machine.reset_cause() == machine.PWRON_RESET:
    rtc.memory(b"kept")
    machine.deepsleep({duration})
"""


async def test_deep_sleep_keeps_rtc_memory_and_clock_and_ends_in_a_restart(
    world: World, start_script: StartScript
):
    node = await start_script(_SLEEPER.format(duration=60_000))
    await world.sleep(30)
    assert not node.running
    assert not node.off
    text = await said(node, "cause 4 memory b'kept' clock 6", timeout=40)
    assert "cause 1 memory b'' clock 0" in text


async def test_deep_sleep_without_a_time_is_for_ever(world: World, start_script: StartScript):
    node = await start_script(_SLEEPER.format(duration=""))
    await world.sleep(3600)
    assert node.off
    node.reset()
    await said(node, "cause 2 memory b'kept'")


# What the scan handler must not allocate for, as (address, advertisement).
_MD = bytes.fromhex("1000A0A302") + b"%c\0" + bytes.fromhex("00DDBA9D9B2F")
_FLAGS = bytes.fromhex("020106")


def _advert(nonce: int, company: bytes = b"\xe1\x02") -> bytes:
    md = _MD.replace(b"%c", bytes([nonce]))
    return _FLAGS + bytes([3 + len(md), 0xFF]) + company + md


_HANDLER = """
import gc, micropython
from sensor.advert_table import SLOTS, AdvertTable
from sensor.scanner import Scanner
table = AdvertTable()
scanner = Scanner(table)
def address(number):
    return b"\\xc0\\1\\2\\3\\4" + bytes((number,))
def cost(*events):
    shown = [(0, memoryview(address(number)), 3, -60, memoryview(data)) for number, data in events]
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    for one in shown:
        scanner.on_event(5, one)
    micropython.heap_unlock()
    return gc.mem_alloc() - before
DATA, NEWER, FOREIGN = {data!r}, {newer!r}, {foreign!r}
costs = [
    cost((0, DATA)), cost((0, DATA)), cost((0, NEWER)), cost((0, DATA)),
    cost(*[(number, DATA) for number in range(SLOTS)]), cost((SLOTS + 1, DATA)),
    cost((0, FOREIGN)), cost(*[(0, DATA[:end]) for end in range(len(DATA))]), cost((0, b"")),
]
print("costs", costs, "faults", scanner.faults)
print("counted", len(table), table.seen, table.repeats, table.late, table.dropped, "end")
"""


async def test_the_scan_handler_of_the_compiled_firmware_allocates_nothing(
    world: World, start_script: StartScript
):
    """A new address, a repeat, a newer and a late nonce, a full table, a stranger, cut structures."""
    script = _HANDLER.format(
        data=_advert(1), newer=_advert(2), foreign=_advert(1, company=b"\x4c\x00")
    )
    node = await start_script(script)
    text = await said(node, "end\n")
    assert f"costs {[0] * 9} faults 0" in text
    assert "counted 24 25 1 2 1 end" in text


async def test_an_allocation_in_the_handler_is_seen(
    world: World, start_script: StartScript, tmp_path: Path
):
    paths = firmware_without(
        tmp_path / "copy",
        "sensor/advert_table.py",
        "        found = find(advertisement)\n",
        "        found = find(bytes(advertisement))\n",
    )
    script = _HANDLER.format(data=_advert(1), newer=_advert(2), foreign=b"")
    node = await start_script(script, paths=paths)
    text = await said(node, "end\n")
    assert "faults 0" not in text


async def _smallest_heap(world: World, **options: object) -> int:
    """Return the kB with which a display node just starts that was not made small."""
    too_small, enough = 80, 240
    while enough - too_small > 2:
        tried = (too_small + enough) // 2
        heap = tried * 1024
        node = await world.start_node("display", tcp=None, heap=heap, as_flashed=False, **options)
        try:
            await node.wait_line("health", timeout=15)
            enough = tried
        except NodeError:
            too_small = tried
        await node.stop()
    return enough


async def test_collecting_early_is_what_lets_a_node_start_in_little_memory(
    world: World, tmp_path: Path
):
    paths = firmware_without(tmp_path, "node/memory.py", "    gc.threshold(COLLECT_EVERY)\n", "")
    least, without = await _smallest_heap(world), await _smallest_heap(world, paths=paths)
    print(f"display node: {least} kB, without collecting early {without} kB")
    assert least + 4 <= without
