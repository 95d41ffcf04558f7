"""Commands to the display node: sent until they are acknowledged, and whose an answer is."""

import asyncio
import gc
from collections import Counter
from collections.abc import Generator
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.victron_espnow.commands import NO_ACK, CommandError, Commands
from custom_components.victron_espnow.protocol import serial_line

type Sent = tuple[int, str, dict[str, Any]]


class Wire:
    """What was written, as a node reads it."""

    def __init__(self) -> None:
        self.lines: list[serial_line.Line] = []

    def write(self, data: bytes) -> None:
        self.lines.append(serial_line.parse(data.strip(b"\n")))

    @property
    def commands(self) -> list[Sent]:
        return [serial_line.parse_command(line.payload) for line in self.lines]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def commands(wire: Wire) -> Commands:
    return Commands(wire, Counter())  # type: ignore[arg-type]


@pytest.fixture
def quick() -> Generator[None]:
    with patch("custom_components.victron_espnow.commands.ACK_TIMEOUT_S", 0.01):
        yield


def ask(commands: Commands, name: str = "key") -> asyncio.Task[dict[str, Any]]:
    return asyncio.create_task(commands.run(name, {}))


def ok(number: int, **data: Any) -> str:
    return serial_line.encode_ack(number, data)


async def test_answer_reaches_who_asked(commands: Commands) -> None:
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(ok(1, held=3))
    assert await asking == {"held": 3}


async def test_refusal_reaches_who_asked(commands: Commands) -> None:
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(serial_line.encode_ack(1, error="broken"))
    with pytest.raises(CommandError, match="broken"):
        await asking


async def test_answer_to_another_question_is_nobodys(commands: Commands) -> None:
    """A late answer to a command that was given up must not pass for one to the next."""
    asking = ask(commands)
    await asyncio.sleep(0)
    for foreign in (0, 2, 0xFFFF):
        commands.take_ack(ok(foreign, held="another's"))
    commands.take_ack(ok(1, held="ours"))
    assert await asking == {"held": "ours"}


async def test_answer_before_anything_was_asked_is_nobodys(commands: Commands) -> None:
    commands.take_ack(ok(0))
    commands.take_ack(serial_line.encode_ack(1, error="broken"))
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(ok(1))
    assert await asking == {}


async def test_first_of_two_answers_counts(commands: Commands) -> None:
    """A command that was sent twice is acknowledged twice, maybe in the same breath."""
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(ok(1, held="first"))
    commands.take_ack(serial_line.encode_ack(1, error="second"))
    assert await asking == {"held": "first"}


@pytest.mark.usefixtures("quick")
async def test_command_is_repeated_as_it_was_and_then_given_up(
    commands: Commands, wire: Wire
) -> None:
    with (
        patch("custom_components.victron_espnow.commands.COMMAND_RETRIES", 2),
        pytest.raises(CommandError, match=NO_ACK),
    ):
        await ask(commands)
    assert wire.commands == [(1, "key", {})] * 3  # one number: the node obeys it once
    assert [line.sequence for line in wire.lines] == [0, 1, 2]


async def test_next_command_waits_for_the_answer_to_the_one_before(
    commands: Commands, wire: Wire
) -> None:
    """A node's input holds one line."""
    first, second = ask(commands), ask(commands, "limits")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert wire.commands == [(1, "key", {})]
    commands.take_ack(ok(1))
    await first
    await asyncio.sleep(0)
    assert wire.commands == [(1, "key", {}), (2, "limits", {})]
    commands.take_ack(ok(2, held=2))
    assert await second == {"held": 2}


@pytest.mark.usefixtures("quick")
async def test_command_that_was_given_up_does_not_hold_up_the_next(commands: Commands) -> None:
    with pytest.raises(CommandError, match=NO_ACK):
        await ask(commands)
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(ok(1, held="too late"))
    commands.take_ack(ok(2, held="in time"))
    assert await asking == {"held": "in time"}


async def test_numbers_begin_anew_when_they_get_too_large_for_a_line(
    commands: Commands, wire: Wire
) -> None:
    """A link that stands for months."""
    for _ in range(0x10000):
        commands.say_hello()
    asking = ask(commands)
    await asyncio.sleep(0)
    number, name, _ = wire.commands[-1]
    assert (wire.lines[-1].sequence, number, name) == (0, 1, "key")
    commands.take_ack(ok(number, held=1))
    assert await asking == {"held": 1}


async def test_refusal_that_comes_when_nobody_waits_any_more_is_forgotten(
    commands: Commands,
) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: complaints.append(what))
    asking = ask(commands)
    await asyncio.sleep(0)
    commands.take_ack(serial_line.encode_ack(1, error="broken"))
    asking.cancel()
    await asyncio.wait((asking,))
    del asking
    gc.collect()
    await asyncio.sleep(0)
    asyncio.get_running_loop().set_exception_handler(None)
    assert not complaints
