"""Files on LittleFS: the power goes away at every single write, or the flash is full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Node, World
from simulator.flash import BLOCK, Flash

from .conftest import StartScript
from .sabotage import firmware_without

PREPARE, CHANGE = 6, 5  # pins: low has the script do it
MOST_WRITES = 60
JSON_FILE = "node/json_file.py"

# What each store of the firmware holds before and after a change.
STORES = {
    "config": """
from node.config import Config
store = Config("sensor")
def settings(name):
    return {"role": "sensor", "name": name, "node_key": "0f" * 16, "site_tag": 513}
def prepare():
    store.provision(settings("old"))
def change():
    store.provision(settings("new"))
def show():
    return store.name, store.provisioned, store.problem
""",
    "keys": """
from display.key_store import take
from display.keys import Keys
store = Keys()
def push(number, name):
    take(store, {"mac": "%02x" % number * 6, "key": "ab" * 16, "name": name})
def prepare():
    for number in range(5):
        push(number, "old")
def change():
    push(1, "new")
def show():
    return len(store), store.name_of(b"\\1" * 6), store.problem
""",
    "proofs": """
from display.key_store import prove, take
from display.keys import Keys
store = Keys()
def prepare():
    for number in range(5):
        take(store, {"mac": "%02x" % number * 6, "key": "ab" * 16, "name": ""})
def change():
    prove(store, [b"\\1" * 6, b"\\2" * 6])
def show():
    return len(store), sorted(store.doubts), store.problem
""",
    "limits": """
from display import limit_store
from display.limits import Limits
store = Limits()
class AnyKey:
    def key_of(self, mac):
        return mac
def push(low):
    limit_store.take(store, AnyKey(), b"\\1" * 6, {"soc_low": low})
def prepare():
    push(30)
def change():
    push(40)
def show():
    return store.entries, store.problem
""",
    "acknowledged": """
from display.alarms import Alarm
from display.notes import Notes
store = Notes()
def take(kind):
    store.take([Alarm(b"\\1" * 6, kind, "warning", 150, 200, 0)])
    store.keep(None)
def prepare():
    take("soc_low")
def change():
    take("soc_critical")
def show():
    return len(store), store.problem
""",
    "orders": """
from display.orders import Orders
class Nodes:
    nodes = {b"\\1" * 6: None}
class Log:
    said = []
    def warning(self, text):
        self.said.append(text)
store = Orders(Nodes, Log())
def prepare():
    store.command({"mac": "01" * 6, "name": "old"})
def change():
    if store.waiting(b"\\1" * 6) < 2:
        store.command({"mac": "01" * 6, "scan_duty": 50})
def show():
    return store.waiting(b"\\1" * 6), Log.said
""",
    "options": """
from node.options import Options
store = Options()
store.add_table("node.option_table")
def prepare():
    store.set({"name": "old"})
def change():
    store.set({"name": "new"})
def show():
    return store["name"], store.problems
""",
    "home": """
from sensor.home import Home
store = Home()
def prepare():
    store.remember(b"\\1" * 6, 1)
def change():
    store.remember(b"\\2" * 6, 13)
def show():
    return store.mac, store.channel
""",
}
LIFE = """
import machine, os, time
def when(pin, act):
    if not machine.Pin(pin).value():
        act()
