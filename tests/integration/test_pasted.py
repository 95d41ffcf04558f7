"""Whatever people paste: one device or many, from VictronConnect, a table, a note or a mail."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.victron_espnow.pasted import Pasted, UnreadableError, read

ONE = "c0ffee000001"
TWO = "c0ffee000002"
KEY_1 = "0df4d0395b7d1a876c0c33ecb9e70dcd"
KEY_2 = "5d12aa039b7d1a8765000000b9e70d99"
PAIRS = [(ONE, KEY_1), (TWO, KEY_2)]


def colons(mac: str) -> str:
    return ":".join(mac[at : at + 2] for at in range(0, 12, 2)).upper()


def found(text: str) -> list[tuple[str, str]]:
    return [(one.mac.hex(), one.digits) for one in read(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"{colons(ONE)} {KEY_1}",
        f"{KEY_1} {colons(ONE)}",
        f"{ONE}{KEY_1}",
        f"{colons(ONE)},{KEY_1}",
        f"MAC address: {colons(ONE)}\r\nEncryption key: {KEY_1}\r\n",
        f"Encryption data\n{colons(ONE).lower()}\n{KEY_1[:16]}\n{KEY_1[16:]}",
        f"BMV 712\t{colons(ONE).replace(':', '-')}\t0x{KEY_1.upper()}",
        " ".join((ONE + KEY_1)[at : at + 2] for at in range(0, 44, 2)),
        f'{{"mac": "{ONE}", "key": "{KEY_1}"}}',
        f"SmartSolar MPPT 100/30 ({colons(ONE)})\n\n  key = {KEY_1[:8]} {KEY_1[8:16]} {KEY_1[16:]}",
    ],
)
def test_one_device_is_found_however_it_is_written(text: str) -> None:
    assert found(text) == [(ONE, KEY_1)]


@pytest.mark.parametrize("at", [one for one in range(1, 32) if one != 12])
def test_one_device_is_found_wherever_its_key_is_broken(at: int) -> None:
    """What is left of it may look like a key that lacks a digit; 12 digits are an address."""
    assert found(f"{colons(ONE)}\n{KEY_1[:at]}\n{KEY_1[at:]}") == [(ONE, KEY_1)]


@pytest.mark.parametrize("between", [" ", ",", ";", "\t", " | ", "\n", ": "])
@pytest.mark.parametrize("behind", ["\n", "\n\n", "\r\n", "\n---\n"])
def test_several_devices_are_told_apart(between: str, behind: str) -> None:
    text = behind.join(f"{colons(mac)}{between}{key}" for mac, key in PAIRS)
    assert found(text) == PAIRS
    text = behind.join(f"{key}{between}{colons(mac)}" for mac, key in PAIRS)
    assert found(text) == PAIRS


def test_a_table_with_names_and_headings_is_read() -> None:
    text = f"Name;MAC;Key\nHouse battery;{ONE};{KEY_1}\nRoof MPPT 75/15;{TWO};{KEY_2}\n"
    assert found(text) == PAIRS


def test_a_key_that_goes_on_in_the_next_line_is_put_together_also_among_others() -> None:
    text = f"{colons(ONE)}\n{KEY_1[:20]}\n{KEY_1[20:]}\n{colons(TWO)}\n{KEY_2[:8]} {KEY_2[8:16]}\n{KEY_2[16:]}"
    assert found(text) == PAIRS


def test_31_digits_are_taken_for_a_key_that_lacks_one() -> None:
    assert found(f"{colons(ONE)} {KEY_1[:-1]}\n{ONE[:-1]}2{KEY_2[1:]}") == [
        (ONE, KEY_1[:-1]),
        (TWO, KEY_2[1:]),
    ]


def test_an_address_or_a_key_may_come_alone() -> None:
    assert found(f"{colons(ONE)}\n{colons(TWO)}") == [(ONE, ""), (TWO, "")]
    assert found(f"{KEY_1}\n{KEY_2}") == [("", KEY_1), ("", KEY_2)]


@pytest.mark.parametrize("text", ["", "  \n", "House battery", "Battery 712, decade, facade"])
def test_words_alone_are_nothing(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "line", "digits"),
    [
        (KEY_1[:-2], 1, 30),
        (f"{ONE}\n{KEY_1[:9]}\n{KEY_1[9:17]}", 2, 17),
        (f"{colons(ONE)} {KEY_1}\n\n{colons(TWO)}:11", 3, 14),
        (f"{ONE};{KEY_1}\n{TWO};{KEY_2}aa", 2, 34),
    ],
)
def test_what_is_neither_is_told_with_its_line(text: str, line: int, digits: int) -> None:
    with pytest.raises(UnreadableError) as told:
        read(text)
    assert (told.value.line, told.value.digits) == (line, digits)
    assert KEY_1[:6] not in str(told.value)


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet="0123456789abcdefABCDEF :;,-x\n\tkKäß'", max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    result: list[Pasted] = []
    with contextlib.suppress(UnreadableError):
        result = read(text)
    for one in result:
        assert isinstance(one, Pasted)
        assert one.mac or one.digits
        assert len(one.mac) in (0, 6)
        assert len(one.digits) in (0, 31, 32)
