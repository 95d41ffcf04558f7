"""Judging a key by several frames, and finding a missing digit."""

from frames import KEY, advert, bits, frame, key_of, payloads, with_kind
from helpers import raises
from protocol import aes
from protocol.errors import KeyWrongLength
from protocol.instant_readout import KeyRepair, decode, judge_key, repair_key
from protocol.judging import Judge, Telling
from protocol.records import RECORDS

DIGITS = "5a5b5c5d5e5f60616263646566676869"
JUDGED = (0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x0F)


def sent(record_type, count, first=1000, step=1, key=KEY, payload=None):
    """What a device sends in `count` seconds while little changes."""
    payload = payload or payloads(record_type)[0]
    return [frame(record_type, payload, first + step * at & 0xFFFF, key) for at in range(count)]


def another(number):
    """A key whose first byte is that of KEY, as one in 256 has."""
    return KEY[:1] + bytes([number * 37 + at * 101 + 11 & 0xFF for at in range(15)])


def test_two_frames_prove_a_battery_monitor_and_a_solar_charger():
    for record_type in (0x01, 0x02):
        frames = sent(record_type, 2)
        assert judge_key(frames[:1], KEY) == "undecided"
        assert judge_key(frames, KEY) == "right"


def test_an_ac_charger_takes_three():
    frames = sent(0x08, 3)
    assert judge_key(frames[:2], KEY) == "undecided"
    assert judge_key(frames, KEY) == "right"


def test_every_record_with_a_layout_proves_its_key_in_the_end():
    for record_type in JUDGED:
        assert judge_key(sent(record_type, 5), KEY) == "right", record_type


def test_the_bytes_of_real_devices_prove_their_keys():
    keys = {}
    for vector in with_kind("real"):
        keys.setdefault((vector["key_hex"], vector["record_type"]), []).append(vector)
    judged = 0
    for vectors in keys.values():
        if len(vectors) > 1:
            judged += 1
            assert judge_key(map(advert, vectors), key_of(vectors[0])) == "right"
    assert judged == 2


def test_a_wrong_key_with_a_fitting_check_byte_is_found_out():
    for record_type in JUDGED:
        for number in range(6):
            frames = sent(record_type, 12)
            assert decode(frames[0], another(number))
            assert judge_key(frames, another(number)) == "wrong", (record_type, number)


def test_the_wrong_key_that_the_check_byte_cannot_see_is_found_out():
    vector = next(v for v in with_kind("wrong_key") if "undetectable" in v["expected"]["error"])
    real = [v for v in with_kind("real") if v["device"].startswith("SmartShunt 500A/50mV")]
    frames = [advert(v) for v in real if v["record_type"] == "0x02"]
    assert advert(vector) in frames
    assert len(frames) == 3
    assert decode(advert(vector), key_of(vector))
    assert judge_key(frames, key_of(vector)) == "wrong"
    assert judge_key(frames, key_of(real[0])) == "right"


def test_another_check_byte_is_wrong_at_once():
    frames = sent(0x02, 3)
    key = bytes((KEY[0] ^ 0x80,)) + KEY[1:]
    assert judge_key(frames[:1], key) == "wrong"
    assert judge_key(sent(0x02, 3) + sent(0x02, 1, 2000, key=key), KEY) == "wrong"


def test_repeats_prove_nothing():
    assert judge_key(sent(0x02, 1) * 9, KEY) == "undecided"
    assert judge_key(sent(0x08, 2) * 9, KEY) == "undecided"
    odd = frame(0x02, bits(15, (32, 16, 0xFFFF), (16, 16, -1)), 1000)
    assert judge_key([odd] * 9, KEY) == "undecided"


def test_frames_that_tell_nothing_count_neither_way():
    silent = [
        b"",
        b"\x10",
        b"\x01" + frame(0x02, bytes(15))[1:],  # VE.Smart networking
        bytes.fromhex("01bc1898a598b9f901040000f884fa25c3b26afdd0065625"),
        bytes.fromhex("1002030200000000"),  # a dongle without data
        frame(0x02, bytes(14), 77, bytes(16)),  # cut, and of another key
        frame(0x42, bytes(14), 78, bytes(16)),  # unknown
        frame(0xFF01, bytes(16), 79),  # plaintext
        frame(0xFF00, bytes(16), 80),
    ]
    for md in silent:
        assert judge_key([md] * 3, KEY) == "undecided"
    mixed = silent + sent(0x02, 1) + silent
    assert judge_key(mixed, KEY) == "undecided"
    assert judge_key(mixed + sent(0x02, 1, 1001), KEY) == "right"


def test_records_without_a_layout_decide_nothing_but_the_check_byte():
    for record_type in (0x07, 0x0E):
        frames = [frame(record_type, bytes(14), nonce) for nonce in range(30)]
        assert judge_key(frames, KEY) == "undecided"
        assert judge_key(frames, bytes(16)) == "wrong"


def noise(nonce):
    """What a device may send while it loses power."""
    return frame(0x02, bytes([nonce * 89 + at * 57 + 0x41 & 0xFF for at in range(15)]), nonce)


