"""Finding Victron's frame in an advertisement, and telling new from repeated."""

from helpers import raises
from protocol.advertisement import (
    LATE,
    MAX_LENGTH,
    MIN_LENGTH,
    NEW,
    REPEAT,
    accepts,
    detect,
    find,
    judge_nonce,
    nonce,
    product_id,
)
from protocol.errors import NotInstantReadout, TooShort

MD = bytes.fromhex("100289a302b040af925d09a4d89aa0128bdef48c6298a9")
FLAGS = b"\x02\x01\x06"


def ad(md, company=b"\xe1\x02", kind=0xFF):
    return bytes((len(md) + 3, kind)) + company + md


def found(adv):
    place = find(adv)
    return adv[place >> 8 : (place >> 8) + (place & 255)] if place else None


def test_the_manufacturer_data_is_found_after_other_structures():
    assert found(ad(MD)) == MD
    assert found(FLAGS + ad(MD)) == MD
    assert found(FLAGS + b"\x05\x09Wxyz" + ad(MD) + b"\x03\x03\x12\x34") == MD
    assert found(memoryview(FLAGS + ad(MD))) == MD


def test_other_companies_and_types_are_not_found():
    assert found(FLAGS) is None
    assert found(ad(MD, b"\x4c\x00")) is None
    assert found(ad(MD, b"\x02\xe1")) is None
    assert found(ad(MD, kind=0x16)) is None
    assert found(ad(MD, b"\x4c\x00") + ad(MD)) == MD


def test_a_cut_list_is_never_read_past_its_end():
    whole = FLAGS + ad(MD)
    for length in range(len(whole)):
        assert found(whole[:length]) is None
    assert found(b"\xff\xff\xe1\x02") is None


def test_padding_ends_the_list():
    assert found(FLAGS + b"\0\0\0" + ad(MD)) is None


def test_a_company_id_alone_is_found_empty_and_not_accepted():
    place = find(ad(b""))
    assert place
    assert place & 255 == 0
    assert not accepts(b"")


def test_a_short_manufacturer_structure_is_skipped():
    assert found(b"\x01\xff" + b"\x02\xff\xe1" + ad(MD)) == MD


def test_only_product_advertisements_of_at_least_8_bytes_are_accepted():
    assert accepts(MD)
    assert accepts(MD[:MIN_LENGTH])
    assert not accepts(MD[: MIN_LENGTH - 1])
    for first in (0x00, 0x01, 0x02, 0x11, 0xFF):
        assert not accepts(bytes((first,)) + MD[1:])


def test_what_is_longest_fits_one_legacy_advertisement():
    assert len(ad(bytes(MAX_LENGTH))) == 31


def test_the_record_type_is_byte_4_or_two_bytes_when_extended():
    assert detect(MD) == 0x02
    assert detect(bytes.fromhex("100050c0ff0100010000")) == 0xFF01
    assert detect(bytes.fromhex("100050c0fe0100010000")) == 0xFE


def test_short_data_is_refused_whatever_it_begins_with():
    for length in range(MIN_LENGTH):
        raises(TooShort, detect, MD[:length])
        raises(TooShort, detect, bytes(length))


def test_networking_frames_are_refused_by_their_first_byte():
    raises(NotInstantReadout, detect, b"\x01" + MD[1:])
    raises(NotInstantReadout, detect, b"\x02" + MD[1:])


def test_nonce_and_product_are_little_endian():
    assert nonce(MD) == 0x40B0
    assert product_id(MD) == 0xA389


def test_the_first_nonce_is_new():
    assert judge_nonce(-1, 0, 0) == NEW


def test_an_equal_nonce_is_a_repeat():
    assert judge_nonce(5, 5, 0) == judge_nonce(5, 5, 60_000) == REPEAT


def test_a_higher_nonce_is_new():
    assert judge_nonce(5, 6, 1000) == NEW
    assert judge_nonce(0xFFFF, 0, 1000) == NEW
    assert judge_nonce(0, 30_000, 1000) == NEW


def test_up_to_60_behind_is_late_around_the_wrap_too():
    assert judge_nonce(100, 99, 1000) == judge_nonce(100, 40, 1000) == LATE
    assert judge_nonce(100, 39, 1000) == NEW
    assert judge_nonce(10, 0xFFFF, 1000) == judge_nonce(10, 65536 - 50, 1000) == LATE
    assert judge_nonce(10, 65536 - 51, 1000) == NEW


def test_after_a_minute_of_silence_everything_is_new():
    assert judge_nonce(100, 99, 60_000) == LATE
    assert judge_nonce(100, 99, 60_001) == NEW
    assert judge_nonce(100, 100, 60_001) == NEW
