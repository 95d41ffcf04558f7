"""One command, from an empty board to a provisioned node: esptool, MicroPython and the firmware are the real ones."""

import json
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import serial
from esptool import cmds

from flashing import chips, command, micropython, ports, program, repl
from flashing.console import Console
from flashing.loader import Loader
from flashing.ports import Port
from flashing.program import PROJECT
from flashing.site import check_name, open_site
from flashing.terminal import Terminal
from tests.security.traces import found

from .conftest import on_flash
from .stand_in.board import MAC
from .stand_in.firmware import micropython as made
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
    file.write_bytes(made(chips.ESP32))

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


def test_keys_are_in_the_site_file_and_nowhere_else(board: LivingBoard, run: Run, tmp_path: Path):
    mac = MAC.hex().upper()
    for role in ("display", "sensor"):
        said = flash_board(run, board, role, "--erase")
        said += flash_board(run, board, role, "--provision-only", "--rekey")
        site = open_site(tmp_path / "site.json")
        keys = {
            "site": site.key,
            "node": bytes.fromhex(str(site.settings("sensor", "", mac)["node_key"])),
        }
        assert found(keys, [said.encode()]) == set()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert [path for path in files if found(keys, [path.read_bytes()])] == [site.path]
        assert stat.S_IMODE(site.path.stat().st_mode) == 0o600
        assert found(keys, [board.chip.content]) == {"site" if role == "display" else "node"}


def flash_board(
    run: Run, board: LivingBoard, role: str = "sensor", *words: object, code: int = 0
) -> str:
    return run(role, "--port", board.url, "--yes", *words, code=code)


def test_flashed_again_a_node_keeps_its_name_and_is_ahead_of_its_past(
    board: LivingBoard, run: Run, tmp_path: Path
):
    flash_board(run, board, "sensor", "--name", "Locker")
    site = tmp_path / "site.json"
    first = json.loads(site.read_text())["boards"][MAC.hex().upper()]["epoch"]
    assert "'Locker'" in flash_board(run, board, "sensor", "--erase")
    assert json.loads(site.read_text())["boards"][MAC.hex().upper()]["epoch"] > first


def test_new_files_alone_go_beside_the_old_ones_and_the_settings_stay(
    board: LivingBoard, run: Run, monkeypatch: pytest.MonkeyPatch
):
    flash_board(run, board, "sensor", "--name", "Locker")
    files = program.application("sensor") | {
        "new.mpy": program.compiled("new.py", b"NEW = 1\n" * 90)
    }
    files["manifest.json"] = program.manifest("sensor", files)
    monkeypatch.setattr(program, "application", lambda _role: files)
    said = flash_board(run, board, "sensor", "--files-only")
    assert "Copied to b/ and verified" in said
    assert "Ready: sensor node 'Locker'" in said
    assert board.node is not None
    for name, data in files.items():
        assert on_flash(board.node, f"b/{name}") == data
    assert on_flash(board.node, "active") == b"b"


def test_name_and_pins_that_are_given_with_new_files_are_the_nodes_then(
    board: LivingBoard, run: Run, tmp_path: Path
):
    flash_board(run, board, "sensor", "--name", "Locker")
    said = flash_board(run, board, "sensor", "--files-only", "--name", "Mast", "--pin", "led=2")
    assert "Ready: sensor node 'Mast'" in said
    assert board.node is not None
    options = json.loads(on_flash(board.node, "options.json"))["options"]
    assert options == {"name": "Mast", "pin_led": 2}
    boards = json.loads((tmp_path / "site.json").read_text())["boards"]
    assert boards[MAC.hex().upper()]["name"] == "Mast"


def test_a_pin_that_the_board_refuses_is_named(board: LivingBoard, run: Run):
    flash_board(run, board)
    said = flash_board(run, board, "sensor", "--files-only", "--pin", "led=99", code=1)
    assert "The board refuses set: bad_pin_led." in said


def test_files_of_another_role_are_not_copied(board: LivingBoard, run: Run):
    flash_board(run, board)
    said = run("display", "--port", board.url, "--files-only", "--yes", code=1)
    assert "The board is a sensor node" in said


def test_a_board_of_another_site_is_not_taken_over_without_a_word(
    board: LivingBoard, run: Run, tmp_path: Path
):
    flash_board(run, board)
    words = ("sensor", "--port", board.url, "--site", tmp_path / "other.json", "--provision-only")
    said = run(*words, code=1)
    assert "was left as it is" in said
    assert not (tmp_path / "other.json").exists()
    assert "Ready: sensor node" in run(*words, "--yes")