def test_one_odd_frame_never_condemns_a_key():
    for record_type in JUDGED:
        length = RECORDS[record_type][1]
        for odd in (b"\xff" * length, b"\x55" * length, b"\xaa" * length, bytes(length)):
            for place in range(8):
                frames = sent(record_type, 8)
                frames[place] = frame(record_type, odd, 1000 + place)
                for count in range(1, 9):
                    assert judge_key(frames[:count], KEY) != "wrong", (record_type, odd, place)


def test_a_proven_key_stays_right_through_an_odd_frame():
    frames = sent(0x02, 4) + [noise(1004)] + sent(0x02, 4, 1005)
    for count in range(4, 10):
        assert judge_key(frames[:count], KEY) == "right"


def test_odd_frames_alone_disprove_a_proven_key_however_long_it_was_right():
    frames = sent(0x02, 100) + [noise(2000 + at) for at in range(12)]
    assert judge_key(frames, KEY) == "wrong"


def test_a_score_can_be_watched_frame_by_frame():
    judge = Judge(KEY)
    telling = Telling()
    scores = []
    for md in sent(0x08, 1) + sent(0x08, 3):
        record_type = telling.record_type(md)
        if record_type >= 0:
            judge.weigh(record_type, md)
        scores.append(judge.score)
    assert 0 < scores[0] == scores[1] < scores[2] < scores[3] == 13


def test_a_new_code_in_every_frame_does_not_condemn_a_key():
    payload = bytes((77,)) + payloads(0x08)[0][1:]
    frames = sent(0x08, 8, payload=payload)
    assert not decode(frames[0], KEY).plausible
    for count in range(1, 9):
        assert judge_key(frames[:count], KEY) != "wrong"
    assert judge_key(frames, KEY) == "right"


def test_a_voltage_that_jumps_every_second_is_evidence_against_an_ac_charger():
    steady = payloads(0x08)[0]
    jumped = bits(13, (0, 8, 0), (8, 8, 0), (16, 13, 5000), (29, 11, 3))
    frames = [frame(0x08, (steady, jumped)[at % 2], 1000 + at) for at in range(3)]
    assert judge_key(frames, KEY) == "undecided"
    apart = [frame(0x08, (steady, jumped)[at % 2], 1000 + 60 * at) for at in range(3)]
    assert judge_key(apart, KEY) == "right"


def test_the_nonce_may_wrap_between_two_frames():
    assert judge_key(sent(0x08, 3, 0xFFFF), KEY) == "right"


def test_a_key_of_another_length_cannot_be_judged():
    raises(KeyWrongLength, judge_key, [], KEY[:15])


def repaired(record_type, missing, count):
    return repair_key(sent(record_type, count), DIGITS[:missing] + DIGITS[missing + 1 :])


def test_there_are_481_ways_to_insert_a_digit():
    assert KeyRepair(DIGITS[1:]).candidates == 481


def test_a_missing_first_digit_is_found():
    repair = KeyRepair(DIGITS[1:])
    frames = sent(0x02, 2)
    repair.feed(frames[0])
    assert repair.candidates == 1
    assert repair.key is None
    repair.feed(frames[1])
    assert repair.candidates == 1
    assert repair.key == KEY


def test_a_missing_digit_further_right_is_found():
    for missing in (1, 2, 17, 31):
        assert repaired(0x02, missing, 3) == KEY, missing


def test_an_ac_charger_gives_its_digit_away_more_slowly():
    assert repaired(0x08, 20, 2) is None
    assert repaired(0x08, 20, 5) == KEY


def test_of_several_fitting_keys_none_is_offered():
    repair = KeyRepair(DIGITS[1:])
    repair._judges = [Judge(KEY), Judge(KEY)]
    for md in sent(0x02, 5):
        repair.feed(md)
    assert [judge.verdict for judge in repair._judges] == ["right", "right"]
    assert repair.candidates == 2
    assert repair.key is None


def test_judging_and_repairing_leave_the_cipher_cache_alone():
    before = list(aes._ciphers)
    assert repaired(0x02, 20, 3) == KEY
    assert judge_key(sent(0x02, 2), another(5)) == "wrong"
    assert list(aes._ciphers) == before


def test_a_repeat_adds_nothing_to_a_repair():
    assert repair_key(sent(0x02, 1) * 5, DIGITS[1:]) is None


def test_an_odd_frame_does_not_lose_the_digit():
    repair = KeyRepair(DIGITS[:9] + DIGITS[10:])
    for md in [noise(999)] + sent(0x02, 12):
        repair.feed(md)
        assert repair.key in (None, KEY)
    assert repair.key == KEY


def test_digits_of_another_key_give_no_key():
    frames = sent(0x02, 8, key=bytes(range(16, 32)))
    assert repair_key(frames, DIGITS[1:]) is None
    repair = KeyRepair(DIGITS[:9] + "0" + DIGITS[11:])
    for md in sent(0x02, 8, key=another(3)):
        repair.feed(md)
        assert repair.key is None
    assert repair.candidates == 0


def test_only_31_hex_digits_can_be_repaired():
    for digits in ("", DIGITS, DIGITS[2:], "g" * 31):
        raises(KeyWrongLength, KeyRepair, digits)
    assert KeyRepair(DIGITS[1:].upper()).candidates == 481
