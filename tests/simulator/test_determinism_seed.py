"""What follows from the world's seed in virtual time, and what must not differ from run to run."""

import re
from pathlib import Path

from simulator import Node, World
from simulator.provision import SITE_KEY, epoch_of, site_key_of

from .conftest import said, script_starter

_CHANCE = """
import network, os, random
print("from here", network.WLAN(0).config("mac").hex(), end=" | ")
print(os.urandom(40).hex(), end=" | ")
print([random.getrandbits(30) for _ in range(3)], end=" | ")
print(random.randint(1, 1000000), "end")
"""


async def _chance(node: Node) -> list[str]:
    """Return the four parts of what the script prints."""
    text = await said(node, " end")
    return re.findall(r"from here (.*) end", text)[-1].split(" | ")


async def _chances(seed: int, folder: Path, real_time: bool = False) -> list[object]:
    """Return all that chance decides for two boards and the host."""
    async with World(seed, real_time) as world:
        start_script = script_starter(world, folder)
        boards = [await start_script(_CHANCE) for _ in range(2)]
        parts = [part for board in boards for part in await _chance(board)]
        return [*parts, site_key_of(world), epoch_of(world) // 100]


async def test_the_same_seed_gives_the_same_chances(tmp_path: Path):
    assert await _chances(3, tmp_path) == await _chances(3, tmp_path)


async def test_another_seed_and_another_board_give_other_chances(tmp_path: Path):
    one, other = await _chances(3, tmp_path), await _chances(4, tmp_path)
    assert [
        number for number, pair in enumerate(zip(one, other, strict=True)) if pair[0] == pair[1]
    ] == []
    assert len(set(map(str, one))) == len(one)


async def test_in_real_time_chance_is_chance(tmp_path: Path):
    one, other = await _chances(3, tmp_path, True), await _chances(3, tmp_path, True)
    for number in (1, 2, 3, 5, 6, 7):  # all but the addresses
        assert one[number] != other[number]
    assert one[8] == other[8] == SITE_KEY


async def test_a_restarted_board_throws_new_dice(world: World, tmp_path: Path):
    node = await script_starter(world, tmp_path)(_CHANCE)
    first = await _chance(node)
    node.uart.output.clear()
    node.reset()
    same = [a == b for a, b in zip(first, await _chance(node), strict=True)]
    assert same == [True, False, False, False]


async def test_memory_lies_at_the_same_addresses_in_each_board(world: World, tmp_path: Path):
    start_script = script_starter(world, tmp_path)
    texts = [
        await said(await start_script("print('at', id([]), 'end')", name="one"), "end")
        for _ in range(4)
    ]
    assert len({re.findall(r"at (\d+) end", text)[0] for text in texts}) == 1


async def test_the_name_decides_not_the_turn(tmp_path: Path):
    found = []
    for names in (("one", "two"), ("two", "one")):
        async with World(5, real_time=False) as world:
            start_script = script_starter(world, tmp_path)
            boards = {name: await start_script(_CHANCE, name=name) for name in names}
            found.append({name: (await _chance(board))[1] for name, board in boards.items()})
    assert found[0] == found[1]
    assert found[0]["one"] != found[0]["two"]
