"""The image: reproducible, small, mounted by MicroPython itself, and a node that waits to be provisioned."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flashing import image, program
from flashing.chips import CHIPS, Chip, by_key
from flashing.errors import FlashError
from simulator import World
from simulator.provision import provision

from .conftest import StartFlashed

ROLES = ("display", "sensor")
SIZES = {4 << 20: 512, 8 << 20: 1536, 16 << 20: 3584}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path):
    """Elsewhere, in another language, time zone and order of sets, closed to others, nothing kept from before."""
    elsewhere = tmp_path / "a folder" / "ä"
    for name in ("flashing", "firmware", "custom_components/victron_espnow/protocol"):
        shutil.copytree(program.PROJECT / name, elsewhere / name, copy_function=shutil.copyfile)
    file = tmp_path / "other.bin"
    other = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}
    environment = {**os.environ, **other, "LC_ALL": "C", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "flashing", "sensor", "--image", file]
    subprocess.run(command, cwd=elsewhere, env=environment, check=True, umask=0o077)
    assert file.read_bytes() == image.build("sensor", 512).content


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_small_and_its_image_quickly_made(role: str):
    image.build(role, 512)
    started = time.monotonic()
    made = image.build(role, 512)
    assert time.monotonic() - started < 5
    print(f"\n{role}: {made.program_bytes} bytes, {made.page_bytes} of them for browsers")
    assert made.program_bytes <= image.MOST_ROLE_BYTES


@pytest.mark.parametrize("role", ROLES)
def test_a_module_is_called_by_a_name_that_the_board_has_anyway(role: str):
    """Each file name in byte code would be one more name that the heap keeps for ever."""
    assert not [name for name, data in program.application(role).items() if b".py\0" in data]


def test_only_what_a_role_uses_goes_on_its_board():
    sensor, display = (program.application(role) for role in ("sensor", "display"))
    assert {"application.mpy", "manifest.json", "sensor/main.mpy"} <= set(sensor)
    both = b"".join(sensor.values()), b"".join(display.values())
    for word, where in (
        (b"starts", (True, True)),  # node/good.py
        (b"battery relay fault", (False, True)),  # words.txt
        (b"cryptolib", (False, True)),
        (b"oled_offset", (False, True)),  # in a table that is named in a text only
        (b"scan_duty", (True, False)),
        (b"esptool", (False, False)),
    ):
        assert tuple(word in code for code in both) == where, word


def test_the_list_of_files_is_right():
    files = program.application("sensor")
    content = json.loads(files.pop("manifest.json"))
    assert (content["role"], content["fw"]) == ("sensor", program.version())
    assert content["files"] == {name: len(data) for name, data in files.items()}
    assert content == json.loads(program.manifest("sensor", files))
    name = "sensor/main.mpy"
    other = files | {name: files[name][:-1] + bytes([files[name][-1] ^ 1])}
    assert json.loads(program.manifest("sensor", other))["sha256"] != content["sha256"]


@pytest.mark.parametrize(("flash_bytes", "blocks"), SIZES.items())
async def test_micropython_mounts_the_image_and_the_node_waits_to_be_provisioned(
    world: World, start_flashed: StartFlashed, flash_bytes: int, blocks: int
):
    assert image.block_count(flash_bytes) == blocks
    made = image.build("display", blocks)
    node = await start_flashed(made.content, blocks=blocks)
    hello = json.loads((await node.wait_line("hello")).payload)
    assert (hello["role"], hello["provisioned"]) == ("display", False)
    assert hello["fw"] == program.version()
    assert node.crash is None


async def test_an_image_for_another_flash_size_is_not_mounted(start_flashed: StartFlashed):
    node = await start_flashed(image.build("sensor", 512).content + b"\xff" * 4096 * 8, blocks=520)
    await node.wait_text("The filesystem appears to be corrupted.")


@pytest.mark.parametrize("role", ROLES)
async def test_a_node_is_provisioned_and_keeps_it(start_flashed: StartFlashed, role: str):
    node = await start_flashed(image.build(role, 512).content, role)
    await provision(node, role)
    node.power_cycle()
    hello = json.loads((await node.wait_line("hello")).payload)
    assert (hello["role"], hello["provisioned"]) == (role, True)


async def test_pins_that_differ_on_a_chip_are_in_its_image(start_flashed: StartFlashed):
    made = image.build("display", 512, by_key("ESP32-C3"), {"pin_buzzer": 10})
    node = await start_flashed(made.content)
    await node.wait_line("hello")
    options = (await node.command("options"))["options"]
    assert {name: options[name] for name in ("pin_scl", "pin_sda", "pin_button", "pin_buzzer")} == {
        "pin_scl": 6,
        "pin_sda": 5,
        "pin_button": 9,
        "pin_buzzer": 10,
    }


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.key)
def test_what_people_are_told_to_wire_is_what_the_image_expects(chip: Chip):
    docs = program.PROJECT / "docs"
    pins = chip.pins
    row = rf"^\| {chip.name}( \(.*?\))? \|.*\| {pins['pin_sda']}, {pins['pin_scl']} \| {pins['pin_button']} \(BOOT\)"
    assert re.search(row, (docs / "flashing.md").read_text(encoding="utf-8"), re.MULTILINE)
    picture = (docs / "wiring.svg").read_text(encoding="utf-8")
    column = re.search(rf'x="(\d+)"[^>]*>{chip.name}<', picture)
    assert column
    below = re.findall(rf'x="{column[1]}"[^>]*>([^<]+)<', picture)
    assert below == [chip.name, "3V3", "GND", str(pins["pin_sda"]), str(pins["pin_scl"])]


class Filled(ast.NodeTransformer):
    """Puts a module's constants where their names stand."""

    def __init__(self, constants: dict[str, ast.expr]) -> None:
        self.constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.constants.get(node.id, node)


