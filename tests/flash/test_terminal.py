"""The command as a person has it: a process of its own at a real terminal, questions, progress and Ctrl-C."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flashing import chips
from flashing.program import PROJECT

from .stand_in.firmware import micropython

# The board lives in the same process: an RFC 2217 port does as well, and takes half a minute.
WITH_A_BOARD = """
import sys
import serial
from flashing import command
from tests.flash.stand_in.living import living
serial.protocol_handler_packages.append("tests.flash.stand_in")
with living() as board:
    sys.exit(command.main([*sys.argv[1:], "--port", board.url]))
"""


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

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._side, text.encode())


@contextmanager
def flashing(tmp_path: Path) -> Iterator[Terminal]:
    file = tmp_path / "micropython.bin"
    file.write_bytes(micropython(chips.ESP32))
    words = ["display", "--micropython", file, "--site", tmp_path / "site.json"]
    side, other = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", WITH_A_BOARD, *map(str, words)],
        cwd=PROJECT, stdin=other, stdout=other, stderr=other, start_new_session=True,
    ) as command:  # fmt: skip
        os.close(other)
        try:
            yield Terminal(side, command)
        finally:
            command.kill()
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


def test_ctrl_c_at_a_question_ends_it_with_a_sentence(tmp_path: Path):
    with flashing(tmp_path) as terminal:
        terminal.read_until("Name of the node [Display]: ")
        terminal.command.send_signal(signal.SIGINT)
        said = terminal.read_until("begins anew.")
        assert terminal.command.wait(20) == 130
    assert "Stopped. Run the same command again" in said
    assert "Traceback" not in said
    assert not (tmp_path / "site.json").exists()
