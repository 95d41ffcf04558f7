"""`scripts/scenarios` as people call it."""

import json

import pytest

from simulator.bars import __main__ as command
from simulator.bars.bar import Bar, Extent, Goal, Measured
from simulator.node import NodeError

_FAST = Goal("s", at_most=5, digits=2)


def _bar(name: str, *figures: float, long: bool = False) -> Bar:
    async def measure(seed: int, extent: Extent) -> Measured:
        figure = figures[(seed - 1) % len(figures)]
        if figure < 0:
            raise NodeError("display crashed: out of memory")
        return {"resumed": figure, "share": 99.5}

    goals = {"resumed": _FAST, "share": Goal("%", at_least=99)}
    return Bar(name, f"About {name}.", measure, goals, seeds=2, long=long)


@pytest.fixture(autouse=True)
def bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have bars whose figures are known."""
    found = [_bar("good", 1, 4), _bar("slow", 1, 6), _bar("broken", -1), _bar("soak", 1, long=True)]
    monkeypatch.setattr(command, "BARS", found)


def test_the_worst_of_the_seeds_is_in_the_table(capsys: pytest.CaptureFixture[str]):
    assert command.main(["good"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["good", "resumed", "≤", "5.00", "s", "4.00", "s", "1.00", "s", "ok"]


def test_one_that_falls_short_is_named_and_ends_with_1(capsys: pytest.CaptureFixture[str]):
    assert command.main(["good", "slow"]) == 1
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines() if "SHORT" in line] == ["slow"]


def test_a_board_that_crashes_is_a_figure_too(capsys: pytest.CaptureFixture[str]):
    assert command.main(["broken", "good"]) == 1
    captured = capsys.readouterr()
    assert "broken: display crashed: out of memory" in captured.err
    assert "good" in captured.out


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]):
    assert command.main(["slow", "--json"]) == 1
    entries = json.loads(capsys.readouterr().out)
    assert [(one["figure"], one["worst"], one["holds"]) for one in entries] == [
        ("resumed", 6, False),
        ("share", 99.5, True),
    ]


def test_the_long_ones_are_measured_only_by_name(capsys: pytest.CaptureFixture[str]):
    command.main([])
    assert "soak" not in capsys.readouterr().out
    assert command.main(["soak"]) == 0
    assert "soak" in capsys.readouterr().out


def test_list_tells_what_there_is(capsys: pytest.CaptureFixture[str]):
    assert command.main(["list"]) == 0
    printed = capsys.readouterr().out
    assert "About good. [resumed ≤ 5.00 s, share ≥ 99.0 %]" in printed
    assert "(long)" in printed


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]):
    assert command.main(["atlantis"]) == 2
    assert capsys.readouterr().err == "Error: no such scenario: atlantis; try list.\n"


def test_ctrl_c_leaves_the_table_of_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    async def interrupted(seed: int, extent: Extent) -> Measured:
        raise KeyboardInterrupt

    bars = [_bar("good", 1), Bar("later", "Never.", interrupted, {"resumed": _FAST})]
    monkeypatch.setattr(command, "BARS", bars)
    assert command.main([]) == 130
    captured = capsys.readouterr()
    assert "good" in captured.out
    assert "Interrupted." in captured.err