when(6, prepare)
when(5, change)
print("holds", show(), "end")
time.sleep(1000)
"""


async def _life(world: World, node: Node, do: int | None = None) -> str | None:
    """Let the board live once; return what the store holds, None if the power went away."""
    node.lose_power()
    node.uart.output.clear()
    node.pins.clear()
    if do is not None:
        node.pins[do] = 0
    node.give_power()
    await world.until(lambda: node.off or node.crash or " end" in node.uart.text, 30, 0.05)
    assert node.crash is None, node.uart.text
    return None if node.off else node.uart.text.split("holds ")[1].split(" end")[0]


async def _cuts(world: World, node: Node, torn: bool) -> Iterator[str]:
    """Cut a change at each of its writes; return what the store held afterwards."""
    image = node.chip.content
    found = []
    for write in range(MOST_WRITES):
        node.lose_power()
        node.chip.content = image
        node.chip.cut_after(write, torn)
        if await _life(world, node, CHANGE) is not None:
            return iter(found)
        found.append(str(await _life(world, node)))
    raise AssertionError("no end of writes")


async def _prepared(start: StartScript, world: World, script: str, **options: object) -> Node:
    node = await start(script + LIFE, **options)
    node.chip.slow = False
    assert await _life(world, node, PREPARE) is not None
    return node


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("store", STORES)
async def test_a_store_is_old_or_new_after_a_power_cut_at_any_write(
    world: World, start_script: StartScript, store: str, torn: bool
):
    node = await _prepared(start_script, world, STORES[store])
    old = await _life(world, node)
    found = list(await _cuts(world, node, torn))
    node.chip.cut_after(None)
    new = await _life(world, node, CHANGE)
    assert old != new
    assert len(found) >= 3
    assert set(found) <= {old, new}
    assert await _life(world, node) == new
    assert node.chip.overwritten == 0


# Other ways to replace a file. LittleFS itself carries what is written in one go over a power cut.
IN_PLACE = ('    beside = path + ".new"', "    beside = path")
DELETE_FIRST = (
    "    os.rename(beside, path)",
    "    if path in os.listdir():\n        os.remove(path)\n    os.rename(beside, path)",
)
IN_TWO_STEPS = (
    '    with open(beside, "w") as file:\n        json.dump(content, file)\n    os.rename(beside, path)',
    '    text = json.dumps(content)\n    with open(path, "w") as file:\n'
    "        file.write(text[:9])\n        file.flush()\n        file.write(text[9:])",
)


@pytest.mark.parametrize(
    ("way", "careless"), [(DELETE_FIRST, True), (IN_TWO_STEPS, True), (IN_PLACE, False)]
)
async def test_a_power_cut_shows_which_ways_of_replacing_a_file_are_careless(
    world: World, start_script: StartScript, tmp_path: Path, way: tuple[str, str], careless: bool
):
    paths = firmware_without(tmp_path / "copy", JSON_FILE, *way)
    node = await _prepared(start_script, world, STORES["config"], paths=paths)
    found = set(await _cuts(world, node, torn=False))
    assert any("'old'" not in one and "'new'" not in one for one in found) is careless, found


FULL = """
def fill():
    try:
        for number in range(1000):
            with open("ballast%d" % number, "wb") as file:
                file.write(bytes(600))
    except OSError as error:
        print("full", error.args[0])
prepare_store = prepare
change_store = change
def prepare():
    prepare_store()
    fill()
def change():
    try:
        change_store()
    except OSError as error:
        print("refused", error.args[0])
    store.__init__()
"""


async def test_a_full_flash_refuses_a_change_and_keeps_the_old_file(
    world: World, start_script: StartScript
):
    node = await start_script(STORES["keys"] + FULL + LIFE)
    node.lose_power()
    (node.flash / "vfs.bin").unlink()
    node.chip = Flash(node.flash / "vfs.bin", node.lose_power, blocks=12)
    old = await _life(world, node, PREPARE)
    assert "full 28" in node.uart.text
    assert await _life(world, node, CHANGE) == old
    assert "refused 28" in node.uart.text


OUT_OF_MEMORY = """
from node import json_file
class Json:
    load = json_file.json.load
    def dump(self, content, file):
        file.write("{")
        raise MemoryError
change_store = change
def change():
    json_file.json = Json()
    try:
        change_store()
    except MemoryError:
        print("out of memory")
    store.__init__("sensor")
"""


@pytest.mark.parametrize("in_place", [False, True])
async def test_a_fault_while_writing_keeps_the_old_file_unless_it_is_written_in_place(
    world: World, start_script: StartScript, tmp_path: Path, in_place: bool
):
    options = {}
    if in_place:
        options["paths"] = firmware_without(tmp_path / "copy", JSON_FILE, *IN_PLACE)
    script = STORES["config"] + OUT_OF_MEMORY
    node = await _prepared(start_script, world, script, **options)
    held = await _life(world, node, CHANGE)
    assert "out of memory" in node.uart.text
    assert (held == "('old', True, '')") is not in_place, held


async def test_an_empty_flash_is_formatted_and_a_damaged_one_is_not(
    world: World, start_script: StartScript
):
    node = await _prepared(start_script, world, STORES["home"])
    node.lose_power()
    node.chip.content = bytes(2 * BLOCK) + node.chip.content[2 * BLOCK :]
    node.uart.output.clear()
    node.give_power()
    await world.sleep(10)
    assert node.uart.text.count("The filesystem appears to be corrupted.") > 2
    node.lose_power()
    node.chip.content = b"\xff" * len(node.chip.content)
    assert await _life(world, node) == "(None, 0)"


async def test_writing_holds_the_interpreter_as_long_as_the_chip_needs(
    world: World, start_script: StartScript
):
    node = await start_script(
        """
        import time
        start = time.ticks_ms()
        with open("a", "w") as file:
            file.write("a" * 5000)
        print("took", time.ticks_diff(time.ticks_ms(), start), "end")
        """
    )
    await node.wait_text(" end")
    assert 80 < int(node.uart.text.split("took ")[1].split()[0]) < 400
