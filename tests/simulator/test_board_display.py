"""The firmware's OLED driver at the panels that are sold as SSD1306, and at one that comes and goes."""

import random
from pathlib import Path

import pytest

from simulator import Node, World
from simulator.node import OLED_ADDRESS
from simulator.sh1106 import COLUMN_OFFSET, Sh1106
from simulator.ssd1306 import WIDTH, Ssd1306

from .conftest import StartScript
from .sabotage import firmware_without

type Picture = list[list[bool]]


async def _display(world: World, panel: Ssd1306, paths: tuple[Path, ...] = ()) -> Node:
    """Start a display node at a panel whose memory holds what it holds by chance."""
    options = {"paths": paths} if paths else {}
    node = await world.start_node("display", tcp=None, **options)
    panel.lose_power(random.Random(1))
    node.i2c[OLED_ADDRESS] = panel
    await node.wait_line("hello")
    await world.sleep(2)
    return node


async def test_the_picture_is_whole_on_an_ssd1306_whatever_was_in_its_memory(world: World):
    node = await _display(world, Ssd1306())
    lit = sum(map(sum, node.oled.rows()))
    assert 100 < lit < 2000  # words, and nothing beside them
    assert node.oled.unknown_commands == []


async def test_an_sh1106_needs_its_option_or_shows_the_picture_two_columns_off(world: World):
    right = (await _display(world, Ssd1306())).oled.rows()
    node = await _display(world, Sh1106())
    shown = node.oled.rows()
    assert node.oled.on
    assert [row[:-COLUMN_OFFSET] for row in shown] == [row[COLUMN_OFFSET:] for row in right]
    assert any(any(row[WIDTH - COLUMN_OFFSET :]) for row in shown)
    await node.command("set", oled_offset=COLUMN_OFFSET)
    node.reset()
    await world.sleep(3)
    assert node.oled.rows() == right
    assert node.oled.unknown_commands == []


_DRAW = """
import time
from machine import I2C, Pin
from display.oled import Oled
oled = Oled(I2C(0, scl=Pin(22), sda=Pin(21), freq=400000))
for turn in range(20):
    if oled.present or oled.start():
        oled.canvas.pixel(0, 0, turn & 1)
        oled.canvas.pixel(127, 63, 1)
        oled.show()
    time.sleep_ms(500)
print("end")
"""


@pytest.mark.parametrize("forgets", [True, False])
async def test_a_panel_that_was_missing_is_drawn_anew(
    world: World, start_script: StartScript, tmp_path: Path, forgets: bool
):
    options = {}
    if not forgets:
        guard = "                self._forget_sent()\n"
        options["paths"] = firmware_without(tmp_path, "display/oled.py", guard, "")
    node = await start_script(_DRAW, role="display", **options)
    await world.sleep(2)
    panel = node.i2c.pop(OLED_ADDRESS)
    await world.sleep(2)
    assert isinstance(panel, Ssd1306)
    panel.lose_power(random.Random(2))
    node.i2c[OLED_ADDRESS] = panel
    await world.sleep(0.8)  # sooner than page after page would be sent anew
    assert panel.on
    assert (sum(map(sum, panel.rows())) == 2) is forgets


@pytest.mark.parametrize(
    ("guard", "instead", "comes_back"),
    [
        ("if not self._refreshed:", "if not self._refreshed:", True),
        ("if not self._refreshed:", "if False:", False),
        (" or page == self._refreshed", "", False),
    ],
)
async def test_a_panel_that_restarts_between_two_transfers_is_back_within_seconds(
    world: World,
    start_script: StartScript,
    tmp_path: Path,
    guard: str,
    instead: str,
    comes_back: bool,
):
    """It acknowledges as before; only saying everything again now and then helps."""
    paths = firmware_without(tmp_path, "display/oled.py", guard, instead)
    node = await start_script(_DRAW, role="display", paths=paths)
    await world.sleep(2)
    node.oled.lose_power(random.Random(2))
    await world.sleep(4.6)
    lit = sum(map(sum, node.oled.rows()))
    assert (node.oled.on and lit <= 2) is comes_back
