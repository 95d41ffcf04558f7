"""All that was ever found, on the interpreter of the boards: no crash there either, and the same is said as here."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.without import Guard, firmware_without
from tests.firmware.runner import ensure

from .__main__ import command
from .catalogue import HERE, OF_BOARDS
from .stand_ins import FAKES, FIRMWARE, PROJECT

HEAP = "4m"  # more than a chip has: sources, and nothing of them is given back
CRASH = "!"
# Each look at the clock takes a moment, and how often somebody looks hangs on the order of dictionaries.
_AGE = re.compile(r"(?<= -\d\d) \d+ ")
_LINE = re.compile(r"#V1 \d+ (\w+) (.*?)(\{.*\})? ?\*[0-9a-f]{8}")

type Answers = list[tuple[str, str]]  # each input, sealed, and what was said to it; in hex

pytestmark = pytest.mark.timeout(300)  # by the clock: the machine may have much else to do


def on_cpython(name: str) -> Answers:
    done = subprocess.run(
        command(name, tell=True), cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [(line.split(":")[0], line.split(":")[1]) for line in done.stdout.splitlines()]


def on_micropython(
    name: str, inputs: list[str], flash: Path, firmware: tuple[Path, ...]
) -> list[str]:
    """Return what was said to each input, in hex, or the story of a crash."""
    (flash / "inputs").write_text("".join(f"{one}\n" for one in inputs))
    program = [ensure().micropython, "-X", f"heapsize={HEAP}", HERE / "on_board" / "replay.py"]
    done = subprocess.run(
        [*program, name, "inputs", FAKES, *firmware, PROJECT / "tests"],
        cwd=flash, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    answers = done.stdout.splitlines()
    assert len(answers) == len(inputs), done.stderr[-3000:]
    return answers


@pytest.mark.parametrize("name", OF_BOARDS)
def test_what_was_found_is_answered_alike_on_both_interpreters(name: str, tmp_path: Path):
    here = on_cpython(name)
    assert len(here) > 10
    there = on_micropython(name, [sealed for sealed, _ in here], tmp_path, FIRMWARE)
    assert [answer for answer in there if answer.startswith(CRASH)] == []
    for (sealed, ours), theirs in zip(here, there, strict=True):
        assert _lines(theirs) == _lines(ours), bytes.fromhex(sealed)


# What works here and not there: target, what stands where, and what comes of it.
PLANTED: dict[str, tuple[str, Guard, str]] = {
    "a method that its texts have not": (
        "commands",
        (
            "protocol/serial_json.py",
            "    letters = []\n",
            "    letters = [] if text.isascii() else []\n",
        ),
        "AttributeError",
    ),
    "an exception that is none there": (
        "radio_down",
        ("sensor/orders.py", "    except ProtocolError:\n", "    except RecursionError:\n"),
        "Unforeseen",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_bug_of_the_boards_alone_is_seen(name: str, tmp_path: Path):
    where, guard, error = PLANTED[name]
    inputs = [sealed for sealed, _ in on_cpython(where)]
    (tmp_path / "flash").mkdir()
    there = on_micropython(
        where, inputs, tmp_path / "flash", firmware_without(tmp_path / "firmware", *guard)
    )
    stories = [answer for answer in there if answer.startswith(CRASH)]
    assert stories
    assert all(error in story for story in stories)


def test_another_answer_is_seen(tmp_path: Path):
    here = on_cpython("instant_readout")
    guard = ("protocol/records.py", "    return raw + _OFFSETS", "    return raw + 1 + _OFFSETS")
    (tmp_path / "flash").mkdir()
    there = on_micropython(
        "instant_readout", [sealed for sealed, _ in here], tmp_path / "flash",
        firmware_without(tmp_path / "firmware", *guard),
    )  # fmt: skip
    differ = [
        1 for (_, ours), theirs in zip(here, there, strict=True) if _lines(ours) != _lines(theirs)
    ]
    assert 0 < len(differ) < len(here)


def _lines(answer: str) -> list[str]:
    """Return the lines without their numbers and in any order: dictionaries have none there."""
    text = bytes.fromhex(answer).decode("latin-1")
    return sorted(_line(one) for one in text.split("\n"))


def _line(text: str) -> str:
    found = _LINE.fullmatch(text)
    if found is None:
        return _json(text) if text.startswith("{") else text
    kind, words, content = found.groups()
    if kind == "adv":
        words = _AGE.sub(" ", words)
    return f"{kind} {words} {_json(content) if content else ''}"


def _json(text: str) -> str:
    return json.dumps(_ordered(json.loads(text)), sort_keys=True)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(one) for name, one in value.items() if name != "age_ms"}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value
