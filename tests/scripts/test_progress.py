"""What a step says while it is under way."""

import os
import pty
import re
import subprocess
import sys
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


def test_a_step_that_takes_long_says_now_and_then_that_it_is_still_at_work(monkeypatch, capsys):
    monkeypatch.setattr(progress, "REMIND_EVERY_S", 0.05)
    with progress.step("Home Assistant", "installing"):
        time.sleep(0.3)
    first, *between, last = capsys.readouterr().err.splitlines()
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


def lines_at_a_terminal(program):
    """Run it with a terminal for its messages; return the lines that end there."""
    ours, its = pty.openpty()
    command = subprocess.Popen([sys.executable, "-c", program], cwd=SCRIPTS, stderr=its)
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
