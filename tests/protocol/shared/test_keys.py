"""Keys and addresses in every spelling people paste."""

from helpers import raises
from protocol.errors import BadMac, KeyWrongLength
from protocol.instant_readout import format_mac, parse_key, parse_mac

DIGITS = "aff4d0995b7d1e176c0c33ecb9e70dcd"
KEY = bytes.fromhex(DIGITS)
MAC = bytes.fromhex("c0ffee12345f")


def pairs(separator, digits=DIGITS):
    return separator.join([digits[at : at + 2] for at in range(0, len(digits), 2)])


SPELLINGS = (
    DIGITS,
    DIGITS.upper(),
    "  " + DIGITS + "\r\n",
    pairs(" "),
    pairs(":"),
    pairs("-").upper(),
    pairs(", 0x"),
    "0x" + DIGITS,
    "0x " + DIGITS,
    DIGITS[:16] + "\n" + DIGITS[16:],
    DIGITS[:8] + " " + DIGITS[8:16] + "\n" + DIGITS[16:24] + " " + DIGITS[24:],
    "Encryption key: " + DIGITS,
    "Advertisement key:\n" + pairs(" "),
    "Key=" + DIGITS + ";",
    "key" + DIGITS,
    DIGITS + " (SmartShunt)",
    "SmartShunt 500A: " + DIGITS,
    "BMV-712 " + pairs(":"),
    "712 " + pairs(":"),
    "IP22 12/30 " + DIGITS + " back",
    '{"key": "' + DIGITS + '"}',
)


def test_a_key_is_read_in_any_spelling():
    for text in SPELLINGS:
        assert parse_key(text) == KEY, text


def test_another_number_of_digits_is_refused_and_counted():
    for count in (0, 1, 30, 31, 33, 48, 64):
        error = raises(KeyWrongLength, parse_key, (DIGITS + DIGITS)[:count])
        assert len(error.digits) == count
        assert error.reason == "key_wrong_length"


def test_31_digits_are_handed_on_for_repair():
    for text in (
        DIGITS[1:],
        "Key: " + DIGITS[1:].upper(),
        "712: " + DIGITS[1:],
        pairs(" ", DIGITS[1:]),
    ):
        assert raises(KeyWrongLength, parse_key, text).digits == DIGITS[1:], text


def test_a_refusal_never_shows_the_digits():
    error = raises(KeyWrongLength, parse_key, DIGITS[1:])
    assert DIGITS[1:9] not in str(error)
    assert DIGITS[1:9] not in repr(error)


def test_two_different_keys_are_no_key():
    raises(KeyWrongLength, parse_key, DIGITS + " " + "0" * 32)
    assert parse_key(DIGITS + " " + DIGITS.upper()) == KEY


def test_words_are_no_key():
    for text in ("", "not a key", "déjà vu", "\u0663" * 32, "g" * 32):
        raises(KeyWrongLength, parse_key, text)


def test_an_address_is_read_in_any_spelling():
    for text in (
        "C0:FF:EE:12:34:5F",
        "c0ffee12345f",
        "c0-ff-ee-12-34-5f",
        "c0ff.ee12.345f",
        " MAC: c0 ff ee 12 34 5f\n",
        "SmartShunt (C0:FF:EE:12:34:5F)",
    ):
        assert parse_mac(text) == MAC, text


def test_anything_else_is_no_address():
    for text in ("", "C0:FF:EE:12:34", "C0:FF:EE:12:34:5F:00", "C0:FF:EE:12:34:5G", DIGITS):
        assert raises(BadMac, parse_mac, text).reason == "bad_mac"


def test_an_address_is_written_in_upper_case_with_colons():
    assert format_mac(MAC) == "C0:FF:EE:12:34:5F"
    assert parse_mac(format_mac(bytes(6))) == bytes(6)


def test_a_label_of_hex_digits_does_not_hide_a_key_in_equal_pieces():
    for digits in (DIGITS, "0" * 32):
        assert parse_key("500A = " + pairs(" ", digits)) == bytes.fromhex(digits)
    fours = " ".join([DIGITS[at : at + 4] for at in range(0, 32, 4)])
    assert parse_key("12 30 " + fours) == KEY
