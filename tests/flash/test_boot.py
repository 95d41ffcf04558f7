"""Two application directories: a start that fails three times gives way to the other, and the good one stays."""

import json

import pytest

from flashing import image, program
from simulator import Node, World

from .conftest import StartFlashed, on_flash

SAYS = """
def run():
    print("this is {0}")
"""
FAILS = """
def run():
    raise ValueError("not good")
"""
CANNOT_BE_IMPORTED = "import nothing_of_that_name\n"
GOOD_S = 60


def app(source: str) -> dict[str, bytes]:
    return {"application.mpy": program.compiled("application.py", source.encode())}


def board(active: str | None = "a", **directories: dict[str, bytes]) -> bytes:
    files = {"main.py": program.boot()}
    if active is not None:
        files["active"] = active.encode()
    for name, content in directories.items():
        files |= {f"{name}/{path}": data for path, data in content.items()}
    return image.packed(files, 512)


def failed_starts(node: Node) -> int:
    return int.from_bytes(node.nvs.stored("boot", "starts"), "little") - (1 << 31)


@pytest.mark.parametrize(
    ("active", "directories", "expected"),
    [
        ("a", "ab", "this is a"),
        ("b", "ab", "this is b"),
        (None, "ab", "this is a"),
        ("b", "a", "this is a"),
        ("a", "b", "this is b"),
        ("x", "ab", "this is b"),
        ("a", "", "No application"),
    ],
)
async def test_the_directory_that_is_named_starts_or_the_one_that_is_there(
    start_flashed: StartFlashed, active: str | None, directories: str, expected: str
):
    content = {name: app(SAYS.format(name)) for name in directories}
    node = await start_flashed(board(active, **content))
    await node.wait_text(expected)


@pytest.mark.parametrize("bad", [FAILS, CANNOT_BE_IMPORTED])
async def test_after_three_failed_starts_the_other_directory_gets_its_chance(
    world: World, start_flashed: StartFlashed, bad: str
):
    node = await start_flashed(board(a=app(bad), b=app(SAYS.format("b"))))
    text = await node.wait_text("this is b", 60)
    assert text.count("Traceback") == 3
    assert node.crash is None


async def test_when_neither_works_both_are_tried_in_turn(world: World, start_flashed: StartFlashed):
    other = FAILS.replace("not good", "neither")
    node = await start_flashed(board(a=app(FAILS), b=app(other)))
    await world.until(lambda: node.uart.text.count("Traceback") >= 9, 120, 1)
    said = [word for word in node.uart.text.split() if word in ("good", "neither")]
    assert said[:9] == ["good"] * 3 + ["neither"] * 3 + ["good"] * 3


async def test_the_application_that_works_is_the_one_that_stays(
    world: World, start_flashed: StartFlashed
):
    content = board(a=app(FAILS), b=program.application("sensor"))
    node = await start_flashed(content, "sensor")
    hello = json.loads((await node.wait_line("hello", 60)).payload)
    assert hello["problem"] == "fell_back"
    assert on_flash(node, "active") == b"a"
    await world.sleep(GOOD_S + 5)
    assert on_flash(node, "active") == b"b"
    assert failed_starts(node) == 0
    node.power_cycle()
    hello = json.loads((await node.wait_line("hello")).payload)
    assert "problem" not in hello


async def test_a_node_that_a_host_restarts_has_not_failed(
    world: World, start_flashed: StartFlashed
):
    node = await start_flashed(
        board(a=program.application("sensor"), b=app(SAYS.format("b"))), "sensor"
    )
    for _ in range(4):
        await node.wait_line("hello")
        await node.command("reboot")
    await node.wait_line("hello")
    assert failed_starts(node) == 1


async def test_a_start_that_is_cut_short_three_times_counts_as_failed(
    world: World, start_flashed: StartFlashed
):
    content = board(a=program.application("sensor"), b=app(SAYS.format("b")))
    node = await start_flashed(content, "sensor")
    for _ in range(3):
        await node.wait_line("hello")
        node.power_cycle()
    await node.wait_text("this is b")


async def test_waking_from_deep_sleep_is_no_new_start(world: World, start_flashed: StartFlashed):
    sleeps = "import machine\ndef run():\n    print('awake')\n    machine.deepsleep(1000)\n"
    node = await start_flashed(board(a=app(sleeps), b=app(SAYS.format("b"))))
    await world.until(lambda: node.uart.text.count("awake") >= 6, 60, 0.5)
    assert "this is b" not in node.uart.text
    assert failed_starts(node) == 1
