"""Each target for a moment, with all that was ever found; and whether anything would be found at all."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.without import Guard, firmware_without

from . import corpus, toy
from .__main__ import command, table
from .catalogue import NAMES, target
from .hunt import Hunt
from .stand_ins import PROJECT

# Seconds of computing for each; most of what this folder takes is starting them.
SECONDS = {"hub": 1.2, "commands": 0.8, "radio_up": 0.8, "instant_readout": 0.8, "stores": 0.8}
OTHERS_S = 0.3
SEED = 1
PLANTED_S = 6  # it ends when it has found one
MOST_UNSEALED = 1500  # executions of what is refused at once

pytestmark = pytest.mark.timeout(600)  # by the clock: the machine may have much else to do


def hunt(name: str, seconds: float, **options: object) -> dict[str, Any]:
    words = command(name, seconds=seconds, seed=SEED, **options)
    done = subprocess.run(
        words, cwd=PROJECT, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert lines, done.stderr[-3000:]
    return json.loads(lines[-1])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_crashes_it(name: str):
    found = hunt(name, SECONDS.get(name, OTHERS_S))
    print(table([{**found, "seed": SEED}]))
    assert [crash["story"] for crash in found["crashes"]] == []
    # All inputs were run, and others: a hunt that does nothing finds nothing.
    assert found["executions"] > found["inputs"] + 20
    assert found["places"] > 90


# Bugs as they happen, each behind a CRC, a tag or an encryption: what, where, and the exception that it is.
PLANTED: dict[str, tuple[str, Guard, str]] = {
    "an argument that is no text": (
        "commands",
        (
            "display/commands.py",
            "    if severity not in (WARNING, CRITICAL):",
            "    if severity.lower() not in (WARNING, CRITICAL):",
        ),
        "AttributeError",
    ),
    "a strength that a receiver never has": (
        "radio_up",
        (
            "display/gateway.py",
            "        for reading in found:\n",
            "        for reading in found:\n            [0][max(0, reading[1])]\n",
        ),
        "IndexError",
    ),
    "an order without what it is for": (
        "radio_down",
        (
            "sensor/orders.py",
            '    identify = wanted.pop("identify", False)\n',
            '    identify = wanted.pop("identify")\n',
        ),
        "KeyError",
    ),
    "a value that is rarely sent": (
        "instant_readout",
        (
            "display/readings.py",
            "    scale = 10**digits\n",
            "    scale = 10**digits\n    value = 1 // (value + 1) if value < 0 else value\n",
        ),
        "ZeroDivisionError",
    ),
}


def planted(name: str, folder: Path, **options: object) -> list[str]:
    where, guard, _ = PLANTED[name]
    roots = firmware_without(folder, *guard)
    found = hunt(
        where, PLANTED_S, firmware=":".join(map(str, roots)), first=True, bare=True, **options
    )
    return [crash["what"].split(":")[0] for crash in found["crashes"]]


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str, tmp_path: Path):
    assert planted(name, tmp_path) == [PLANTED[name][2]]


@pytest.mark.parametrize(
    "name", ["an argument that is no text", "a strength that a receiver never has"]
)
def test_what_is_not_sealed_anew_finds_none(name: str, tmp_path: Path):
    assert planted(name, tmp_path, unsealed=True, most=MOST_UNSEALED) == []


@pytest.mark.parametrize(
    ("is_blind", "found"), [(False, ["KeyError"]), (True, [])], ids=["seeing", "blind"]
)
def test_what_was_reached_leads_further(is_blind: bool, found: list[str]):
    """Who keeps what got one step further gets there; who does not, does not."""
    one = Hunt(toy.five_steps, (toy.__file__,), [], SEED)
    try:
        one.is_blind, one.ends_at_first, one.most = is_blind, True, 30_000
        one.start([bytes(5)])
        crashes = one.go(10).crashes.values()
        assert [crash.what.split(":")[0] for crash in crashes] == found
    finally:
        one.coverage.close()


@pytest.mark.parametrize("what", ["Hang", "Greed"])
def test_what_takes_too_long_or_too_much_is_a_crash(what: str):
    one = Hunt(toy.takes_all, (toy.__file__,), [], SEED)
    try:
        crash = one.crash_of(what.encode())
        assert crash is not None
        assert crash.what.startswith(what)
        assert one.crash_of(b"neither") is None
    finally:
        one.coverage.close()


def test_what_nothing_survives_is_told_whole_and_inputs_that_can_be_run_no_more_are_kept():
    one = Hunt(toy.Mortal().feed, (toy.__file__,), [], SEED)
    try:
        one.start([b"first", b"poison", b"last"])
        assert [crash.data for crash in one.found.crashes.values()] == [b"poison"]
        assert one.smallest() == [b"first", b"poison", b"last"]
    finally:
        one.coverage.close()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_small_and_can_be_read(name: str):
    inputs = corpus.read(corpus.CORPUS, name) + corpus.read(corpus.CRASHES, name)
    assert sum(map(len, inputs)) < 64 * 1024
    assert len(inputs) == len(set(inputs))
    assert target(name).SEEDS


@pytest.mark.parametrize(
    "data", [b"", b"\\", b"#", b"\x00\xff\n", "é\ud800".encode("utf-8", "surrogatepass")]
)
def test_an_input_survives_being_written_down(data: bytes, tmp_path: Path):
    corpus.write(tmp_path, "any", [data, b"other"])
    assert sorted(corpus.read(tmp_path, "any")) == sorted([data, b"other"])
