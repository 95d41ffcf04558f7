"""The command as a person has it: a process of its own at a real terminal, questions, progress and Ctrl-C."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from flashing import chips, program
from flashing.arguments import BAUD
from flashing.program import PROJECT

from .stand_in.board import MAC
from .stand_in.cable import cable
from .stand_in.firmware import micropython
from .stand_in.living import living

# The board lives in the same process, which has DTR and RTS so.
WITH_A_BOARD = """
import sys
import serial
from flashing import command
from tests.flash.stand_in.living import living
serial.protocol_handler_packages.append("tests.flash.stand_in")
with living() as board:
    sys.exit(command.main([*sys.argv[1:], "--port", board.url]))
"""


ANSWERS_S = 5


class Terminal:
    """A terminal with the command in its foreground."""

    def __init__(self, side: int, command: subprocess.Popen[bytes]) -> None:
        self._side = side
        self.command = command

    def read_until(self, text: str) -> str:
        """Return what is written until this appears, or the command ends."""
        seen = b""
        while text.encode() not in seen:
            try:
                seen += os.read(self._side, 4096)
            except OSError:  # nobody has the other side any more
                break
        return seen.decode()

    def press_ctrl_c(self) -> None:
        """Press it until there is an answer: just before `input` waits, Python takes no notice of it."""
        self.command.send_signal(signal.SIGINT)
        while not select.select([self._side], [], [], ANSWERS_S)[0]:
            self.command.send_signal(signal.SIGINT)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._side, text.encode())


@contextmanager
def flashing(
    tmp_path: Path, *options: str, command: Sequence[str] = (sys.executable, "-c", WITH_A_BOARD)
) -> Iterator[Terminal]:
    program.made_small("display", program.sources())  # kept on disk for the command's process
    file = tmp_path / "micropython.bin"
    file.write_bytes(micropython(chips.ESP32))
    words = ["display", "--micropython", file, "--site", tmp_path / "site.json", *options]
    side, other = pty.openpty()
    with subprocess.Popen(
        [*command, *map(str, words)],
        cwd=PROJECT, stdin=other, stdout=other, stderr=other, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(other)
        try:
            yield Terminal(side, process)
        finally:
            process.kill()
            os.close(side)


def test_a_person_answers_two_questions_and_has_a_node(tmp_path: Path):
    with flashing(tmp_path) as terminal:
        assert "Looking at the board" in terminal.read_until("Name of the node [Display]: ")
        terminal.type("Galley\n")
        plan = terminal.read_until("Go ahead? [Y/n] ")
        assert "display node 'Galley'" in plan
        assert "ESP32 with 4 MB of flash" in plan
        terminal.type("\n")
        said = terminal.read_until("Next: ")
        assert terminal.command.wait(20) == 0, said
    assert said.count("100 %") == 1
    assert "Ready: display node 'Galley'" in said


@pytest.mark.usefixtures("heeding_ctrl_c")
def test_ctrl_c_at_a_question_ends_it_with_a_sentence(tmp_path: Path):
    with flashing(tmp_path) as terminal:
        terminal.read_until("Name of the node [Display]: ")
        terminal.press_ctrl_c()
        said = terminal.read_until("begins anew.")
        assert terminal.command.wait(20) == 130
    assert "Stopped. Run the same command again" in said
    assert "Traceback" not in said
    assert not (tmp_path / "site.json").exists()


def test_an_empty_board_without_dtr_and_rts_becomes_a_node_by_its_two_buttons(tmp_path: Path):
    """The command in a process of its own, a serial port of the system, its speed, esptool's stub."""
    script = (str(PROJECT / "scripts" / "flash"),)
    with living() as board, cable(board.board, board.loop) as port:
        board.press_reset(hold_boot=True)
        with flashing(
            tmp_path, "--port", port, "--name", "Galley", "--yes", command=script
        ) as terminal:
            said = terminal.read_until("The board starts ...")
            assert board.board.loader.is_stub
            assert board.board.loader.baud == BAUD
            board.press_reset()
            said += terminal.read_until("Next: ")
            assert terminal.command.wait(20) == 0, said
    assert "ESP32 with 4 MB of flash" in said
    assert f"Ready: display node 'Galley', MAC {MAC.hex().upper()}" in said
