"""Handler and main task of the sensor node, stopped in each other's way wherever they can be."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.interleave import interruptible
from simulator.interpreter import PROJECT, micropython

FIRMWARE, SHARED = PROJECT / "firmware", PROJECT / "custom_components" / "victron_espnow"
TABLE = FIRMWARE / "sensor" / "advert_table.py"
ON_BOARD = Path(__file__).parent / "on_board"

# One slot that anybody may have at once: then every new device puts the other one out.
CROWDED = (("SLOTS = 24", "SLOTS = 1"), ("FREE_AFTER_MS = 60_000", "FREE_AFTER_MS = -1"))

# What is taken out of the table, and what must be seen then.
GUARDS: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "the second look at the version": (
        (("if self._version[slot] != version:", "if False:"),),
        "torn",
    ),
    "the odd version's refusal": (
        (("if version == before or version & 1:", "if version == before:"),),
        "torn",
    ),
    "the version's being odd while writing": (
        (
            ("self._version[slot] += 1\n", "self._version[slot] += 2\n"),
            ("(self._version[slot] + 1) & 0x3FFFFFFF", "self._version[slot]"),
        ),
        "torn",
    ),
    "the handler writing before it tells": (
        (
            ("self._version[slot] += 1\n", "pass\n"),
            ("(self._version[slot] + 1)", "(self._version[slot] + 2)"),
        ),
        "torn",
    ),
    "noting the version that was copied": (
        (("self._taken[slot] = version", "self._taken[slot] = self._version[slot]"),),
        "newest lost",
    ),
    "counting by versions": (
        (("(((version - before) & 0x3FFFFFFF) >> 1) - 1", "0"),),
        "miscounted",
    ),
    "looking at the list once": (
        (
            ("if allowed and", "if self._allowed and"),
            ("_is_among(allowed,", "_is_among(self._allowed,"),
        ),
        "refused",
    ),
    "the list's change in one step": (
        (
            (
                "self._allowed = (highs, lows) if macs else None",
                "self._allowed = ((highs, array('i')) if macs else None)\n"
                "        self._allowed = ((highs, lows) if macs else None)",
            ),
        ),
        "refused",
    ),
}


def explored(folder: Path, *changes: tuple[str, str], wanted: str = "-") -> dict[str, Any]:
    """Return what the interleavings of a changed table came to, up to the fault wanted."""
    source = TABLE.read_text()
    for guard, instead in changes:
        assert source.count(guard) == 1, guard
        source = source.replace(guard, instead)
    (folder / "table.py").write_text(interruptible(source))
    arguments = (ON_BOARD / "interleavings.py", wanted, folder, FIRMWARE, SHARED)
    done = subprocess.run(
        [micropython(), "-X", "heapsize=4m", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("crowded", [False, True])
def test_nothing_is_torn_lost_or_miscounted_wherever_either_side_is_stopped(
    tmp_path: Path, crowded: bool
):
    found = explored(tmp_path, *(CROWDED if crowded else ()))
    assert found["tried"] > 5000
    assert found["faults"] == []


@pytest.mark.parametrize("guard", GUARDS)
def test_it_is_seen_when_a_guard_is_missing(tmp_path: Path, guard: str):
    changes, fault = GUARDS[guard]
    assert fault in explored(tmp_path, *changes, wanted=fault)["faults"]


def test_a_stop_is_possible_after_every_load_and_before_every_store():
    rewritten = interruptible(
        "class A:\n"
        "    def take(self, n: int) -> int:\n"
        "        own = n + 1\n"
        "        self.x[n] += 1\n"
        "        return self.look(n)\n"
        "    def look(self, n):\n"
        "        return n\n"
    )
    assert "own = n + 1" in rewritten  # nobody else sees that
    assert "self.x[n] += (yield 1)" in rewritten
    assert "return (yield from self.look(n))" in rewritten
