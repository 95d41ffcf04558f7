"""The file of words that the display node reads says what the protocol's tables say."""

from pathlib import Path

from firmware.image import word_files

from .runner import run_on_board


def test_the_words_for_alarms_are_those_of_the_protocol(tmp_path: Path):
    for name, data in word_files().items():
        (tmp_path / name).write_bytes(data)
    run_on_board("words", "show_all", tmp_path)