def constant(module: str, name: str) -> Any:
    """Return a constant of the firmware's source."""
    tree = ast.parse((program.FIRMWARE / module).read_text(encoding="utf-8"))
    known = {
        ast.unparse(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)
    }
    assert name in known, f"{module} has no {name}"
    return ast.literal_eval(Filled(known).visit(known[name]))


def test_people_read_in_the_docs_what_they_read_on_the_oled():
    docs = (program.PROJECT / "docs" / "flashing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| OLED: (.*?) \|", docs, re.MULTILINE)
    told = [text.replace(",", "") for row in rows for text in re.findall(r"\*(.+?)\*", row)]
    causes = constant("display/cause_page.py", "_CAUSES").values()
    shown = [" ".join(filter(str.isupper, lines)) for lines in causes]
    shown += constant("display/frame.py", "_REASONS").values()
    assert sorted(told) == sorted(shown)


def test_people_read_in_the_docs_how_the_lamp_flashes():
    docs = (program.PROJECT / "docs" / "flashing.md").read_text(encoding="utf-8")
    source = "display/sounder.py"
    rhythms = re.search(r"RHYTHMS = \{.*?\}", (program.FIRMWARE / source).read_text(), re.DOTALL)
    assert rhythms
    critical, warning = re.findall(r'"([01]+)"', rhythms[0])
    reminder = constant(source, "REMINDER")
    every = [len(one) * constant(source, "TICK_MS") / 1000 for one in (critical, warning, reminder)]
    flashes = [len(re.findall("1+", one)) for one in (critical, warning, reminder)]
    assert flashes == [3, 1, 1]
    assert f"Three flashes every {every[0]:g} s: critical alarm." in docs
    assert f"One every {every[1]:g} s: warning." in docs
    assert f"Short flash every {every[2]:g} s: an alarm that stands" in docs


def test_the_classic_needs_no_options():
    assert "options.json" not in image.files_of("display")
    assert "options.json" in image.files_of("display", CHIPS[1])


def test_a_pin_that_the_role_does_not_have_is_named():
    with pytest.raises(FlashError, match="A sensor node has no pin_scl"):
        image.build("sensor", 512, own_pins={"pin_scl": 5})


@pytest.mark.parametrize(
    ("chip", "pin", "sentence"),
    [
        ("esp32", 6, "there the ESP32 has its flash"),
        ("esp32", 40, "0 to 39"),
        ("esp32s3", 32, "there the ESP32-S3 has its flash"),
        ("esp32c3", 22, "0 to 21"),
        ("esp32c6", 31, "0 to 30"),
        ("esp32", -2, "-1 is none"),
    ],
)
def test_a_pin_that_the_chip_does_not_have_is_named(chip: str, pin: int, sentence: str):
    with pytest.raises(FlashError, match=sentence):
        image.build("display", 512, by_key(chip), {"pin_sda": pin})


def test_a_flash_that_is_too_small_is_named():
    with pytest.raises(FlashError, match="2 MB of flash; 4 MB are needed"):
        image.block_count(2 << 20)
