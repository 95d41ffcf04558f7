"""The fault matrix: a part of it, the judge without a guard of the firmware, and the command."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from simulator.conditions import Conditions
from simulator.faults.catalogue import FAULTS
from simulator.matrix import __main__ as command
from simulator.matrix import judge, plan, table
from simulator.matrix.moments import MOMENTS
from simulator.matrix.pair import AFTER, BEFORE, CALM, DURING, Pair, Result, run
from simulator.matrix.workers import cores, results
from simulator.without import Guard, without

PROJECT = Path(__file__).parents[2]
ONCE_BROKEN = [
    Pair("display off", "wake", DURING),  # counted as sent what was under way when it fell asleep
    Pair("loss", "pairing", DURING),  # the account took no receipt for an acknowledgement
    Pair("strangers", "set-up sensor", DURING),  # their slots were kept for five minutes
]


@pytest.mark.timeout(600)  # a dozen worlds side by side
def test_a_part_of_the_matrix_holds():
    found = list(results([*plan.slice_of_it(), *ONCE_BROKEN], min(4, 2 * cores())))
    assert {str(one.pair): one.complaints for one in found if one.complaints} == {}
    assert sum(one.struck for one in found) > len(found) / 2


# Without this guard this pair has to break this rule.
GUARDS: dict[str, tuple[Guard, Pair, str]] = {
    "replay window": (
        ("protocol/replay.py", "raise Replayed", "pass"),
        Pair("hostile", "alarm", AFTER),
        judge.ACCOUNT,
    ),
    "file beside": (
        (
            "node/json_file.py",
            "    os.rename(beside, path)",
            "    if path in os.listdir():\n        os.remove(path)\n    os.rename(beside, path)",
        ),
        Pair("display off", "keys", 7),
        judge.SETTINGS,
    ),
    "panel drawn anew": (
        ("display/oled.py", "if not self._refreshed:", "if False:"),
        Pair("OLED restart", "keys", AFTER),
        judge.STUCK,
    ),
    "no keyboard interrupt": (
        ("node/app.py", "            self.port.take_over()", "            pass"),
        Pair("host probes", "keys", AFTER),
        judge.RESTART,
    ),
    "missing panel": (
        (
            "display/oled.py",
            "            self._whole = whole\n        except OSError:",
            "            self._whole = whole\n        except KeyError:",
        ),
        Pair("OLED gone", "keys", AFTER),
        judge.EXCEPTION,
    ),
}


@pytest.mark.parametrize("name", GUARDS)
async def test_the_judge_sees_that_a_guard_is_missing(name: str):
    guard, pair, rule = GUARDS[name]
    with without(guard) as paths:
        found = await run(pair, paths)
    assert rule in found.rules, found


def test_each_rule_is_broken_by_one_of_them():
    assert {rule for _, _, rule in GUARDS.values()} == set(judge.RULES)


# What the air can do and no fault of the table does, with the reason.
NO_FAULT_OF_THEIRS = {
    "bursts": "silence, of which a burst is a short one",
    "attempts": "a property of the radio",
    "mac_filter": "a property of the radio",
    "deaf_while_scanning": "always on",
    "adjacent_ack": "always on",
    "adjacent_delivery": "always on",
    "power_save": "always on",
    "abort_without_modem_sleep": "always on",
    "ring_of_1_28": "the account cannot follow cut frames; test_air_countermeasures has it",
    "rssi": "out of range",
    "rssi_noise": "out of range",
}


def test_the_faults_use_all_that_the_air_can_do():
    text = (PROJECT / "simulator" / "faults" / "air.py").read_text()
    used = {one.name for one in fields(Conditions) if f"{one.name}=" in text}
    known = used | NO_FAULT_OF_THEIRS.keys()
    assert {one.name for one in fields(Conditions)} == known
    assert used.isdisjoint(NO_FAULT_OF_THEIRS)


def test_the_whole_has_every_fault_at_every_moment():
    calm = {one.name: Result(Pair("", one.name, CALM), writes=6) for one in MOMENTS}
    pairs = plan.whole(calm)
    assert {(one.fault, one.moment) for one in pairs} == {
        (fault.name, moment.name) for fault in FAULTS for moment in MOMENTS
    }
    times = [one.when for one in pairs if one.fault == "cable" and one.moment == "keys"]
    assert times == [BEFORE, DURING, 1, 3, 6, AFTER]
    quick = {(one.fault, one.moment) for one in plan.quick(calm)}
    assert len(quick) * 5 > len(FAULTS) * len(MOMENTS)


def test_the_page_has_a_row_for_each_fault_and_a_column_for_each_moment():
    pairs = plan.whole({one.name: Result(Pair("", one.name, CALM), writes=6) for one in MOMENTS})
    broken = Result(Pair("cable", "keys", DURING), complaints=[(judge.STUCK, "")])
    text = table.as_markdown([*(Result(pair, fresh_s=0.4) for pair in pairs), broken])
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    assert [one.name for one in MOMENTS] in rows
    cells = {row[0]: row[1:] for row in rows if len(row) == len(MOMENTS) + 1}
    assert list(cells) == [fault.name for fault in FAULTS]
    assert {cell for row in cells.values() for cell in row} == {"1", judge.STUCK}
    assert " 1 times" in text.replace("\n", " ")


# the command


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, str]]]:
    """Have every pair end well but for those that are put in here, by fault."""
    broken: dict[str, list[tuple[str, str]]] = {}

    def made_up(pairs: list[Pair], jobs: int) -> Iterator[Result]:
        assert jobs > 0
        for pair in pairs:
            if broken.get(pair.fault) == [("interrupt", "")]:
                raise KeyboardInterrupt
            yield Result(pair, fresh_s=1.2, complaints=broken.get(pair.fault, []), writes=2)

    monkeypatch.setattr(command, "results", made_up)
    return broken


def test_all_is_well(known: dict, capsys: pytest.CaptureFixture[str]):
    assert command.main(["--quick"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("cable"))
    assert set(row.split()[1:]) == {"2"}


def test_a_broken_rule_is_named_and_ends_with_1(known: dict, capsys: pytest.CaptureFixture[str]):
    known["cable"] = [("S", "it never comes back")]
    assert command.main(["--moment", "keys", "--fault", "cable", "--fault", "loss"]) == 1
    said = capsys.readouterr()
    assert "S cable, before: keys: it never comes back" in said.err
    lines = {line.split()[0]: line.split()[1:] for line in said.out.splitlines() if line}
    assert (lines["cable"], lines["loss"]) == (["S"], ["2"])


def test_a_part_may_be_quick(known: dict, capsys: pytest.CaptureFixture[str]):
    assert command.main(["--quick", "--moment", "keys", "--fault", "cable", "--fault", "loss"]) == 0
    assert "keys" in capsys.readouterr().out


def test_json_has_each_pair(known: dict, capsys: pytest.CaptureFixture[str]):
    known["cable"] = [("C", "lost")]
    assert command.main(["--json", "--moment", "keys", "--fault", "cable", "--seed", "3"]) == 1
    entries = json.loads(capsys.readouterr().out)
    assert [one["when"] for one in entries] == ["calm", "before", "during", 1, 2, "after"]
    assert entries[1]["broken"] == [{"rule": "C", "what": "lost"}]
    assert {one["seed"] for one in entries} == {3}


def test_ctrl_c_leaves_the_table_of_what_was_run(known: dict, capsys: pytest.CaptureFixture[str]):
    known["loss"] = [("interrupt", "")]
    assert command.main(["--moment", "keys", "--fault", "cable", "--fault", "loss"]) == 130
    said = capsys.readouterr()
    assert "cable" in said.out
    assert "Interrupted." in said.err


def test_a_part_is_not_written(known: dict, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        command.main(["--moment", "keys", "--write"])
    assert ended.value.code == 2
    assert "a part of the matrix is not written" in capsys.readouterr().err


def test_the_page_of_a_sample_says_so(known: dict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(command, "PAGE", tmp_path / "page.md")
    for words, sample in ((["--quick", "--write"], True), (["--write"], False)):
        assert command.main(words) == 0
        assert ("This is a sample" in (tmp_path / "page.md").read_text("utf-8")) is sample


def test_a_fault_that_strikes_nowhere_is_a_dot():
    found = [Result(Pair("cable", "keys", DURING), struck=False)]
    assert table.cells(found) == {("cable", "keys"): "·"}
