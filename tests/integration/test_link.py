"""The link once it stands: a node that turns into something else, floods, and answers too late."""

import asyncio
from binascii import crc32
from collections import Counter
from collections.abc import Generator
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

import pytest
import serialx
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir

from custom_components.victron_espnow import issues
from custom_components.victron_espnow.budget import Budget
from custom_components.victron_espnow.const import (
    BYTES_PER_SECOND,
    DOMAIN,
    FLOOD_PAUSE_S,
    SILENCE_S,
    WORK_AHEAD_S,
)
from custom_components.victron_espnow.link import Connection
from custom_components.victron_espnow.port import LinkError
from custom_components.victron_espnow.protocol import serial_line

from .conftest import Clock, SetUp, counters, subentry, until
from .fake_node import BOOT_NOISE, NODE_MAC, PtyNode, Victron

OTHER_MAC = "246F280000FF"
LINK = "custom_components.victron_espnow.link"
STREAM = "custom_components.victron_espnow.stream"


def connection(reader: asyncio.StreamReader | None = None) -> Connection:
    return Connection("/dev/x", reader or asyncio.StreamReader(), Mock(), Counter())


def health(sequence: int) -> bytes:
    return serial_line.encode(sequence, "health", "{}")


# A node that turns into something else


@pytest.fixture
def impatient() -> Generator[None]:
    with patch(f"{LINK}.SILENCE_S", 0.3), patch(f"{LINK}.HELLO_TIMEOUT_S", 0.6):
        yield


async def lost_reason(entry: Any) -> str:
    """Return why the link was given up."""
    reasons: list[str] = []
    original = issues.report_link

    def noted(hass: Any, entry: Any, err: LinkError, **more: Any) -> None:
        reasons.append(err.reason)
        original(hass, entry, err, **more)

    with patch.object(issues, "report_link", noted):
        await until(lambda: reasons)
    return reasons[0]


async def chatter(node: PtyNode, data: bytes) -> None:
    while True:
        node.write(data)
        await asyncio.sleep(0.05)


