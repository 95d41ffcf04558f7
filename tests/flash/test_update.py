"""New files by cable: wherever it is cut off, a whole version starts, and the next try succeeds."""

import itertools
from collections.abc import Iterator

import pytest
import serial

from flashing import image, program, repl
from flashing.errors import FlashError

from .stand_in.living import LivingBoard, living

WRITES = 10  # and erasures: how many such an update has at least
EVERY = 3  # of them is cut off; trying all of them takes two minutes
# After a single failed start the other directory gets its chance: the first start after a cut is such a one.
BOOT = program.BOOT.read_bytes().replace(b"MOST_FAILED = 3", b"MOST_FAILED = 1")
assert b"MOST_FAILED = 1" in BOOT
SWITCH_WRITES = 2  # at least: the file beside, and its renaming
SAYS = """
import part
def run():
    print("this is", part.NAME)
"""


@pytest.fixture(scope="module")
def board() -> Iterator[LivingBoard]:
    with pytest.MonkeyPatch.context() as patch, living() as one:
        packages = [*serial.protocol_handler_packages, "tests.flash.stand_in"]
        patch.setattr(serial, "protocol_handler_packages", packages)
        yield one


def app(name: str) -> dict[str, bytes]:
    parts = {"application": SAYS, "part": f"NAME = {name!r}"}
    return {
        f"{part}.mpy": program.compiled(f"{part}.py", text.encode()) for part, text in parts.items()
    }


def flash_with(**directories: dict[str, bytes]) -> bytes:
    files = {"main.py": BOOT, "active": b"a"}
    for directory, content in directories.items():
        files |= {f"{directory}/{name}": data for name, data in content.items()}
    return image.packed(files, 512)


OLD = flash_with(a=app("old"))
NEW = app("new")


def update(board: LivingBoard, files: dict[str, bytes] = NEW) -> str:
    with repl.at(board.url) as prompt:
        return prompt.update(files, BOOT, lambda _done, _all: None)


def plug_in(board: LivingBoard, content: bytes | None = None) -> str:
    """Return what starts with this in flash, or with what is there, and leave it at its prompt."""
    if content is None:
        board.plug_in_again()
    else:
        board.plug_in(content)
    said = board.wait_text(r"this is \w+|Traceback|corrupted|No application")
    board.wait_text(">>> ")
    return said


def test_after_an_update_the_board_starts_the_new_version(board: LivingBoard):
    assert plug_in(board, OLD) == "this is old"
    assert update(board) == "b"
    assert board.wait_text("this is new")


def test_after_a_power_cut_a_whole_version_starts_and_the_next_run_succeeds(
    board: LivingBoard,
):
    old, new = "old", "new"
    plug_in(board, OLD)
    for number in itertools.count(step=EVERY):
        board.chip.cut_after(number, torn=number % 2 == 1)
        try:
            update(board, app(new))
            break  # nothing was left to be cut
        except FlashError:
            pass
        assert plug_in(board) in (f"this is {old}", f"this is {new}")
        board.forget_what_was_said()
        update(board, app(new))
        assert board.wait_text(r"this is \w+") == f"this is {new}"
        board.wait_text(r"this is [^>]*>>> ")
        old, new = new, old
    assert number >= WRITES


def test_a_power_cut_at_any_write_of_the_switch_leaves_a_whole_version(
    board: LivingBoard, monkeypatch: pytest.MonkeyPatch
):
    run = repl.Prompt.run
    for number in itertools.count():

        def cut_in_the_switch(self: repl.Prompt, code: str, writes: int = number // 2) -> str:
            if "os.rename" in code:
                board.chip.cut_after(writes, torn=number % 2 == 1)  # noqa: B023  (called at once)
            return run(self, code)

        plug_in(board, OLD)
        monkeypatch.setattr(repl.Prompt, "run", cut_in_the_switch)
        try:
            update(board)
            break  # nothing was left to be cut
        except FlashError:
            assert plug_in(board) in ("this is old", "this is new")
    assert number >= 2 * SWITCH_WRITES
    assert board.wait_text("this is new")


def test_a_directory_in_which_files_are_missing_is_no_application(
    board: LivingBoard, monkeypatch: pytest.MonkeyPatch
):
    plug_in(board, OLD)
    write, written = repl.Prompt._write, []

    def pulled_after_the_first(self: repl.Prompt, path: str, data: bytes) -> None:
        write(self, path, data)
        written.append(path)
        board.pull_the_plug()

    monkeypatch.setattr(repl.Prompt, "_write", pulled_after_the_first)
    with pytest.raises(FlashError):
        update(board)
    assert len(written) == 1
    assert plug_in(board) == "this is old"


@pytest.mark.parametrize("writes", range(1, 4))
def test_a_directory_that_was_half_emptied_is_no_application(board: LivingBoard, writes: int):
    plug_in(board, flash_with(a=app("old"), b=app("older")))
    board.chip.cut_after(writes)
    with pytest.raises(FlashError):
        update(board)
    assert plug_in(board) in ("this is old", "this is older")


def test_an_update_that_is_stopped_leaves_the_board_running(
    board: LivingBoard, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    plug_in(board, OLD)
    monkeypatch.setattr(repl.Prompt, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        update(board)
    assert board.wait_text(r"(?s)this is old.*this is old")
    assert not board.is_held


def test_a_micropython_that_is_too_old_is_named_before_anything_is_changed(
    board: LivingBoard, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(repl, "OLDEST", (9, 9))
    plug_in(board, OLD)
    writes = board.chip.writes
    with pytest.raises(FlashError, match=r"MicroPython is 1\.\d+; 9\.9 or newer is needed"):
        update(board)
    assert board.chip.writes == writes


def test_files_for_which_there_is_no_room_are_not_begun(board: LivingBoard):
    plug_in(board, OLD)
    with pytest.raises(FlashError, match=r"has 20\d\d kB left, 2625 are needed"):
        update(board, NEW | {"large.mpy": bytes(2_100_000)})
    assert plug_in(board) == "this is old"
