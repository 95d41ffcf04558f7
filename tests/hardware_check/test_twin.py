"""The check against the twin's boards: the real firmware, in virtual time."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

from hardware_check.__main__ import main
from hardware_check.console import Console
from hardware_check.talk import Talk
from simulator import World, trailer
from simulator.world import Node

LOOK_S = 0.2  # waking the boards is what costs
STEPS = "hello,memory,hmac,i2c,air,scanning,channels"


class TwinStream:
    """A board's serial port for a thread; time goes by while it reads."""

    def __init__(self, world: World, node: Node, loop: asyncio.AbstractEventLoop) -> None:
        self._world = world
        self._node = node
        self._loop = loop
        self._out = bytearray()
        node.uart.listen(self._out.extend)

    def read(self) -> bytes:
        self.wait(LOOK_S)
        data = bytes(self._out)
        self._out.clear()
        return data

    def wait(self, seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(self._world.sleep(seconds), self._loop).result()

    def write(self, data: bytes) -> None:
        self._loop.call_soon_threadsafe(self._node.uart.feed, data)

    def close(self) -> None:
        """A simulated wire needs no letting go."""


def micropython_of(hello: dict[str, Any]) -> tuple[int, ...]:
    return tuple(map(int, hello["mp"].split(".")[:2]))


async def test_both_boards_of_the_twin_are_measured(tmp_path: Path) -> None:
    """Its radio is deaf while it scans, as some real ones are (esp-idf#17874)."""
    said = io.StringIO()
    report = tmp_path / "report.md"
    async with World(real_time=False) as world:
        await trailer.put_into(world, 1)
        loop = asyncio.get_running_loop()
        nodes = {node.name: node for node in world.nodes}

        def opened(url: str) -> Console:
            stream = TwinStream(world, nodes[url], loop)
            return Console(stream, lambda: world.now, stream.wait)

        words = ["--port", "display", "--sensor-port", "sensor", "--output", str(report)]
        words += ["--only", STEPS, "--seconds", "10", "--channels", "1"]
        code = await asyncio.to_thread(main, words, Talk(said, silent=True), opened)
    text = report.read_text()
    figures = json.loads(text.partition("```json")[2].partition("```")[0])
    # A unix port may be older than what a chip must have; nothing else is wrong.
    too_old = [one["verdict"] != "ok" for one in figures["steps"]["hello"]]
    assert too_old == [micropython_of(one) < (1, 29) for one in figures["steps"]["hello"]]
    assert code == int(any(too_old)), said.getvalue()
    assert figures["complete"] is True
    steps: dict[str, list[dict[str, Any]]] = figures["steps"]
    assert [one["role"] for one in steps["hello"]] == ["display", "sensor"]
    assert all(one["heap_low"] > 30_000 for one in steps["memory"])
    assert all(one["us"] > 0 for one in steps["hmac"])
    assert 20 < steps["i2c"][0]["ms"] < 40  # 1080 bytes at 400 kHz
    devices = [one for one in steps["air"] if one["what"].startswith("Victron device ")]
    assert len(devices) == 3
    assert all(one["per_minute"] > 50 for one in devices)
    (radio,) = (one for one in steps["air"] if one["what"].startswith("radio"))
    assert radio["frames"] > 5
    paused, scanning = steps["scanning"]
    assert paused["came"] >= 7
    assert scanning["came"] <= 3  # a receipt that the uplink waits for pauses the scan as well
    assert [one["channel"] for one in steps["channels"]] == [1, 6]
    assert all(one["found_s"] < 10 for one in steps["channels"])
