"""The console: whose answer it is, and that nothing said in the same breath is missed."""

import pytest

from hardware_check.console import Console
from hardware_check.errors import CheckError
from protocol import serial_line


class Script:
    """A port on which everything is said in advance, in pieces; a second goes by with each."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.now = 0.0
        self.written = b""

    def read(self) -> bytes:
        self.now += 1
        return self.pieces.pop(0) if self.pieces else b""

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        pass


def ack(number: int, **data: int) -> bytes:
    return serial_line.encode(0, "ack", serial_line.encode_ack(number, dict(data)))


def console(*pieces: bytes) -> Console:
    script = Script(*pieces)
    return Console(script, lambda: script.now)


def test_answer_to_an_earlier_command_is_nobodys() -> None:
    one = console(ack(1, n=1), ack(1, n=1) + ack(2, n=2))
    assert one.command("counters") == {"n": 1}
    assert one.command("counters") == {"n": 2}


def test_what_follows_an_answer_in_the_same_breath_is_still_there() -> None:
    one = console(ack(1) + serial_line.encode(1, "measured", '{"us":7}'))
    one.command("measure")
    assert one.next("measured", 1) == {"us": 7}


def test_command_is_repeated_until_it_is_answered() -> None:
    one = console(b"", b"", b"", ack(1, n=3))
    assert one.command("counters") == {"n": 3}


def test_command_that_is_never_answered_is_named() -> None:
    with pytest.raises(CheckError, match="does not answer `counters`"):
        console().command("counters")


def test_echo_of_a_prompt_is_no_line_of_the_node() -> None:
    echo = serial_line.encode_command(0, 1, "hello", {})
    assert not list(console(echo).lines(2))


def test_hello_of_another_time_is_named() -> None:
    with pytest.raises(CheckError, match="another version"):
        console(b"#V2 whatever comes *99a2bc7f\n").hello()
