"""The stand-in's severities at the real scanner: each guard is needed."""

from pathlib import Path

import pytest

from simulator import World
from simulator.foreign import ForeignSource

from .sabotage import Guard, firmware_without_all
from .test_bluetooth_devices import Nodes, md_of

TABLE, SCANNER = "sensor/advert_table.py", "sensor/scanner.py"
# A fault of ours that broken AD structures bring out; the handler's guard has to bear it.
NO_BOUNDS: Guard = (
    TABLE,
    "        if not MIN_LENGTH <= length <= MAX_LENGTH:\n            return\n",
    "",
)
NO_EXCEPT: Guard = (
    SCANNER,
    "except BaseException as error:",
    "except StopAsyncIteration as error:",
)
DEFAULT_WINDOW: Guard = (SCANNER, "(FOR_EVER, INTERVAL_US, self._window_us, PASSIVE)", "(FOR_EVER)")
KEEPS_VIEWS: tuple[Guard, ...] = (
    (TABLE, "self._md = bytearray(SLOTS * MAX_LENGTH)", "self._md = [b''] * SLOTS"),
    (
        TABLE,
        "        for index in range(length):\n"
        "            self._md[first + index] = advertisement[start + index]\n",
        "        self._md[slot] = advertisement[start : start + length]\n",
    ),
    (TABLE, "self._md[first : first + MAX_LENGTH]", "self._md[slot]"),
)
EIGHT = [md_of(nonce) for nonce in range(1, 9)]


async def _shown(world: World, folder: Path, *guards: Guard) -> list[bytes]:
    """Return what comes out of nodes without these guards, for eight messages beside strangers'."""
    nodes = Nodes(world)
    await nodes.start(firmware_without_all(folder, guards))
    strangers = ForeignSource(period_us=100_000)
    world.add_source(strangers)
    await world.sleep(2)
    await nodes.hear(*range(1, 9))
    await world.sleep(1)
    return nodes.messages


async def test_everything_comes_out_whatever_else_is_in_the_air(world: World, tmp_path: Path):
    assert await _shown(world, tmp_path) == EIGHT


async def test_a_fault_in_the_handler_costs_one_advertisement(world: World, tmp_path: Path):
    assert await _shown(world, tmp_path, NO_BOUNDS) == EIGHT


@pytest.mark.parametrize(
    ("guards", "most"),
    [((NO_BOUNDS, NO_EXCEPT), 0), ((DEFAULT_WINDOW,), 3), (KEEPS_VIEWS, 0)],
    ids=["uncaught exception", "default window", "views kept"],
)
async def test_readings_stay_out_without_the_guard(
    world: World, tmp_path: Path, guards: tuple[Guard, ...], most: int
):
    shown = await _shown(world, tmp_path, *guards)
    assert len([one for one in shown if one in EIGHT]) <= most
