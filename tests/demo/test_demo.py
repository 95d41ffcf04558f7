"""`scripts/demo` as people run it: a program that ends with what it promised, and leaves nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DEMO = [sys.executable, str(PROJECT / "scripts" / "demo")]
START_S = 90


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the demo with its temporary files in a folder of the test's."""
    return subprocess.Popen(
        [*DEMO, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def processes_with(text: str) -> list[str]:
    """Return the command lines of all processes that have to do with a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            where = (process / "cwd").readlink()
        except OSError:
            continue  # ended meanwhile
        if text in command or text in str(where):
            found.append(command)
    return found


def test_check_finds_every_entity_as_it_is_on_the_air_and_leaves_nothing(tmp_path: Path) -> None:
    demo = start(tmp_path, "--check", "--port", "0")
    output, messages = demo.communicate(timeout=START_S)

    assert demo.returncode == 0, messages
    summary = json.loads(output)
    assert summary["wrong"] == 0
    assert summary["entities"] > 15
    assert summary["seconds"] > 0
    assert set(summary["versions"]) >= {"home_assistant", "micropython", "firmware"}
    assert "Home Assistant    starting (" in messages  # and then now and then that it still does
    assert "Home Assistant    serves http://127.0.0.1:" in messages
    assert processes_with(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_everything_the_demo_started(tmp_path: Path) -> None:
    demo = start(tmp_path, "--port", "0")
    assert demo.stderr
    for line in demo.stderr:
        if "password" in line:
            break
    assert len(processes_with(str(tmp_path))) >= 3  # Home Assistant and two nodes

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)

    assert demo.returncode == 130
    assert processes_with(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = start(tmp_path, "--port", str(taken.getsockname()[1]))
        _, messages = demo.communicate(timeout=START_S)

    assert demo.returncode == 1
    assert "is in use" in messages
    assert "Traceback" not in messages
