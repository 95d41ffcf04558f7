"""Which rules hold in which folder: what runs on MicroPython must stay parsable there."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from toolchain import linting, rooms
from toolchain.cache import PROJECT
from toolchain.paths import ensure

TWO_KINDS = "try:\n    pass\nexcept (OSError, ValueError):\n    pass\n"


@pytest.fixture(scope="module")
def ruff():
    return ensure().ruff


def formatted(ruff, file):
    """What ruff makes of TWO_KINDS, were it in this file."""
    command = [ruff, "format", "--stdin-filename", file, "-"]
    return subprocess.run(
        command, input=TWO_KINDS, cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout


def test_the_known_rooms_of_micropython_are_found():
    found = {folder.relative_to(PROJECT).as_posix() for folder in rooms.micropython_folders()}
    assert found >= {
        "custom_components/victron_espnow/protocol",
        "firmware/display",
        "firmware/node",
        "firmware/sensor",
        "simulator/standins",
        "tests/protocol/shared",
    }


def test_the_formatter_keeps_the_parentheses_for_micropython(ruff):
    for folder in rooms.micropython_folders():
        assert formatted(ruff, folder / "sample.py") == TWO_KINDS


def test_the_formatter_keeps_them_for_older_pythons(ruff):
    assert formatted(ruff, PROJECT / "scripts" / "sample.py") == TWO_KINDS


def test_elsewhere_the_formatter_is_modern(ruff):
    integration = PROJECT / "custom_components" / "victron_espnow" / "sample.py"
    assert "except OSError, ValueError:" in formatted(ruff, integration)


def test_the_commands_without_suffix_are_checked_too():
    names = {path.name for path in rooms.extensionless_scripts()}
    assert names >= {"setup", "test", "lint", "update-locks"}


def test_an_error_of_the_compiler_is_one_line(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("x = 1\nexcept A, B:\n")
    found = linting.run([ensure().mpy_cross, bad, "-o", tmp_path / "bad.mpy"])
    assert linting.in_short(found) == f"{bad}:2: SyntaxError: invalid syntax"


def test_a_room_is_recognised_by_its_rules(tmp_path):
    room = tmp_path / "firmware" / "extra"
    room.mkdir(parents=True)
    (room / "ruff.toml").write_text('extend = "../../ruff-micropython.toml"\n')
    (room / "a.py").touch()
    other = tmp_path / "firmware" / "tool"
    other.mkdir()
    (other / "ruff.toml").write_text('extend = "../../pyproject.toml"\n')
    (other / "b.py").touch()
    assert rooms.micropython_files(tmp_path) == [room / "a.py"]


def test_a_room_of_the_host_inside_a_room_of_the_board_is_none_of_the_boards(tmp_path):
    board, host = tmp_path / "firmware", tmp_path / "firmware" / "image"
    host.mkdir(parents=True)
    (board / "ruff.toml").write_text('extend = "../ruff-micropython.toml"\n')
    (board / "a.py").touch()
    (host / "ruff.toml").write_text('extend = "../../pyproject.toml"\n')
    (host / "b.py").touch()
    assert rooms.host_folders(tmp_path) == [host]
    assert rooms.micropython_files(tmp_path) == [board / "a.py"]


def test_the_tools_are_where_setup_says():
    done = subprocess.run(
        [PROJECT / "scripts" / "setup", "--paths"], capture_output=True, text=True, check=True
    )
    paths = json.loads(done.stdout)
    assert paths["micropython_bits"] in {32, 64}
    for name in ("python", "hass", "micropython", "mpy_cross", "ruff", "mypy", "basedpyright"):
        assert shutil.which(paths[name]), name
    assert (Path(paths["stubs"]) / "espnow.pyi").exists()