@pytest.mark.usefixtures("impatient")
async def test_node_that_turns_to_another_version_in_mid_session_is_named(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    """A display node updated while Home Assistant holds the port."""
    entry = await set_up()
    node.version = 9
    talking = asyncio.create_task(chatter(node, node.line("health", "{}")))
    assert await lost_reason(entry) == "newer_line_version"
    assert not entry.runtime_data.connected
    assert issue_registry.async_get_issue(DOMAIN, f"newer_line_version_{entry.entry_id}")
    talking.cancel()
    node.version = serial_line.VERSION
    await until(lambda: entry.runtime_data.connected)
    assert not issue_registry.issues


@pytest.mark.usefixtures("impatient")
async def test_node_in_a_boot_loop_is_not_taken_for_alive(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.answers_hello = False
    booting = asyncio.create_task(chatter(node, BOOT_NOISE))
    assert await lost_reason(entry) == "something_else"
    booting.cancel()
    node.answers_hello = True
    await until(lambda: entry.runtime_data.connected)


@pytest.mark.usefixtures("impatient")
async def test_prompt_that_echoes_our_own_words_is_not_taken_for_a_node(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()

    def repl(data: bytes) -> None:
        node.write(b">>> " + data.replace(b"\n", b"\r\n"))

    with patch.object(node, "receive", repl):
        assert await lost_reason(entry) == "something_else"
    assert counters(entry)["echo"] > 0
    await until(lambda: entry.runtime_data.connected)


@pytest.mark.usefixtures("impatient")
async def test_node_that_says_nothing_at_all_is_silent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.answers_hello = False
    assert await lost_reason(entry) == "silent"


async def test_noise_between_good_lines_is_no_reason_to_give_up(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, clock: Clock
) -> None:
    entry = await set_up()
    await until(lambda: entry.runtime_data.connected)
    hellos = node.hellos
    with patch(f"{LINK}.time", clock), patch(f"{STREAM}.time", clock):
        for _ in range(5):
            clock.tick(SILENCE_S * 0.9)
            lines = counters(entry)["lines"]
            node.write(BOOT_NOISE)
            node.send("health", "{}")
            await until(lambda lines=lines: counters(entry)["lines"] > lines)
    assert entry.runtime_data.connected
    assert not counters(entry)["link_lost"]
    assert node.hellos == hellos  # it was not even asked


async def test_time_limit_of_the_transport_itself_is_a_lost_link() -> None:
    """A socket without its peer raises TimeoutError at every read: asking again would spin."""
    reader = asyncio.StreamReader()
    reader.set_exception(TimeoutError("Connection timed out"))
    with pytest.raises(LinkError, match="lost"):
        async with asyncio.timeout(1):
            await connection(reader).next_line()


async def test_node_is_asked_at_each_silence_and_given_up_only_without_an_answer() -> None:
    reader = asyncio.StreamReader()
    clock = Clock()
    clock.stop()
    with patch(f"{LINK}.time", clock), patch(f"{STREAM}.time", clock):
        one = connection(reader)
        for silence in (1, 2):
            clock.tick(SILENCE_S)
            assert one._patience() > 0
            clock.tick(0.5)
            assert one._patience() > 0
            assert one._writer.write.call_count == silence
            reader.feed_data(health(silence))
            await one.next_line()


BROKEN = [OSError("gone"), serialx.SerialException("gone")]


@pytest.mark.parametrize("raised", BROKEN)
async def test_port_that_broke_is_a_lost_link(raised: Exception) -> None:
    reader = asyncio.StreamReader()
    one = connection(reader)
    reader.set_exception(raised)
    with pytest.raises(LinkError, match="lost"):
        await one.next_line()
    one._writer.write.side_effect = raised
    with pytest.raises(LinkError, match="lost"):
        await one.command("key", {})


async def test_port_that_ends_is_a_lost_link() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(health(0))
    reader.feed_eof()
    one = connection(reader)
    await one.next_line()
    with pytest.raises(LinkError, match="lost"):
        async with asyncio.timeout(1):
            await one.next_line()


@pytest.mark.parametrize("raised", [*BROKEN, TimeoutError()])
async def test_port_that_broke_can_be_closed(raised: Exception) -> None:
    one = connection()
    one._writer.wait_closed = AsyncMock(side_effect=raised)
    await one.close()


async def test_port_that_does_not_close_is_waited_for_a_moment_only() -> None:
    one = connection()
    one._writer.wait_closed = asyncio.Event().wait
    with patch(f"{LINK}.CLOSE_TIMEOUT_S", 0.01):
        async with asyncio.timeout(1):
            await one.close()


async def test_the_last_that_could_be_told_of_the_version_counts() -> None:
    """Noise tells nothing; a good line tells that it is ours."""
    reader = asyncio.StreamReader()
    one = connection(reader)
    signed = b"#V9 1 hello {}"
    reader.feed_data(signed + b" *%08x\nnoise\n" % crc32(signed))
    with patch(f"{LINK}.HELLO_TIMEOUT_S", 0.2), patch(f"{LINK}.HELLO_EVERY_S", 0.1):
        with pytest.raises(LinkError, match="newer_line_version"):
            await one.greet()
        reader.feed_data(health(0))
        with pytest.raises(LinkError, match="something_else"):
            await one.greet()


# Is it a node?


HELLO = {"role": "display", "mac": NODE_MAC.replace(":", "")}


def hello(sequence: int) -> bytes:
    return serial_line.encode(sequence, "hello", serial_line.encode_json(HELLO))


async def test_greeting_is_repeated_until_it_is_heard() -> None:
    """A board that boots has no ears yet."""
    reader = asyncio.StreamReader()
    one = connection(reader)
    with patch(f"{LINK}.HELLO_TIMEOUT_S", 30), patch(f"{LINK}.HELLO_EVERY_S", 0.01):
        greeting = asyncio.create_task(one.greet())
        await until(lambda: one._writer.write.call_count == 3)
        reader.feed_data(hello(0))
        assert (await greeting).mac == NODE_MAC


async def test_what_comes_before_the_hello_is_not_taken_for_it() -> None:
    """The node goes on with its work; and a hello may be damaged in a way that no CRC tells."""
    reader = asyncio.StreamReader()
    one = connection(reader)
    sensor_node = '{"mac":"246F28000002","role":"sensor"}'
    for number, (kind, payload) in enumerate(
        [("node", sensor_node), ("hello", '{"mac":'), ("hello", "{}"), ("health", sensor_node)]
    ):
        reader.feed_data(serial_line.encode(number, kind, payload))
    reader.feed_data(hello(4))
    greeted = await one.greet()
    assert (greeted.role, greeted.mac) == ("display", NODE_MAC)
    assert one.counters["malformed_payload"] == 1
    assert one.counters["bad_mac"] == 1


async def test_acknowledgement_that_cannot_be_read_is_counted() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(serial_line.encode(0, "ack", "1 ok [") + health(1))
    one = connection(reader)
    assert (await one.next_line()).kind == "health"
    assert one.counters["malformed_payload"] == 1


# Lost lines


async def lost(*lines: bytes) -> int:
    """Return how many lines are missed when these come in."""
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(lines))
    one = connection(reader)
    for _ in lines:
        await one.next_line()
    return one.counters["lost_lines"]


async def test_numbers_of_lines_begin_anew_behind_the_last_one() -> None:
    assert await lost(health(0xFFFE), health(0xFFFF), health(0)) == 0
    assert await lost(health(0xFFFE), health(2)) == 3


async def test_node_that_begins_anew_lost_nothing() -> None:
    """Shortly before its numbers began anew anyway, it looks like some lines that are missing."""
    assert await lost(health(0xFFF0), hello(0), health(1)) == 0
    assert await lost(health(0xFFF0), hello(0), health(3)) == 2


# Another board


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"mac": OTHER_MAC}, "other_node"), ({"role": "sensor"}, "sensor_node")],
)
async def test_board_swapped_in_mid_session_gets_no_keys(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
    change: dict[str, str],
    reason: str,
) -> None:
    """A serial server keeps its connection open while somebody plugs in another board."""
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: node.keys)
    healthy = dict(node.hello)
    node.keys.clear()
    node.hello.update(change)
    node.say_hello()
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"{reason}_{entry.entry_id}"))
    assert not entry.runtime_data.connected
    assert entry.runtime_data.hello.mac == NODE_MAC
    await asyncio.sleep(0.3)
    assert not node.keys
    node.hello = healthy
    await until(lambda: entry.runtime_data.connected and node.keys)
    assert not issue_registry.issues


