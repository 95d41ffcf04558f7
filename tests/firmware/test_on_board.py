"""The firmware's own tests: each runs on MicroPython, in a fresh interpreter."""

from pathlib import Path

import pytest

from .runner import on_board_tests, run_on_board


@pytest.mark.parametrize(("module", "function"), on_board_tests())
def test_on_the_interpreter_of_the_boards(module: str, function: str, tmp_path: Path):
    run_on_board(module, function, tmp_path)
