"""`python -m simulator` as people run it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import __main__ as command
from simulator import scenario
from simulator.interpreter import PROJECT


def simulator(folder: Path, *words: str, status: int = 0) -> str:
    """Run it in a folder; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def test_a_day_in_virtual_time_leaves_trace_pictures_and_a_summary(tmp_path: Path):
    words = ("run", "day", "--virtual", "--seconds", "40", "--oled-every", "20", "oled", "--trace")
    printed = simulator(tmp_path, *words, "one.jsonl")
    row = next(line for line in printed.splitlines() if line.startswith("BMV-712"))
    sent, shown = (int(word) for word in row.split()[1:3])
    assert sent == 40
    assert shown >= 38
    assert "The sum check of 120 messages holds." in printed
    assert sorted(path.name for path in (tmp_path / "oled").iterdir()) == [
        "000020s.png",
        "000040s.png",
    ]
    trace = [json.loads(line) for line in (tmp_path / "one.jsonl").read_text().splitlines()]
    names = [entry["event"] for entry in trace]
    assert names.count("plant") >= 35
    monitor = [one for one in trace if one["event"] == "shown" and one["device"] == "BMV-712"]
    assert len(monitor) == shown
    sums = [one for one in trace if one["event"] == "account"]
    assert [one["sent"] for one in sums] == [40, 40, 40]
    assert sums[0]["shown"] == shown
    assert 13 < monitor[-1]["battery_voltage_v"] < 14
    assert [entry["t"] for entry in trace] == sorted(entry["t"] for entry in trace)

    simulator(tmp_path, *words, "two.jsonl")
    assert (tmp_path / "one.jsonl").read_text() == (tmp_path / "two.jsonl").read_text()


def test_the_neighbours_messages_come_through_without_their_keys(tmp_path: Path):
    printed = simulator(
        tmp_path, "run", "neighbours", "--virtual", "--seconds", "20", "--trace", "t.jsonl"
    )
    assert "Their MultiPlus" in printed
    assert "display: node" in printed


def test_a_new_key_is_a_wrong_key_on_the_display_until_it_is_pushed(tmp_path: Path):
    events = "".join(
        f'[[events]]\nat = "00:00:{at}"\ndo = "{do}"\ndevice = "Monitor"\n'
        for at, do in (("05", "new_key"), ("20", "push_key"))
    )
    (tmp_path / "pin.toml").write_text(
        'about = "A PIN is changed."\nstart = 2026-06-21T10:00:00\nplant = {}\n'
        '[[devices]]\nname = "Monitor"\nkind = "bmv_712"\n' + events
    )
    words = ("run", "./pin.toml", "--virtual", "--seconds", "30", "--oled-every", "4", "oled")
    printed = simulator(tmp_path, *words, "--oled", "end.png")
    pictures = [(tmp_path / "oled" / f"{second:06d}s.png").read_bytes() for second in (4, 12, 28)]
    assert len(set(pictures)) == 3
    assert "Monitor                     30      30" in printed
    assert (tmp_path / "end.png").stat().st_size > 1000


def test_plot_shows_a_day_and_where_its_energy_went(capsys: pytest.CaptureFixture[str]):
    assert command.main(["plot", "day"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("21. ") >= 36
    assert "SmartSolar 75/15" in printed
    assert "difference" in printed


def test_list_names_every_scenario(capsys: pytest.CaptureFixture[str]):
    assert command.main(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in scenario.names())


def test_help_says_what_a_scenario_file_can_do(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        command.main(["run", "--help"])
    printed = capsys.readouterr().out
    assert "unplug_shore" in printed
    assert "--virtual" in printed


def test_usage_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert command.main(["plot", "atlantis"]) == 2
    assert command.main(["plot", "trailer"]) == 2
    messages = capsys.readouterr().err.splitlines()
    assert [line.startswith("Error: ") for line in messages] == [True, True]
    with pytest.raises(SystemExit):
        command.main(["run", "day", "--oled-every", "soon", str(tmp_path)])


@pytest.mark.usefixtures("heeding_ctrl_c")
@pytest.mark.parametrize(
    ("running", "code", "said"), [(True, 0, "holds."), (False, 130, "Interrupted.")]
)
def test_a_terminals_ctrl_c_ends_it_in_order(tmp_path: Path, running: bool, code: int, said: str):
    """It goes to all processes of the terminal: no board may die of it before it has given account."""
    program = subprocess.Popen(
        [sys.executable, "-m", "simulator", "run", "trailer"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        if running:
            assert program.stdout is not None
            assert any("  adv  " in line for line in program.stdout)
        else:
            wait_for_a_board(program.pid)
        os.killpg(program.pid, signal.SIGINT)
        printed, _ = program.communicate(timeout=20)
        assert program.returncode == code, printed
        assert said in printed
        assert "Traceback" not in printed
    finally:
        program.kill()


def wait_for_a_board(parent: int) -> None:
    """Wait until the first one boots."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    while not children.read_text("ascii"):
        time.sleep(0.01)
