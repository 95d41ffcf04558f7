"""The line to the firmware, and what a board says that does not answer."""

import itertools
from collections.abc import Iterator

import pytest

from flashing.console import Console, Refused
from flashing.errors import FlashError
from flashing.protocol_route import module


class Line:
    """A port on which a board says one thing again and again."""

    def __init__(self, *said: bytes) -> None:
        self._said: Iterator[bytes] = itertools.chain(said, itertools.repeat(b""))
        self.written = b""

    in_waiting = 0

    def read(self, _size: int = 1) -> bytes:
        return next(self._said)

    def write(self, data: bytes) -> int:
        self.written += data
        return len(data)


def console(line: Line) -> Console:
    """Return one whose clock goes on by 0.1 s whenever it is looked at."""
    clock = itertools.count()
    return Console(line, now=lambda: next(clock) / 10)


def line(kind: str, payload: str) -> bytes:
    return bytes(module("serial_line").encode(0, kind, payload))


ROM = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
SAID = {
    b"": "has said nothing",
    b"\x00\xff\xff\x00": "has said nothing",
    ROM + b"Brownout detector was triggered\r\n": "supply voltage breaks down",
    ROM + b"invalid header: 0xffffffff\r\n": "nothing to start",
    b"boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download\r\n": "waits in its boot loader",
    ROM + b"The filesystem appears to be corrupted. If you had\r\n": "cannot mount the file system",
    b"No application: flash this board again.\r\n": "holds no application",
    ROM + b"Guru Meditation Error: Core  0 panic'ed\r\n": "crashes",
    b"Traceback (most recent call last):\r\nValueError: x\r\n": "starts and fails",
    b"MicroPython v1.20.0 on 2023-04-26\r\n>>> ": "but not this firmware",
    b"[I][app:102]: ESPHome version 2026.10.1\r\n": "Something else than this firmware",
}


@pytest.mark.parametrize(("said", "meaning"), SAID.items(), ids=SAID.values())
def test_what_is_said_instead_of_hello_is_told_with_what_to_do(said: bytes, meaning: str):
    with pytest.raises(FlashError, match=meaning) as caught:
        console(Line(said)).hello(3)
    assert caught.value.advice


def test_a_loop_of_brown_outs_is_told_before_the_time_is_up():
    asked = Line(*[ROM + b"Brownout detector was triggered\r\n"] * 5)
    clock = itertools.count()
    with pytest.raises(FlashError, match="supply voltage"):
        Console(asked, now=lambda: next(clock) / 10).hello(1000)
    assert next(clock) < 100


def test_what_a_foreign_firmware_says_is_shown():
    with pytest.raises(FlashError) as caught:
        console(Line(b"\x1b[0;32m[I][app:102]: ESPHome version 2026.10.1\r\n")).hello(3)
    assert "ESPHome version 2026.10.1" in caught.value.advice
    assert "\x1b" not in caught.value.advice


def test_hello_is_found_between_boot_messages():
    said = line("hello", '{"role":"sensor","boot":5}')
    found = console(Line(ROM, said[:10], said[10:])).hello(3)
    assert found["role"] == "sensor"


def test_hello_is_asked_for_again_and_again():
    silent = Line()
    with pytest.raises(FlashError):
        console(silent).hello(10)
    assert silent.written.count(b" hello ") >= 3


def test_a_hello_of_the_start_before_does_not_count():
    old, new = (line("hello", f'{{"boot":{boot}}}') for boot in (5, 6))
    assert console(Line(old, new)).hello(5, other_than={"boot": 5}) == {"boot": 6}


def test_an_answer_is_that_to_our_command():
    one = Line(line("ack", "9 ok {}"), line("ack", '1 ok {"a":2}'))
    assert console(one).command("options") == {"a": 2}


def test_hello_is_asked_for_at_once():
    asked = Line()
    with pytest.raises(FlashError):
        console(asked).hello(0.1)
    assert asked.written.count(b" hello ") == 1


def test_the_prompt_is_waited_for():
    said = Line(
        line("ack", "1 ok {}"), ROM, b"", b"MicroPython v1.29.0\r\n>>", b"> ", line("hello", "{}")
    )
    console(said).prompt()
    assert said.read() == line("hello", "{}")


def test_a_prompt_that_does_not_come_is_named():
    with pytest.raises(FlashError, match="Something else than this firmware"):
        console(Line(line("ack", "1 ok {}"), ROM)).prompt()


def test_a_refusal_has_its_reason():
    with pytest.raises(Refused, match="refuses provision: bad_name"):
        console(Line(line("ack", "1 error bad_name"))).command("provision", name="x")


def test_a_newer_line_version_is_named():
    with pytest.raises(FlashError, match="line version 2"):
        console(Line(b"\n#V2 whatever comes *99a2bc7f\n")).hello(3)


def test_a_name_that_does_not_fit_into_a_line_is_named():
    with pytest.raises(FlashError, match="does not fit"):
        console(Line()).command("provision", name="ü" * 40)
