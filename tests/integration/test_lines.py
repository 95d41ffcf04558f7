"""The stream is cut and read as the protocol's own reader does it, however it comes in."""

from binascii import crc32
from collections.abc import Callable
from itertools import batched
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.victron_espnow.lines import LineCutter, parse, parse_advert
from custom_components.victron_espnow.protocol import serial_line
from custom_components.victron_espnow.protocol.errors import ProtocolError
from custom_components.victron_espnow.protocol.serial_line import MAX_LINE, Line, LineReader

LETTERS = st.sampled_from([b"#V1 1 adv x", b"#", b"\n", b"\r", b"\r\n", b"a", b"x" * 200, b"\x00"])
STREAMS = st.lists(LETTERS, max_size=60).map(b"".join)


@settings(deadline=None)  # the machine may be busy
@given(STREAMS, st.integers(1, 700))
def test_in_any_pieces_it_gives_the_same_lines(stream: bytes, size: int) -> None:
    cutter, reader = LineCutter(), LineReader()
    for piece in batched(stream, size, strict=False):
        assert cutter.feed(bytes(piece)) == reader.feed(bytes(piece))
        assert cutter.too_long == reader.too_long


def test_a_line_without_end_takes_no_memory() -> None:
    cutter = LineCutter()
    for _ in range(1000):
        assert cutter.feed(b"x" * 4096) == []
        assert len(cutter._begun) <= MAX_LINE + 1
    assert cutter.feed(b"\n#V1 1 log info here\n") == [b"#V1 1 log info here"]
    assert cutter.too_long == 1


def outcome(read: Callable[[Any], Any], text: bytes | str) -> Any:
    """Return what was read, or why nothing was."""
    try:
        found = read(text)
    except ProtocolError as err:
        return err.reason
    return vars(found) if isinstance(found, Line) else found


FIELDS = st.sampled_from(
    [
        "#V1",
        "#V2",
        "#V01",
        "#V",
        "1",
        "65535",
        "65536",
        "-1",
        "007",
        "adv",
        "Adv",
        "a_1",
        "é",
        "x y",
        "",
        "*",
        "#",
    ]
)
PIECES = st.sampled_from(
    [
        *("0123456789ab", "0123456789AB", "0123456789a", "00ff" * 4, "00f" * 5, "zz" * 8, "", "x"),
        *("-60", "-128", "-129", "60", "127", "--6", "-", "+6"),
        *("0", "4294967295", "4294967296", "1_0", "ab" * 27, "ab" * 28),
    ]
)


@settings(deadline=None)
@given(
    st.lists(FIELDS, max_size=6), st.booleans(), st.sampled_from([b"", b"\n", b"noise#V", b"\x80"])
)
def test_any_line_is_read_as_the_protocol_reads_it(
    fields: list[str], is_sound: bool, before: bytes
) -> None:
    signed = " ".join(fields).encode()
    line = before + signed + b" *%08x" % (crc32(signed) + (not is_sound))
    assert outcome(parse, line) == outcome(serial_line.parse, line)


@pytest.mark.parametrize("is_sound", [True, False])
@pytest.mark.parametrize("sequence", ["0", "65535", "65536", "99999", "065535", "100000"])
def test_one_odd_part_of_a_line_is_read_as_the_protocol_reads_it(
    sequence: str, is_sound: bool
) -> None:
    signed = f"#V1 {sequence} log x".encode()
    line = signed + b" *%08x" % (crc32(signed) ^ (not is_sound))
    assert outcome(parse, line) == outcome(serial_line.parse, line)


@pytest.mark.parametrize("length", [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1])
def test_a_line_may_be_as_long_as_the_protocol_says(length: int) -> None:
    signed = b"#V1 1 log ".ljust(length - 10, b"x")
    line = signed + b" *%08x" % crc32(signed)
    assert len(line) == length
    assert outcome(parse, line) == outcome(serial_line.parse, line)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=7))
def test_any_advertisement_is_read_as_the_protocol_reads_it(pieces: list[str]) -> None:
    payload = " ".join(pieces)
    assert outcome(parse_advert, payload) == outcome(serial_line.parse_advert, payload)


GOOD = ["0123456789ab", "0123456789ab", "-60", "0", "ab" * 8]


@pytest.mark.parametrize("place", range(5))
@given(piece=PIECES)
def test_one_odd_field_of_an_advertisement_is_read_as_the_protocol_reads_it(
    place: int, piece: str
) -> None:
    payload = " ".join([*GOOD[:place], piece, *GOOD[place + 1 :], "more", "of it"])
    assert outcome(parse_advert, payload) == outcome(serial_line.parse_advert, payload)
