"""Instant Readout: every vector decodes to its numbers, and what is refused is refused by name."""

import sys

from frames import KEY, VECTORS, advert, bits, frame, key_of
from helpers import raises
from protocol import aes
from protocol.errors import (
    KeyMismatch,
    KeyMissing,
    KeyWrongLength,
    NoData,
    NoPayload,
    ProtocolError,
    TruncatedRecord,
    UnknownRecordType,
)
from protocol.instant_readout import decode, parse_key
from protocol.records import RECORDS


def is_undetectable(vector):
    return vector["expected"].get("error") == "wrong_key_undetectable_by_check_byte"


def vector_test(vector):
    def test():
        if is_undetectable(vector):
            # One byte of key is all a single frame can check: see test_judging.
            assert not decode(advert(vector), key_of(vector)).plausible
            return
        try:
            key = parse_key(vector["key_hex"]) if vector["key_hex"] else None
            outcome = decode(advert(vector), key).fields
        except ProtocolError as error:
            outcome = {"error": error.reason}
        assert outcome == vector["expected"], outcome

    return test


for _number, _vector in enumerate(VECTORS):
    _kind = _vector["record_type"] or _vector["expected"].get("error")
    # Not through globals(): MicroPython's dir() lists only names that went through setattr.
    setattr(sys.modules[__name__], "test_vector_%02d_%s" % (_number, _kind), vector_test(_vector))


def test_every_vector_has_its_test():
    made = [name for name in globals() if name.startswith("test_vector_")]
    assert len(made) == len(VECTORS) == 61


def test_the_head_of_a_reading_is_that_of_its_frame():
    for vector in VECTORS:
        if vector["model_id"] and vector["record_type"] and "error" not in vector["expected"]:
            reading = decode(advert(vector), key_of(vector))
            assert reading.product_id == int(vector["model_id"], 16)
            assert reading.record_type == int(vector["record_type"], 16)
            assert vector["nonce"] in (reading.nonce, None)


def test_every_well_formed_vector_is_plausible():
    for vector in VECTORS:
        if "error" not in vector["expected"]:
            assert decode(advert(vector), key_of(vector)).plausible, vector["device"]


def test_a_payload_one_byte_short_of_its_table_is_truncated():
    for record_type, (_, length, *_) in RECORDS.items():
        if length:
            md = frame(record_type, bytes(length))
            assert decode(md, KEY)
            raises(TruncatedRecord, decode, md[:-1], KEY)


def test_a_payload_longer_than_its_table_is_read_as_far_as_the_table_goes():
    for record_type, (_, length, *_) in RECORDS.items():
        if length:
            payload = bytes([0x11 * (at % 15) for at in range(length)])
            short = decode(frame(record_type, payload), KEY)
            for more in (1, 4, 11):
                longer = decode(frame(record_type, payload + b"\x5a" * more), KEY)
                assert longer.values == short.values, record_type


def test_a_longer_record_may_use_the_spare_bits():
    payload = bits(15, (32, 16, 0), (16, 16, 1250), (108, 10, 1000), (118, 2, 0))
    assert not decode(frame(0x02, payload), KEY).plausible
    assert decode(frame(0x02, payload + b"\0"), KEY).plausible


def test_a_header_alone_has_no_payload():
    for record_type in RECORDS:
        raises(NoPayload, decode, frame(record_type, b""), KEY)


def test_a_record_without_a_table_is_named():
    for record_type in (0x10, 0x42, 0xFE, 0xFF02, 0xFFFF):
        error = raises(UnknownRecordType, decode, frame(record_type, bytes(16)), KEY)
        assert error.record_type == record_type


def test_records_without_a_published_layout_are_recognised_and_give_no_fields():
    for record_type, name in ((0x07, "gx_device"), (0x0E, "smart_bms"), (0xFF00, "plain_test")):
        reading = decode(frame(record_type, b"\x01"), KEY)
        assert reading.record_name == name
        assert reading.fields == {}
        assert reading.plausible


def test_a_dongle_without_a_device_has_no_data():
    raises(NoData, decode, bytes.fromhex("1002030200000000"), None)
    raises(NoData, decode, bytes.fromhex("1002030200000000") + bytes(5), KEY)


def test_a_test_record_with_a_counter_is_data():
    md = frame(0x00, bits(5, (0, 30, 86400), (30, 7, 65)), 7)
    assert decode(md, KEY).fields == {"uptime_s": 86400, "temperature_c": 25}


def test_an_encrypted_record_needs_a_key():
    raises(KeyMissing, decode, frame(0x01, bytes(12)), None)


def test_a_plaintext_record_needs_no_key_and_minds_none():
    md = frame(0xFF01, bytes(16))
    assert decode(md, None).values == decode(md, KEY).values == decode(md, b"short").values


def test_a_key_has_16_bytes():
    md = frame(0x01, bytes(12))
    for length in (0, 1, 15, 17, 24, 32):
        raises(KeyWrongLength, decode, md, (KEY + KEY)[:length])


def test_a_key_with_another_first_byte_is_refused():
    raises(KeyMismatch, decode, frame(0x01, bytes(12)), bytes((KEY[0] ^ 1,)) + KEY[1:])


def test_a_truncated_frame_is_refused_whatever_the_key():
    md = frame(0x01, bytes(11))
    for key in (None, KEY, b"", bytes(16)):
        raises(TruncatedRecord, decode, md, key)


def test_any_buffer_decodes():
    md = frame(0x02, bits(15, (16, 16, 1253)))
    for buffer in (md, bytearray(md), memoryview(md)):
        assert decode(buffer, KEY).values["battery_voltage_v"] == 1253


def test_the_reading_does_not_change_with_the_buffer_it_came_from():
    buffer = bytearray(frame(0x02, bits(15, (16, 16, 1253))))
    reading = decode(memoryview(buffer), KEY)
    for at in range(len(buffer)):
        buffer[at] = 0
    assert reading.nonce == 0x1234
    assert reading.fields == decode(frame(0x02, bits(15, (16, 16, 1253))), KEY).fields


def test_more_keys_than_the_cipher_cache_holds_still_decode():
    for number in range(80):
        key = bytes((number,)) + KEY[1:]
        md = frame(0x02, bits(15, (16, 16, number)), key=key)
        assert decode(md, key).values["battery_voltage_v"] == number
        assert len(aes._ciphers) <= 32