# Backends


@pytest.mark.parametrize(
    "raised", [ConfigEntryNotReady("ESPHome is not loaded"), RuntimeError("a backend's own")]
)
async def test_whatever_a_backend_raises_is_a_port_that_cannot_be_opened_yet(
    hass: HomeAssistant, set_up: SetUp, raised: Exception
) -> None:
    with patch("serialx.open_serial_connection", side_effect=raised):
        entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_open"
    assert entry.error_reason_translation_placeholders["error"] == str(raised)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_fault_of_ours_is_counted(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up()
    entry.runtime_data.incoming.handlers["health"] = Mock(side_effect=RuntimeError("a bug"))
    node.send("health", "{}")
    await until(lambda: counters(entry)["fault"] == 1)
    assert "a bug" in caplog.text
    await until(lambda: entry.runtime_data.connected)
    caplog.clear()  # here an error in the log is right


# Floods


async def test_what_a_flood_swallowed_is_no_damaged_and_no_lost_line() -> None:
    reader = asyncio.StreamReader()
    one = connection(reader)
    with patch("custom_components.victron_espnow.budget.BYTES_PER_SECOND", 1000):
        reader.feed_data(health(0) + health(1)[:-6])
        await one.next_line()
        waiting = asyncio.create_task(one.next_line())
        await asyncio.sleep(0.05)
        reader.feed_data(b"x" * 2000)
        await asyncio.sleep(1.1)
        reader.feed_data(health(50))
        async with asyncio.timeout(2):
            assert (await waiting).sequence == 50
    assert one.counters["bad_crc"] == 0
    assert one.counters["lost_lines"] == 0


async def test_lines_that_are_one_too_many_are_counted_and_gone() -> None:
    reader = asyncio.StreamReader()
    one = connection(reader)
    with patch("custom_components.victron_espnow.budget.LINES_PER_SECOND", 3):
        reader.feed_data(b"".join(health(number) for number in range(10)))
        assert [(await one.next_line()).sequence for _ in range(3)] == [0, 1, 2]
        waiting = asyncio.create_task(one.next_line())
        await asyncio.sleep(0.1)
        reader.feed_data(health(10))  # a newline before the line, and one behind it
        await asyncio.sleep(1)
        reader.feed_data(health(50))
        async with asyncio.timeout(2):
            assert (await waiting).sequence == 50
    assert one.counters["flooded"] == 7 + health(10).count(b"\n")


async def test_flood_is_looked_at_now_and_then_only() -> None:
    """A stream that always has something is read without ever letting others in."""
    reads = 0

    class Flood(asyncio.StreamReader):
        async def read(self, n: int = -1) -> bytes:
            nonlocal reads
            reads += 1
            return b"x" * BYTES_PER_SECOND * 2

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await connection(Flood()).next_line()
    assert reads <= 2 + 1 / FLOOD_PAUSE_S


async def test_lines_that_keep_us_too_busy_are_a_flood(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, clock: Clock
) -> None:
    """On a slow machine, few lines a second may be more than it can do."""
    entry = await set_up()
    await until(lambda: entry.runtime_data.connected)
    entry.runtime_data.incoming.handlers["log"] = lambda _: clock.tick(WORK_AHEAD_S / 10)
    lines = counters(entry)["lines"]
    node.write(b"".join(node.line("log", "slow") for _ in range(100)))
    await until(lambda: counters(entry)["flooded"])
    assert 10 <= counters(entry)["lines"] - lines < 50
    assert entry.runtime_data.connected
    assert not counters(entry)["link_lost"]


def test_work_that_is_owed_is_paid_off_in_time() -> None:
    clock = Clock()
    clock.stop()
    with patch("custom_components.victron_espnow.budget.time", clock):
        budget = Budget()
        budget.worked(WORK_AHEAD_S)
        assert budget.take(1, 0)  # that much may be borrowed
        budget.worked(1)
        assert not budget.take(1, 0)
        clock.tick(1)
        assert not budget.take(1, 0)
        clock.tick(1)
        assert budget.take(1, 0)
