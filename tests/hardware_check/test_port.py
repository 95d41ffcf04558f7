"""Real ports: pseudo-terminals that are busy, absent, or pulled."""

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware_check.errors import CheckError, PortGone
from hardware_check.port import SerialStream


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """The board's end, and the name of ours."""
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    yield master, name
    for descriptor in (master, slave):
        try:
            os.close(descriptor)
        except OSError:
            continue  # the test did


def test_bytes_go_both_ways(terminal: tuple[int, str]) -> None:
    master, name = terminal
    stream = SerialStream(name)
    stream.write(b"hello\n")
    assert os.read(master, 100) == b"hello\n"
    os.write(master, b"#V1")
    assert b"".join(stream.read() for _ in range(3)) == b"#V1"
    assert stream.read() == b""
    stream.close()


def test_absent_port_is_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="There is no port"):
        SerialStream(str(tmp_path / "ttyUSB9"))


def test_busy_port_is_said_to_be_in_use(terminal: tuple[int, str]) -> None:
    _, name = terminal
    stream = SerialStream(name)
    with pytest.raises(CheckError, match="is in use"):
        SerialStream(name)
    stream.close()


def test_file_that_is_no_port_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckError):
        SerialStream(str(tmp_path / "file"))


def test_address_where_nobody_listens_is_refused() -> None:
    with pytest.raises(CheckError):
        SerialStream("socket://127.0.0.1:1")


def test_pulled_cable_is_noticed(terminal: tuple[int, str]) -> None:
    master, name = terminal
    stream = SerialStream(name)
    os.close(master)
    with pytest.raises(PortGone):
        stream.read()
    with pytest.raises(PortGone):
        stream.write(b"hello")
    stream.close()
