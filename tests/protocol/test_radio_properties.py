"""What holds for every frame; Python's own hmac judges ours."""

import hmac
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import radio, radio_state
from protocol.authentication import hmac_sha256

KEY = bytes(range(16))
SENSOR, DISPLAY = b"\x02sensr", b"\x02displ"
SITE_TAG = 0xBEEF

words = st.integers(0, 0xFFFFFFFF)
macs = st.binary(min_size=6, max_size=6)
entries = st.tuples(
    macs, st.integers(-128, 127), st.integers(0, 10**7), st.binary(min_size=8, max_size=27)
)
unpackers = st.sampled_from(
    [
        radio.readings,
        radio.challenge_of,
        radio.unpack_query,
        radio.unpack_answer,
        radio.unpack_receipt,
        radio.order_of,
        radio_state.unpack_state,
    ]
)


def seal(body: bytes, epoch: int = 1, sequence: int = 1, counters=(0, 0, 0, 0)) -> bytes:
    buffer = bytearray(radio.MAX_FRAME)
    buffer[radio.HEADER : radio.HEADER + len(body)] = body
    length = radio.seal(
        buffer,
        len(body),
        radio.READINGS,
        0,
        SITE_TAG,
        epoch,
        sequence,
        counters,
        KEY,
        SENSOR,
        DISPLAY,
    )
    return bytes(buffer[:length])


def open_up(frame: bytes) -> radio.Frame:
    return radio.open_frame(frame, SENSOR, DISPLAY, SITE_TAG, lambda mac: KEY, False)


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_our_hmac_is_pythons(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")


@given(st.binary(max_size=216), words, words, st.tuples(words, words, words, st.integers(0, 65535)))
def test_every_frame_opens_to_what_went_in(body, epoch, sequence, counters) -> None:
    frame = open_up(seal(body, epoch, sequence, counters))
    assert (frame.epoch, frame.sequence, frame.counters) == (epoch, sequence, counters)
    assert frame.body == body


@given(st.lists(entries, max_size=5))
def test_every_list_of_readings_comes_out_with_ages_cut_to_10_ms(sent) -> None:
    buffer = bytearray(radio.MAX_FRAME)
    end = radio.start_readings(buffer)
    for mac, rssi, age, md in sent:
        end = radio.append_reading(buffer, end, mac, rssi, age, md, len(md))
    body = memoryview(buffer)[radio.HEADER : end]
    expected = [(mac, rssi, min(age // 10, 0xFFFF) * 10, md) for mac, rssi, age, md in sent]
    assert radio.readings(body) == expected


@given(st.binary(max_size=260))
def test_any_bytes_are_refused_by_name(frame: bytes) -> None:
    with pytest.raises(radio.RadioError):
        open_up(frame)


@given(st.binary(max_size=40), st.data())
def test_any_change_of_a_frame_is_refused(body: bytes, data: st.DataObject) -> None:
    frame = bytearray(seal(body))
    index = data.draw(st.integers(0, len(frame) - 1))
    frame[index] ^= data.draw(st.integers(1, 255))
    with pytest.raises(radio.RadioError):
        open_up(bytes(frame))


@given(st.binary(max_size=216), unpackers)
def test_any_signed_body_is_read_or_refused_by_name(body: bytes, unpack) -> None:
    with suppress(radio.MalformedBody):
        unpack(open_up(seal(body)).body)


@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_a_damaged_but_signed_list_of_readings_is_read_or_refused_by_name(sent, data) -> None:
    buffer = bytearray(radio.MAX_FRAME)
    end = radio.start_readings(buffer)
    for mac, rssi, age, md in sent:
        end = radio.append_reading(buffer, end, mac, rssi, age, md, len(md))
    body = buffer[radio.HEADER : end]
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = radio.readings(open_up(seal(bytes(body))).body)
    except radio.MalformedBody:
        return
    assert len(found) == body[0]
    assert all(8 <= len(md) <= 27 for _, _, _, md in found)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 20000), st.booleans())))
def test_no_pair_is_ever_used_twice_whatever_the_order_and_the_restarts(arrivals) -> None:
    held = (0, 0)
    window = radio.ReplayWindow(*held)
    used = []
    for epoch, sequence, restart in arrivals:
        if restart:
            window = radio.ReplayWindow(*held)
        try:
            window.accept(epoch, sequence)
        except radio.Replayed, radio.Repeated:
            continue
        if window.to_store:
            held = window.to_store
            window.stored(*held)
        used.append((epoch, sequence))
    assert used == sorted(set(used))
