"""Ports: none, several, forbidden, in use, gone; each with what to do."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flashing import ports
from flashing.errors import FlashError
from flashing.ports import Port


@pytest.fixture
def terminal() -> Iterator[str]:
    master, slave = pty.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


def never(_question: str, _most: int) -> int:
    raise AssertionError("nothing to ask")


def test_no_port_says_what_to_look_at():
    with pytest.raises(FlashError, match="No board") as caught:
        ports.choose([], never)
    assert "data lines" in caught.value.advice


def test_the_only_port_is_taken_without_a_question():
    assert ports.choose([Port("/dev/ttyUSB0", "CP2102")], never) == "/dev/ttyUSB0"


def test_of_several_the_user_chooses_by_their_descriptions():
    asked = []

    def ask(question: str, most: int) -> int:
        asked.append((question, most))
        return 2

    found = [Port("/dev/ttyUSB0", "CP2102 USB to UART"), Port("/dev/ttyACM0", "USB JTAG/serial")]
    assert ports.choose(found, ask) == "/dev/ttyACM0"
    assert asked[0][1] == 2
    assert "CP2102 USB to UART" in asked[0][0]


def test_without_permission_the_group_is_named(terminal: str):
    with pytest.raises(FlashError, match="You may not use") as caught:
        ports.check(terminal, access=lambda *_: False)
    assert "usermod -aG" in caught.value.advice


@pytest.mark.parametrize(
    ("program", "sentence"),
    [("hass", "Home Assistant has"), ("picocom", "is in use by")],
)
def test_a_port_in_use_is_told_by_whom(terminal: str, tmp_path: Path, program: str, sentence: str):
    script = tmp_path / program
    script.write_text("import sys\nf = open(sys.argv[1])\nprint('open', flush=True)\ninput()\n")
    other = subprocess.Popen(
        [sys.executable, script, terminal], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    try:
        with pytest.raises(FlashError, match=sentence) as caught:
            ports.check(terminal)
        assert program in caught.value.sentence
    finally:
        other.kill()
        other.communicate()


def test_a_free_port_is_free(terminal: str):
    ports.check(terminal)


def test_a_file_is_no_port(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(FlashError, match="is no serial port"):
        ports.check(str(tmp_path / "file"))


def test_a_kind_of_port_that_nobody_knows_is_named():
    ports.check("rfc2217://127.0.0.1:4000")
    with pytest.raises(FlashError, match="is no port"):
        ports.check("rfc2218://127.0.0.1:4000")


def test_a_port_that_is_not_there():
    with pytest.raises(FlashError, match="is not there"):
        ports.check("/dev/ttyNothing")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("[Errno 13] Permission denied: '/dev/ttyUSB0'", "You may not use"),
        (
            "Could not exclusively lock port: [Errno 11] Resource temporarily unavailable",
            "in use by",
        ),
        ("[Errno 2] No such file or directory", "is not there"),
        ("device reports readiness to read but returned no data", "has vanished"),
        ("write failed: [Errno 5] Input/output error", "has vanished"),
        ("[Errno 111] Connection refused", "cannot be opened"),
        ("something new", "cannot be opened"),
    ],
)
def test_what_a_driver_says_is_put_into_words(reason: str, sentence: str):
    assert sentence in ports.why_not_opened("/dev/ttyUSB9", reason).sentence
