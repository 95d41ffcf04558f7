"""A node that goes mad takes neither Home Assistant's time nor its memory.

It floods from a thread of its own, as another machine would, and what counts is the processor time
of one turn of the event loop: nobody can be kept waiting longer by us.
"""

import asyncio
import contextlib
import os
import select
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import BYTES_PER_SECOND, LINES_PER_SECOND

from .conftest import SetUp, counters, state, subentry, until
from .fake_node import TcpNode, Victron
from .test_pacing import shunt_payload

LONGEST_TURN_S = 0.05
FLOOD_S = 2.5

type Burst = Callable[[TcpNode, Victron], bytes]


def readings(node: TcpNode, shunt: Victron) -> bytes:
    return b"".join(node.advert_line(shunt.mac, shunt.frame()) for _ in range(2000))


def alarms_that_come_and_go(node: TcpNode, shunt: Victron) -> bytes:
    """Every line makes entities write at once."""
    payloads = [shunt_payload(11.4, -31.0, 12.3, 42, alarm=alarm) for alarm in (0b101, 0)]
    frames = [shunt.frame(payload=payloads[number % 2]) for number in range(2000)]
    return b"".join(node.advert_line(shunt.mac, frame) for frame in frames)


def words_of_many_nodes(node: TcpNode, _shunt: Victron) -> bytes:
    """Every line makes a dozen entities look at themselves."""
    said = '"uptime_s":5,"rssi":-70,"frames":1,"lost":1,"sent":1,"replaced":1,"dropped":1'
    return b"".join(
        node.line("node", f'{{"mac":"246F280001{number % 32:02X}",{said}}}')
        for number in range(2000)
    )


def malformed_lines(node: TcpNode, _shunt: Victron) -> bytes:
    return b"#V1 7 adv nonsense *00000000\n" * 10_000


def empty_lines(_node: TcpNode, _shunt: Victron) -> bytes:
    return b"\n#" * 100_000


def one_line_without_end(_node: TcpNode, _shunt: Victron) -> bytes:
    return b"x" * 300_000


@contextlib.contextmanager
def flooding(node: TcpNode, burst: bytes) -> Iterator[list[int]]:
    """Send the burst again and again, as fast as the socket takes it."""
    (writer,) = node._writers
    descriptor = writer.get_extra_info("socket").fileno()
    stop = threading.Event()
    sent = [0]

    def flood() -> None:
        rest = b""
        while not stop.is_set():
            if select.select([], [descriptor], [], 0.1)[1]:
                rest = rest or burst
                with contextlib.suppress(BlockingIOError):
                    written = os.write(descriptor, rest)
                    sent[0] += written
                    rest = rest[written:]

    thread = threading.Thread(target=flood)
    thread.start()
    yield sent
    stop.set()
    thread.join()


async def longest_turn(seconds: float) -> float:
    """Return the most processor time that the event loop spent before it came back here."""
    worst = 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = time.thread_time()
        await asyncio.sleep(0)
        worst = max(worst, time.thread_time() - before)
    return worst


@pytest.fixture
async def entry(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> MockConfigEntry:
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port)
    await until(lambda: entry.runtime_data.connected and tcp_node.keys)
    tcp_node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    return entry


async def until_heard(node: TcpNode, entry: MockConfigEntry, shunt: Victron) -> None:
    """Wait for a new value: it is said until it is no longer behind what is thrown away."""
    (device,) = entry.runtime_data.devices.values()

    def heard() -> bool:
        if not node._writers:
            return False
        node.advertise(shunt, shunt.frame(payload=shunt_payload(13.9, 0, 50, 9)))
        return bool(device.fields["battery_voltage_v"] == 13.9)

    await until(heard, 30)


@pytest.mark.parametrize(
    "burst",
    [
        readings,
        alarms_that_come_and_go,
        words_of_many_nodes,
        malformed_lines,
        empty_lines,
        one_line_without_end,
    ],
)
async def test_no_flood_blocks_home_assistant(
    tcp_node: TcpNode, entry: MockConfigEntry, shunt: Victron, burst: Burst
) -> None:
    data = burst(tcp_node, shunt)
    with flooding(tcp_node, data):
        await asyncio.sleep(0.5)  # entities come into being, once
        worst = await longest_turn(FLOOD_S)
    print(f"{burst.__name__}: longest turn {worst * 1000:.1f} ms")
    assert worst < LONGEST_TURN_S
    assert entry.runtime_data.connected
    await until_heard(tcp_node, entry, shunt)


async def test_what_is_too_much_is_thrown_away_and_counted(
    tcp_node: TcpNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    handled = counters(entry)["lines"]
    with flooding(tcp_node, readings(tcp_node, shunt)):
        await asyncio.sleep(FLOOD_S)
    assert counters(entry)["lines"] - handled <= (FLOOD_S + 2) * LINES_PER_SECOND
    assert counters(entry)["flooded"] > 1000


async def test_few_long_lines_are_a_flood_as_well(
    tcp_node: TcpNode, entry: MockConfigEntry
) -> None:
    """Each second has room for 400 lines, but not for 200 kB of them."""
    tcp_node.write(b"".join(b"%500d\n" % number for number in range(390)))
    await until(lambda: counters(entry)["flooded"])
    assert counters(entry)["not_ours"] <= BYTES_PER_SECOND / 500 + 10
    await until(lambda: tcp_node.send("health", '{"after":1}') or counters(entry)["lines"] > 2)
    assert entry.runtime_data.connected


@pytest.mark.parametrize("burst", [malformed_lines, one_line_without_end])
async def test_memory_is_bounded(
    tcp_node: TcpNode, entry: MockConfigEntry, shunt: Victron, burst: Burst
) -> None:
    """Ten thousand malformed lines, or one line that never ends."""
    data = burst(tcp_node, shunt)
    with flooding(tcp_node, data) as sent:
        await asyncio.sleep(0.5)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        start = sent[0]
        await until(lambda: sent[0] - start > 10_000_000)
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    print(f"{burst.__name__}: {grown} bytes more after {sent[0]} were sent")
    assert grown < 1_000_000
    assert entry.runtime_data.connected


async def test_endless_line_is_counted_and_forgotten(
    tcp_node: TcpNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    tcp_node.write(b"#V1 7 adv " + b"A" * 5000 + b"\n")
    await until_heard(tcp_node, entry, shunt)
    assert counters(entry)["line_too_long"] == 1
