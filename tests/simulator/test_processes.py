"""No MicroPython process outlives the world, however it ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from simulator import World
from simulator.interpreter import PROJECT

from .conftest import StartScript, said, script_starter

_PARENT = """
import asyncio, sys
sys.path.insert(0, {project!r})
from simulator import World
async def main():
    world = World(real_time=True)
    node = await world.start_node("sensor", entry={script!r}, tcp=None)
    await node.wait_text("busy")
    print(node.pid, flush=True)
    await world.sleep(60)
asyncio.run(main())
"""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_stopping_the_world_ends_every_board(tmp_path: Path):
    async with World(real_time=True) as world:
        start_script = script_starter(world, tmp_path)
        nodes = [await start_script("print('up')\nwhile True: pass") for _ in range(2)]
        for node in nodes:
            await said(node, "up")
        pids = [node.pid for node in nodes]
        assert all(map(_alive, pids))
    assert not any(map(_alive, pids))


async def test_a_killed_world_leaves_no_board_behind(tmp_path: Path):
    # the board neither asks nor waits: it would not notice that its wire is closed
    script = tmp_path / "busy.py"
    script.write_text("print('busy')\nwhile True: pass\n")
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(project=str(PROJECT), script=str(script))],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # it has no chance to tidy up
    )
    pid = int(parent.stdout.readline())
    assert _alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    alive = _alive(pid)
    if alive:
        os.kill(pid, signal.SIGKILL)
    assert not alive


async def test_a_restart_leaves_no_board_behind(world: World, start_script: StartScript):
    node = await start_script("print('up')\nimport time\ntime.sleep(1000)")
    await said(node, "up")
    first = node.pid
    node.reset()
    await world.sleep(1)
    assert node.pid not in (None, first)
    assert not _alive(first)


async def test_open_files_do_not_grow_with_restarts(world: World, start_script: StartScript):
    node = await start_script("import time\ntime.sleep(1000)")
    await world.sleep(1)
    before = _open_files()
    for _ in range(5):
        node.reset()
        await world.sleep(1)
    assert _open_files() == before
