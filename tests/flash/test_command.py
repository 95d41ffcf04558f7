"""One command, from an empty board to a provisioned node: esptool, MicroPython and the firmware are the real ones."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from flashing import chips, command

from .stand_in.board import MAC
from .stand_in.firmware import micropython
from .stand_in.living import LivingBoard, living

type Run = Callable[..., str]


@pytest.fixture(autouse=True)
def own_port(monkeypatch: pytest.MonkeyPatch):
    packages = [*serial.protocol_handler_packages, "tests.flash.stand_in"]
    monkeypatch.setattr(serial, "protocol_handler_packages", packages)


@pytest.fixture
def board() -> Iterator[LivingBoard]:
    with living() as one:
        yield one


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command, nobody at the terminal; return what it said."""
    file = tmp_path / "micropython.bin"
    file.write_bytes(micropython(chips.ESP32))

    def run(*words: object, code: int = 0) -> str:
        given = ["--site", tmp_path / "site.json", "--micropython", file, *words]
        found = command.main(list(map(str, given)))
        said = capsys.readouterr()
        assert found == code, said.out + said.err
        return said.out + said.err

    return run


def test_from_an_empty_board_to_a_provisioned_node(board: LivingBoard, run: Run, tmp_path: Path):
    said = run("display", "--port", board.url, "--name", "Galley", "--yes")
    assert "ESP32 with 4 MB of flash" in said
    assert "Ready: display node 'Galley'" in said
    assert MAC.hex().upper() in said
    boards = json.loads((tmp_path / "site.json").read_text())["boards"]
    assert boards[MAC.hex().upper()]["name"] == "Galley"
