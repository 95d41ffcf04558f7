"""`scripts/bench` as people call it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import results
from benchmarks.catalogue import TABLES
from benchmarks.row import Goal, Row, Table

PROJECT = Path(__file__).resolve().parents[2]
MEASURED = [sys.executable, "-m", "benchmarks"]
ENVIRONMENT = dict(os.environ, PYTHONPATH=f"{PROJECT}:{PROJECT / 'scripts'}")
ENDS_S = 120  # on a busy computer


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Have tables whose only figure is known, at most 1 by their goal."""
    found = dict.fromkeys(TABLES, 0.5)

    def measured(name: str, quick: bool) -> tuple[str, Table, float]:
        if found[name] < 0:
            raise KeyboardInterrupt
        return name, Table(name, [Row(f"{name} row", found[name], goal=Goal(at_most=1))]), 1.0

    monkeypatch.setattr(command, "_measured", measured)
    monkeypatch.setattr(command, "versions", lambda: {"Python": "3"})
    return found


def test_all_tables_are_measured_in_their_order(figures, capsys):
    assert command.main([]) == 0
    printed = capsys.readouterr().out
    assert [line[3:] for line in printed.splitlines() if line.startswith("## ")] == list(TABLES)


def test_only_those_that_are_named(figures, capsys):
    assert command.main(["bytes", "decode"]) == 0
    printed = capsys.readouterr().out
    assert [line[3:] for line in printed.splitlines() if line.startswith("## ")] == [
        "bytes",
        "decode",
    ]


def test_a_missed_goal_is_named_and_ends_with_1(figures, capsys):
    figures["bytes"] = 1.5
    assert command.main([]) == 1
    captured = capsys.readouterr()
    assert captured.err == "MISSED: bytes row\n"
    assert captured.out.count("**MISSED**") == 1


def test_json_is_all_that_is_on_standard_output(figures, capsys):
    figures["decode"] = 2
    assert command.main(["--json", "decode"]) == 1
    assert json.loads(capsys.readouterr().out)["tables"][0]["ok"] is False


def test_an_unknown_name_is_one_line(figures, capsys):
    assert command.main(["atlantis"]) == 2
    assert capsys.readouterr().err == "Error: no such table: atlantis; try list.\n"


def test_list_tells_the_names(figures, capsys):
    assert command.main(["list"]) == 0
    assert capsys.readouterr().out.split() == list(TABLES)


@pytest.mark.parametrize("words", [["--quick"], ["decode"]])
def test_the_results_are_written_only_of_a_whole_run(figures, capsys, monkeypatch, words):
    monkeypatch.setattr(results, "write", lambda *_: pytest.fail("written"))
    assert command.main(["--write", *words]) == 2
    assert "a run of everything" in capsys.readouterr().err


def test_the_results_are_written_from_the_run(figures, monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FILE", tmp_path / "RESULTS.md")
    figures["growth"] = 3
    assert command.main(["--write"]) == 1
    written = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert all(f"## {name}\n" in written for name in TABLES)
    assert "Missed goals: growth row." in written


def test_ctrl_c_leaves_what_was_measured(figures, capsys, monkeypatch):
    monkeypatch.setattr(results, "write", lambda *_: pytest.fail("written"))
    figures["bytes"] = -1
    assert command.main(["--write"]) == 130
    captured = capsys.readouterr()
    assert "## decode" in captured.out
    assert "## delivery" not in captured.out
    assert captured.err.endswith("Interrupted.\n")


def test_a_table_that_breaks_is_missed_and_the_others_go_on(capsys, monkeypatch):
    monkeypatch.setitem(
        TABLES, "broken", "broken"
    )  # the process that shall measure it knows no such name
    monkeypatch.setattr(command, "versions", dict)
    assert command.main(["broken"]) == 1
    captured = capsys.readouterr()
    assert "| broken: not measured, see above |" in captured.out
    assert "MISSED: broken: not measured" in captured.err


@pytest.mark.timeout(300)
def test_a_quick_run_of_one_table_prints_it_and_nothing_else():
    done = subprocess.run(
        [*MEASURED, "--quick", "--json", "delivery"], cwd=PROJECT, env=ENVIRONMENT, text=True,
        capture_output=True, timeout=ENDS_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (table,) = json.loads(done.stdout)["tables"]
    assert [row["ok"] for row in table["rows"]] == [True, True]
    assert all(set(row["more"]) == {"delivered", "p50", "p95", "p99"} for row in table["rows"])
    assert "30 % loss, 1 sensor node, 3 devices (2 of 2)" in done.stderr  # the progress


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("heeding_ctrl_c")
@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_boards_and_processes(wish):
    program = subprocess.Popen(
        [*MEASURED, "recovery"], cwd=PROJECT, env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        boards = _wait_for_boards(program.pid)
        os.kill(program.pid, wish)
        assert program.wait(ENDS_S) == 130
        assert [_name(pid) for pid in boards if _lives(pid)] == []
        assert b"Traceback" not in program.communicate(timeout=ENDS_S)[1]
    finally:
        program.kill()
        program.communicate()


def _wait_for_boards(parent: int) -> list[int]:
    """Return the processes of two worlds, or more."""
    end = time.monotonic() + ENDS_S
    while time.monotonic() < end:
        found = _below(parent)
        if sum("micropython" in _name(pid) for pid in found) >= 2:
            return found
        time.sleep(0.2)
    raise TimeoutError("no board has started")


def _below(parent: int) -> list[int]:
    try:
        words = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    except OSError:
        return []
    return [pid for word in words for pid in (int(word), *_below(int(word)))]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8")
    except OSError:
        return ""


def _lives(pid: int) -> bool:
    """Tell whether a process is there, and not only its number until somebody has asked how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
