"""What Victron devices do to their counter, and what the two nodes make of it."""

from pathlib import Path

import pytest

from simulator import Node, World, protocol_route
from simulator.envelope import seal_envelope
from simulator.provision import provision
from simulator.replay import advertisement

from .sabotage import firmware_without

ADDRESS = bytes.fromhex("C0A1B2C3D4E5")
KEY = bytes(range(16))
TEMPLATE = bytes.fromhex("100289A302") + bytes(2) + KEY[:1] + bytes(16)
PAYLOAD = bytes(16)
REPEAT_S = 0.2
JUDGE = "protocol/advertisement.py"


def md_of(nonce: int) -> bytes:
    """Return a battery monitor's message: always the same, under another number."""
    return seal_envelope(TEMPLATE, KEY, nonce, PAYLOAD)


class Nodes:
    """A sensor and a display node, and which readings came out of the latter."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shown: list[int] = []
        self.messages: list[bytes] = []
        self.sensor: Node
        self.display: Node

    async def start(self, paths: tuple[Path, ...] = ()) -> None:
        options = {"paths": paths} if paths else {}
        self.display = await self.world.start_node("display", tcp=None, **options)
        self.sensor = await self.world.start_node("sensor", tcp=None, **options)
        await provision(self.display, "display")
        await provision(self.sensor, "sensor")
        self.display.on_line(self._note)
        await self.world.sleep(5)

    def _note(self, line: object) -> None:
        if line.kind == "adv":
            md = protocol_route.module("serial_payloads").parse_advert(line.payload)[4]
            if md not in self.messages[-1:]:
                self.messages.append(md)
            nonce = md[5] | md[6] << 8
            if nonce not in self.shown[-1:]:
                self.shown.append(nonce)

    async def hear(self, *nonces: int) -> None:
        """Let a device send these messages, each for a second."""
        for nonce in nonces:
            for _ in range(5):
                self.world.advertise(ADDRESS, advertisement(md_of(nonce)))
                await self.world.sleep(REPEAT_S)


@pytest.fixture
def nodes(world: World) -> Nodes:
    return Nodes(world)


async def test_the_counter_may_wrap(nodes: Nodes):
    await nodes.start()
    await nodes.hear(0xFFFE, 0xFFFF, 0, 1)
    await nodes.world.sleep(1)
    assert nodes.shown == [0xFFFE, 0xFFFF, 0, 1]


async def test_readings_stop_if_the_counter_is_taken_for_endless(nodes: Nodes, tmp_path: Path):
    guard = "behind = (previous - nonce) & 0xFFFF"
    await nodes.start(firmware_without(tmp_path, JUDGE, guard, "behind = previous - nonce"))
    await nodes.hear(0xFFFE, 0xFFFF, 0, 1)
    await nodes.world.sleep(1)
    assert nodes.shown == [0xFFFE, 0]


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_late_repeat_does_not_bring_an_old_reading_back(
    nodes: Nodes, tmp_path: Path, guarded: bool
):
    paths: tuple[Path, ...] = ()
    if not guarded:
        guard = "return LATE if behind <= _LATE_WINDOW else NEW"
        paths = firmware_without(tmp_path, JUDGE, guard, "return NEW")
    await nodes.start(paths)
    await nodes.hear(100, 101, 100, 102)
    await nodes.world.sleep(1)
    assert nodes.shown == ([100, 101, 102] if guarded else [100, 101, 100, 102])


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_device_that_restarts_a_little_behind_is_believed_after_its_silence(
    nodes: Nodes, tmp_path: Path, guarded: bool
):
    """As with a phone connected, or its power taken: silence, then a counter from anywhere."""
    paths: tuple[Path, ...] = ()
    if not guarded:
        guard = "previous < 0 or silent_ms > _RESTART_SILENCE_MS"
        paths = firmware_without(tmp_path, JUDGE, guard, "previous < 0")
    await nodes.start(paths)
    await nodes.hear(500)
    await nodes.world.sleep(70)
    await nodes.hear(480, 481)
    await nodes.world.sleep(1)
    assert nodes.shown == ([500, 480, 481] if guarded else [500])


async def test_a_device_that_restarts_far_from_where_it_was_is_believed_at_once(nodes: Nodes):
    await nodes.start()
    await nodes.hear(500, 9, 10)
    await nodes.world.sleep(1)
    assert nodes.shown == [500, 9, 10]


async def test_silence_while_a_phone_is_connected_shows_on_the_panel_and_ends_with_it(
    nodes: Nodes,
):
    await nodes.start()
    await nodes.display.command("key", mac=ADDRESS.hex(), key=KEY.hex(), name="Aft")

    async def page() -> list[str]:
        """Return the picture below its first line; alarms, which have one of their own, are acknowledged."""
        await nodes.display.command("acknowledge")
        await nodes.world.sleep(2)
        return nodes.display.oled.text().splitlines()[6:]

    await nodes.hear(1, 2, 3)
    fresh = await page()
    await nodes.world.sleep(90)
    silent = await page()
    await nodes.hear(80, 81, 82)
    assert silent != fresh
    assert await page() == fresh


async def test_a_changed_key_stops_the_numbers_not_the_node(nodes: Nodes):
    await nodes.start()
    await nodes.display.command("key", mac=ADDRESS.hex(), key=KEY.hex(), name="Aft")
    await nodes.hear(1, 2)
    before = nodes.display.oled.text()
    other = bytes(range(16, 0, -1))
    for nonce in range(3, 6):
        changed = seal_envelope(TEMPLATE, other, nonce, PAYLOAD)
        nodes.world.advertise(ADDRESS, advertisement(changed))
        await nodes.world.sleep(1)
    assert nodes.display.oled.text() != before
    assert nodes.display.crash is None
