"""What a step says while it is under way."""

import os
import pty
import re
import subprocess
import sys
import termios
import time

import pytest

from toolchain import progress

from .conftest import SCRIPTS

AT_A_TERMINAL = """
import time
from toolchain import progress
progress.COUNT_EVERY_S = 0.05
with progress.step("Home Assistant", "starting"):
    time.sleep(0.2)
    progress.say("Nodes run")
    with progress.step("Inner", "at work"):
        time.sleep(0.2)
with progress.step("Broken", "x" * 200):
    raise SystemExit(3)
"""

SIDE_BY_SIDE = """
from toolchain import progress
older, newer = progress.step("Older", "at work"), progress.step("Newer", "at work")
older.__enter__(), newer.__enter__()
older.__exit__(OSError, OSError(), None)
newer.__exit__(None, None, None)
raise SystemExit(3)
"""


def test_a_step_that_takes_long_says_now_and_then_that_it_is_still_at_work(monkeypatch, capsys):
    monkeypatch.setattr(progress, "REMIND_EVERY_S", 0.05)
    with progress.step("Home Assistant", "installing"):
        time.sleep(0.3)
    said = capsys.readouterr().err
    assert "\x1b" not in said
    first, *between, last = said.splitlines()
    assert first.endswith("installing ...")
    assert between
    assert all("still at work, 0 s so far" in line for line in between)
    assert last.startswith("Home Assistant    done (0.")


@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt])
def test_a_step_that_fails_says_no_more(monkeypatch, capsys, failure):
    monkeypatch.setattr(progress, "REMIND_EVERY_S", 0.05)
    with pytest.raises(failure), progress.step("Home Assistant", "installing"):
        raise failure
    time.sleep(0.2)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_at_a_terminal_the_line_counts_and_makes_room_for_the_result():
    lines = lines_at_a_terminal(AT_A_TERMINAL)
    left = [re.sub(r"\d\.\d s", "… s", line.rpartition("\x1b[K")[2]) for line in lines]
    assert left == [
        "Nodes run",
        "Inner             done (… s)",
        "Home Assistant    done (… s)",
        "Broken            " + "x" * 61,  # a longer one would not be erased whole
        "",
    ]
    assert lines[0].count("\x1b[KHome Assistant    starting ... 0 s") >= 2


def test_of_two_steps_the_one_that_failed_stays_to_be_read():
    lines = lines_at_a_terminal(SIDE_BY_SIDE)
    left = [line.rpartition("\x1b[K")[2].split()[0] for line in lines if line]
    assert left == ["Older", "Newer"]


def test_at_a_terminal_that_cannot_erase_every_line_is_one_more():
    lines = lines_at_a_terminal(AT_A_TERMINAL, term="dumb")
    assert not [line for line in lines if "\x1b" in line]
    assert "Home Assistant    starting ..." in lines


def test_the_line_is_as_long_as_the_terminal_that_it_stands_on():
    (line,) = [one for one in lines_at_a_terminal(AT_A_TERMINAL, columns=40) if "xx" in one]
    assert len(line.rpartition("\x1b[K")[2]) == 39


def lines_at_a_terminal(program, term="xterm", columns=0):
    """Run it with a terminal for its messages only; return the lines that end there."""
    ours, its = pty.openpty()
    if columns:
        termios.tcsetwinsize(its, (24, columns))
    command = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=SCRIPTS,
        env={**os.environ, "TERM": term},
        stdout=subprocess.DEVNULL,
        stderr=its,
    )
    os.close(its)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 4096)
        except OSError:  # nobody has the other side any more
            break
    os.close(ours)
    assert command.wait(30) == 3
    return seen.decode().replace("\r\n", "\n").split("\n")
