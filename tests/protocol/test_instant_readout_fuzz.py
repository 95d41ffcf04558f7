"""No input whatever leads to an error without a name, also behind the check of the key."""

import json
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "shared"))

from frames import frame

from protocol.advertisement import accepts, detect, find, judge_nonce
from protocol.errors import ProtocolError
from protocol.instant_readout import (
    KeyRepair,
    decode,
    format_mac,
    judge_key,
    parse_key,
    parse_mac,
)
from protocol.names import FLAGS, LEVELS, STATES, flag_slugs, levels, state_slug
from protocol.records import RECORDS

# No deadline: the machine may be busy with the other stages.
settings.register_profile("protocol", deadline=None, database=None)
settings.load_profile("protocol")

KEYS = st.binary(min_size=16, max_size=16)
TYPES = st.one_of(st.sampled_from(sorted(RECORDS)), st.integers(0, 0xFE))


@st.composite
def sent(draw, key):
    """A frame whose check byte fits and whose payload decrypts to anything."""
    payload = draw(st.binary(max_size=19))
    return frame(
        draw(TYPES), payload, draw(st.integers(0, 0xFFFF)), key, draw(st.integers(0, 0xFFFF))
    )


def refusal(function, *arguments):
    """The reason for refusing, "" if nothing was refused; any other error passes through."""
    try:
        function(*arguments)
    except ProtocolError as error:
        return error.reason
    return ""


def decode_and_show(md, key):
    shown(decode(md, key))


def shown(reading):
    """Use everything a reading offers."""
    assert reading.record_name
    assert reading.plausible in (True, False)
    text = json.dumps(reading.fields, allow_nan=False)
    assert json.loads(text) == reading.fields
    for name, value in reading.values.items():
        if value is not None and name in STATES:
            assert state_slug(name, value)
        if name in FLAGS:
            assert isinstance(flag_slugs(name, value), tuple)
        if name in LEVELS:
            assert max(levels(name, value).values()) <= 3


@given(st.binary(max_size=40), st.one_of(st.none(), st.binary(max_size=33)))
def test_any_bytes_and_any_key_decode_or_are_refused_by_name(md, key):
    assert refusal(decode_and_show, md, key) != ProtocolError.reason


@given(st.data(), KEYS)
def test_any_payload_behind_a_fitting_check_byte_decodes_or_is_refused_by_name(data, key):
    md = data.draw(sent(key))
    reasons = ("", "no_payload", "no_data", "truncated_record", "unknown_record_type")
    assert refusal(decode_and_show, md, key) in reasons


@given(st.data(), KEYS, st.sampled_from(sorted(RECORDS)))
def test_a_whole_payload_of_a_known_record_always_decodes(data, key, record_type):
    length = max(1, RECORDS[record_type][1])
    payload = data.draw(st.binary(min_size=length, max_size=19))
    shown(decode(frame(record_type, payload, 1, key), key))


@given(st.data(), KEYS)
def test_judging_and_repairing_take_any_frames(data, key):
    frames = data.draw(st.lists(st.one_of(sent(key), st.binary(max_size=30)), max_size=6))
    assert judge_key(frames, key) in ("right", "wrong", "undecided")
    repair = KeyRepair(key.hex()[1:])
    for md in frames:
        repair.feed(md)
        assert 0 <= repair.candidates <= 481
        assert repair.key is None or len(repair.key) == 16


@given(st.binary(max_size=64))
def test_what_is_found_in_an_advertisement_lies_in_it(adv):
    place = find(adv)
    assert (place >> 8) + (place & 0xFF) <= len(adv)
    md = adv[place >> 8 : (place >> 8) + (place & 0xFF)]
    if place and accepts(md):
        assert detect(md) in range(0x10000)


@given(st.integers(-1, 0xFFFF), st.integers(0, 0xFFFF), st.integers(0, 1 << 31))
def test_every_nonce_is_judged(previous, nonce, silent_ms):
    assert judge_nonce(previous, nonce, silent_ms) in (0, 1, 2)


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_is_refused_by_name(text):
    if not refusal(parse_key, text):
        assert len(parse_key(text)) == 16


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_is_refused_by_name(text):
    if not refusal(parse_mac, text):
        assert parse_mac(format_mac(parse_mac(text))) == parse_mac(text)


LABELS = ("", "Key: ", "encryption key\n", "SmartShunt 500A = ", "BMV-712: ")


@given(
    KEYS,
    st.sampled_from(LABELS),
    st.sampled_from(("", " ", ":", "-")),
    st.sampled_from(("", "\n", " (new)")),
)
def test_a_key_survives_its_spelling(key, label, separator, tail):
    text = label + (key.hex(separator) if separator else key.hex()) + tail
    assert parse_key(text) == key
    assert parse_key(text.upper()) == key
