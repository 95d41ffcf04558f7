"""Writing through esptool's flasher stub into a board that answers as the ROM does: offsets, digests, power cuts."""

import time
from collections.abc import Callable

import esptool.cmds
import pytest

from flashing import image, loader
from flashing.chips import CHIPS, ESP32, Chip
from flashing.errors import FlashError

from .stand_in.board import MAC, Board
from .stand_in.firmware import micropython
from .stand_in.port import Port
from .stand_in.rom_loader import RomLoader

BAUD = 460800


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch):
    """Nobody waits: this board is always ready."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(esptool.cmds, "DEFAULT_CONNECT_ATTEMPTS", 1)


def parts_for(chip: Chip, blocks: int = 512) -> list[tuple[int, bytes]]:
    files = image.packed({"main.py": b"print('flashed')\n" * 2000}, blocks)
    return [(chip.offset, micropython(chip)), (image.VFS_OFFSET, files)]


def written(board: Board, parts: list[tuple[int, bytes]]) -> list[bool]:
    return [board.flash[start : start + len(data)] == data for start, data in parts]


@pytest.mark.parametrize(
    ("chip", "megabytes"), [*((chip, 4) for chip in CHIPS), (CHIPS[1], 8), (ESP32, 16)]
)
def test_chip_mac_and_flash_size_are_found_and_everything_is_where_it_belongs(
    chip: Chip, megabytes: int
):
    board = Board(chip.key, megabytes)
    found = loader.connect(Port(board), BAUD)
    assert (found.chip, found.mac, found.flash_bytes) == (chip, MAC.hex().upper(), megabytes << 20)
    assert board.loader.is_stub
    assert board.loader.baud == BAUD
    parts = parts_for(chip, image.block_count(found.flash_bytes))
    found.write(parts, erase=False, progress=lambda _done, _all: None)
    assert written(board, parts) == [True, True]
    assert parts[1][0] + len(parts[1][1]) == len(board.flash)


def test_the_board_starts_what_was_written():
    board, started = Board(), []
    board.run = lambda: started.append(board.in_loader)
    port = Port(board)
    with loader.connect(port, BAUD):
        assert board.in_loader
    port.settle()
    assert started == [False]
    assert not port.is_open


@pytest.mark.parametrize("reason", [KeyboardInterrupt, FlashError])
def test_a_board_to_which_nothing_was_written_goes_on_with_what_it_had(reason: type[BaseException]):
    board, started = Board(), []
    board.run = lambda: started.append(board.in_loader)
    port = Port(board)
    with pytest.raises(reason), loader.connect(port, BAUD):
        raise reason("a download that failed, or Ctrl-C at a question")
    port.settle()
    assert started == [False]
    assert not port.is_open


def test_a_board_that_cannot_be_used_goes_on_with_what_it_had():
    board, started = Board("esp32s2"), []
    board.run = lambda: started.append(board.in_loader)
    port = Port(board)
    with pytest.raises(FlashError, match="the nodes run on"):
        loader.connect(port, BAUD)
    port.settle()
    assert started == [False]
    assert not port.is_open


def test_progress_grows_from_the_first_part_to_the_end_of_the_last():
    told: list[tuple[int, int]] = []
    found = loader.connect(Port(Board()), BAUD)
    parts = parts_for(ESP32)
    found.write(parts, False, lambda *one: told.append(one))
    size = sum(len(data) for _, data in parts)
    assert {of_all for _, of_all in told} == {size}
    assert told == sorted(told)
    assert told[-1] == (size, size)


def test_a_flash_that_does_not_say_its_size_is_taken_at_the_users_word(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(RomLoader, "_flash_id", 0xFF40EF)  # no size has this number
    with pytest.raises(FlashError, match="size of the board's flash") as caught:
        loader.connect(Port(Board()), BAUD)
    assert "--flash-size" in caught.value.advice
    assert loader.connect(Port(Board(flash_mb=8)), BAUD, "8MB").flash_bytes == 8 << 20


def test_the_users_word_does_not_outweigh_what_the_flash_says():
    with pytest.raises(FlashError, match="it has 4MB of flash, not 8MB"):
        loader.connect(Port(Board()), BAUD, "8MB")


@pytest.mark.parametrize(
    ("size", "expected"), [("4MB", 4 << 20), ("16m", 16 << 20), ("512KB", 1 << 19)]
)
def test_a_size_of_flash_is_read(size: str, expected: int):
    assert loader.bytes_of(size) == expected


@pytest.mark.parametrize("size", ["", "4", "0MB", "5MB", "4096MB", "4GB", "-4MB"])
def test_what_is_no_size_of_flash_is_named(size: str):
    with pytest.raises(FlashError, match="no size of flash"):
        loader.bytes_of(size)


def test_erasing_first_leaves_nothing_else_in_flash():
    board = Board()
    board.flash[0x9000:0x9004] = b"nvs!"
    files = parts_for(ESP32)[1:]
    loader.connect(Port(board), BAUD).write(files, False, lambda *_: None)
    assert board.flash[0x9000:0x9004] == b"nvs!"
    loader.connect(Port(board), BAUD).write(files, True, lambda *_: None)
    assert set(board.flash[: image.VFS_OFFSET]) == {0xFF}


def cut_at(board: Board, number: int) -> Callable[[], bool]:
    def on_block() -> bool:
        if board.loader.blocks != number:
            return True
        board.lose_power()
        return False

    return on_block


def test_after_a_power_cut_at_any_block_the_next_run_succeeds():
    parts = parts_for(ESP32)
    whole = Board()
    loader.connect(Port(whole), BAUD).write(parts, False, lambda *_: None)
    assert whole.loader.blocks >= 5
    for number in range(whole.loader.blocks):
        board = Board()
        board.loader.on_block = cut_at(board, number)
        port = Port(board)
        found = loader.connect(port, BAUD)
        with pytest.raises(FlashError, match="broke off"):
            found.write(parts, False, lambda *_: None)
        assert written(board, parts) != [True, True]
        board.loader.on_block = lambda: True
        loader.connect(Port(board), BAUD).write(parts, False, lambda *_: None)
        assert written(board, parts) == [True, True]


def test_a_bit_that_does_not_take_is_noticed():
    board = Board()
    board.loader.flipped = image.VFS_OFFSET
    found = loader.connect(Port(board), BAUD)
    with pytest.raises(FlashError, match="does not read back the same"):
        found.write(parts_for(ESP32), False, lambda *_: None)


def test_a_board_that_does_not_enter_its_boot_loader_is_told_about_boot():
    board = Board()
    board.auto_reset = False
    with pytest.raises(FlashError, match="boot loader does not answer") as caught:
        loader.connect(Port(board), BAUD)
    assert "BOOT" in caught.value.advice


@pytest.mark.parametrize("chip", ["esp32s2", "esp32h2", "esp32c2"])
def test_a_chip_without_what_the_nodes_need_is_named(chip: str):
    with pytest.raises(FlashError, match="the nodes run on ESP32, ESP32-S3, ESP32-C3, ESP32-C6"):
        loader.connect(Port(Board(chip)), BAUD)


def test_micropython_for_another_chip_is_not_written():
    board = Board("esp32c3")
    found = loader.connect(Port(board), BAUD)
    with pytest.raises(FlashError, match="does not fit"):
        found.write([(0, micropython(CHIPS[1]))], False, lambda *_: None)
    assert set(board.flash) == {0xFF}