def test_after_a_new_key_the_boards_that_still_need_it_are_named(
    board: LivingBoard, run: Run, tmp_path: Path
):
    flash_board(run, board)
    site = tmp_path / "site.json"
    content = json.loads(site.read_text())
    content["boards"]["AABBCCDDEEFF"] = {**content["boards"][MAC.hex().upper()], "name": "Mast"}
    site.write_text(json.dumps(content))
    said = run("sensor", "--port", board.url, "--provision-only", "--rekey", "--yes")
    assert "Still to be provisioned with the new key: sensor 'Mast' (AABBCCDDEEFF)" in said
    assert MAC.hex().upper() + ")" not in said


def test_who_breaks_off_at_the_name_keeps_the_site_key(
    board: LivingBoard, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    flash_board(run, board)
    before = open_site(tmp_path / "site.json").key
    monkeypatch.setattr(Terminal, "text", broken_off)
    words = ("sensor", "--port", board.url, "--rekey")
    run(*words, "--provision-only", code=130)
    assert open_site(tmp_path / "site.json").key == before


def broken_off(*_: object) -> str:
    """Press Ctrl-C where an answer is asked for."""
    raise KeyboardInterrupt


def test_a_new_key_stands_in_the_plan(run: Run, tmp_path: Path):
    words = ("sensor", "--dry-run", "--chip", "esp32", "--rekey")
    assert "(new: keep a copy of it)" in run(*words)
    open_site(tmp_path / "site.json")
    assert "(gets a new key: each board needs it then)" in run(*words)


def test_pins_of_the_chip_and_own_ones_are_set(run: Run, board: LivingBoard):
    flash_board(run, board, "display", "--pin", "led=2")
    assert board.node is not None
    options = json.loads(on_flash(board.node, "options.json"))["options"]
    assert options == {"pin_led": 2}


def test_another_display_and_another_name_can_be_told_to_a_board_that_runs_already(
    run: Run, board: LivingBoard
):
    flash_board(run, board, "display")
    flash_board(run, board, "display", "--files-only", "--name", "Galley")
    said = flash_board(
        run, board, "display", "--provision-only", "--oled", "sh1106", "--name", "Saloon"
    )
    assert "Ready: display node 'Saloon'" in said
    assert board.node is not None
    assert json.loads(on_flash(board.node, "options.json"))["options"] == {"oled_offset": 2}


def test_a_dry_run_leaves_the_board_as_it_was(board: LivingBoard, run: Run, tmp_path: Path):
    said = flash_board(run, board, "sensor", "--dry-run")
    assert "0x001000  MicroPython" in said
    assert "0x200000  file system, 512 blocks" in said
    assert set(board.board.flash) == {0xFF}
    assert not (tmp_path / "site.json").exists()


def test_nobody_at_the_terminal_and_no_yes_writes_nothing(board: LivingBoard, run: Run):
    assert "Nothing was written" in run("sensor", "--port", board.url, code=1)
    assert set(board.board.flash) == {0xFF}


def test_a_board_with_too_little_flash_is_left_alone(run: Run):
    with living(flash_mb=2) as board:
        said = run("sensor", "--port", board.url, "--yes", code=1)
    assert "2 MB of flash; 4 MB are needed" in said


def test_without_a_board_the_plan_and_the_image_are_made_all_the_same(run: Run, tmp_path: Path):
    said = run("display", "--dry-run", "--chip", "esp32", "--flash-size", "8MB")
    assert "file system, 1536 blocks" in said
    first, second = tmp_path / "one.bin", tmp_path / "two.bin"
    run("display", "--image", first)
    run("display", "--image", second)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size == 512 * 4096


def test_what_home_assistant_can_call_brings_no_command_line_along():
    code = (
        "import sys; from flashing.image import build\n"
        "assert build('sensor', 512).program_bytes\n"
        "print({'argparse', 'serial', 'esptool', 'mpremote', 'flashing.command'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_the_command_itself_starts():
    done = subprocess.run(
        [sys.executable, "-m", "flashing", "sensor", "--pin", "scl=1"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "\nError: A sensor node has no pin_scl.\nIt has pin_led.\n"


def test_a_person_is_asked_three_questions_at_most(
    board: LivingBoard, run: Run, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    answers = iter(["2", "Galley", ""])

    def answer(question: str = "") -> str:
        asked.append(question)
        return next(answers)

    plugged = [Port("/dev/ttyUSB0", "something else"), Port(board.url, "CP2102 USB to UART")]
    monkeypatch.setattr(ports, "present", lambda: plugged)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    assert "Ready: sensor node 'Galley'" in run("sensor")
    assert [question.split("\n")[0] for question in asked] == [
        "Which board?",
        "Name of the node [Sensor]: ",
        "Go ahead? [Y/n] ",
    ]


def test_several_boards_and_nobody_to_ask(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports, "present", lambda: [Port("/dev/a", "one"), Port("/dev/b", "two")])
    said = run("sensor", "--yes", code=1)
    assert "Choose one with --port" in said
    assert "/dev/b  two" in said


def test_files_that_arrive_damaged_are_not_started(
    board: LivingBoard, run: Run, monkeypatch: pytest.MonkeyPatch
):
    flash_board(run, board)
    files = program.application("sensor") | {"new.mpy": b"M" * 300}
    monkeypatch.setattr(program, "application", lambda _role: files)
    write = repl.Prompt._write
    monkeypatch.setattr(
        repl.Prompt, "_write", lambda self, path, data: write(self, path, data[:-1])
    )
    said = run("sensor", "--port", board.url, "--files-only", code=1)
    assert "did not arrive as they were sent" in said
    assert board.node is not None
    assert on_flash(board.node, "active") == b"a"


def test_another_version_than_was_copied_is_told():
    hello = {"role": "sensor", "name": "Locker", "mp": "1.29.0", "mac": "240AC4112233"}
    assert "fell back" in command.result({**hello, "fw": "0.0.9"})
    assert "fell back" not in command.result({**hello, "fw": program.version()})


# Ctrl-C

BEFORE_WRITING = {
    "while ports are looked for": (ports, "present"),
    "while the boot loader is waited for": (cmds, "detect_chip"),
    "while the chip is asked": (cmds, "detect_flash_size"),
    "while MicroPython is fetched": (micropython, "from_file"),
    "at a question": (Terminal, "agrees"),
}
AFTER_THAT = {
    "while it is written": (Loader, "write"),
    "while the board starts": (Console, "hello"),
}


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("stage", BEFORE_WRITING)
def test_a_stop_by_the_user_before_anything_is_written_changes_nothing(
    board: LivingBoard, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: str
):
    monkeypatch.setattr(ports, "present", lambda: [Port(board.url, "CP2102")])
    monkeypatch.setattr(*BEFORE_WRITING[stage], interrupted)
    assert "Run the same command again" in run("sensor", "--yes", code=130)
    assert not board.is_held
    assert set(board.board.flash) == {0xFF}
    assert not (tmp_path / "site.json").exists()


@pytest.mark.parametrize("stage", AFTER_THAT)
def test_after_a_stop_by_the_user_the_same_command_works(
    board: LivingBoard, run: Run, monkeypatch: pytest.MonkeyPatch, stage: str
):
    with monkeypatch.context() as patch:
        patch.setattr(*AFTER_THAT[stage], interrupted)
        assert "Run the same command again" in flash_board(run, board, code=130)
    assert not board.is_held
    assert "Ready: sensor node" in flash_board(run, board)


def test_a_stop_while_the_command_itself_is_loaded_is_quiet(monkeypatch: pytest.MonkeyPatch):
    class Loading(ModuleType):
        def __getattr__(self, _name: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "flashing.command", Loading("flashing.command"))
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("flashing", run_name="__main__")
    assert caught.value.code == 130


# what is said wrong on the command line, before anything is touched


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--files-only", "--erase"), "--files-only and --erase exclude one another"),
        (("--files-only", "--rekey"), "--files-only and --rekey exclude one another"),
        (("--provision-only", "--erase"), "--provision-only and --erase exclude one another"),
        (("--name", "x" * 33), "cannot be a node's name"),
        (("--name", "ä" * 17), "cannot be a node's name"),
        (("--name", ""), "cannot be a node's name"),
        (("--name", "a\nb"), "cannot be a node's name"),
        (("--pin", "scl=3"), "A sensor node has no pin_scl"),
        (("--oled", "sh1106"), "A sensor node has no OLED"),
        (("--port", "foo://bar"), "foo://bar is no port"),
        (("--image", "x.bin", "--pin", "led=40"), "pin_led cannot be 40"),
        (("--image", "x.bin", "--flash-size", "5MB"), "5MB is no size of flash"),
    ],
)
def test_what_cannot_be_meant_is_named(run: Run, words: tuple[str, ...], sentence: str):
    assert sentence in run("sensor", *words, code=1)


@pytest.mark.parametrize("other", ["--files-only", "--provision-only"])
def test_a_dry_run_cannot_be_mixed_with_what_changes_a_board(run: Run, other: str):
    with pytest.raises(SystemExit):
        run("sensor", "--dry-run", other)


def test_another_chip_than_was_said_is_not_written(board: LivingBoard, run: Run):
    said = run("sensor", "--port", board.url, "--chip", "esp32c3", "--yes", code=1)
    assert "The board has an ESP32, not an ESP32-C3" in said
    assert set(board.board.flash) == {0xFF}


def test_a_name_that_cannot_be_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    answers = iter(["x" * 33, "Mast"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    assert Terminal(False).text("Name", "Sensor", check_name) == "Mast"
    assert "cannot be a node's name" in capsys.readouterr().out
