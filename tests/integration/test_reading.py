"""The prepared table says of every frame exactly what the protocol's own decoder says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.victron_espnow import reading
from custom_components.victron_espnow.protocol import instant_readout, names, records
from custom_components.victron_espnow.protocol.errors import ProtocolError

from .fake_node import VECTORS, encrypt

KEY = bytes(range(0x5D, 0x6D))
NONCE = 0x1234
DECODED = [record for record, table in records.RECORDS.items() if len(table) > 3]


def frame_of(record_type: int, payload: bytes) -> bytes:
    """Return the manufacturer data with this payload."""
    head = bytes((0x10, 0, 0x89, 0xA3))
    nonce = NONCE.to_bytes(2, "little")
    if record_type >= 0xFF00:
        return head + b"\xff" + nonce + bytes((record_type & 0xFF,)) + payload
    return head + bytes((record_type,)) + nonce + KEY[:1] + encrypt(KEY, NONCE, payload)


def assert_equal(frame: bytes, key: bytes) -> None:
    ours = reading.decode(frame, key)
    theirs = instant_readout.decode(frame, key)
    assert ours.fields == theirs.fields
    assert {name: type(value) for name, value in ours.fields.items()} == {
        name: type(value) for name, value in theirs.fields.items()
    }
    assert ours.plausible == theirs.plausible
    assert (ours.record_type, ours.product_id) == (theirs.record_type, theirs.product_id)


def assert_equal_or_refused(frame: bytes, key: bytes) -> None:
    try:
        instant_readout.decode(frame, key)
    except ProtocolError as err:
        with pytest.raises(type(err)):
            reading.decode(frame, key)
    else:
        assert_equal(frame, key)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["device"])
def test_every_vector(vector: dict[str, str]) -> None:
    digits = vector["key_hex"] or "00" * 16
    key = bytes.fromhex(digits[: len(digits) // 2 * 2])  # one is cut
    assert_equal_or_refused(bytes.fromhex(vector["manufacturer_data_hex"]), key)


@given(st.sampled_from(DECODED), st.binary(min_size=16, max_size=19))
def test_any_bits_of_any_record(record_type: int, payload: bytes) -> None:
    assert_equal(frame_of(record_type, payload), KEY)


@pytest.mark.parametrize("record_type", DECODED)
def test_the_ends_of_every_field(record_type: int) -> None:
    """All ones, all noughts, the lowest, the highest, and each with its neighbours."""
    for _, shift, (width, *_), *_ in records.fields(record_type):
        top = 1 << width - 1
        for raw in {0, 1, top - 2, top - 1, top, top + 1, 2 * top - 2, 2 * top - 1}:
            for others in (0, (1 << 128) - 1):
                mask = (1 << width) - 1 << shift
                whole = others & ~mask | (max(0, raw) << shift & mask)
                assert_equal(frame_of(record_type, whole.to_bytes(16, "little")), KEY)


@given(st.binary(max_size=32))
def test_what_is_no_frame_is_refused_for_the_same_reason(frame: bytes) -> None:
    assert_equal_or_refused(frame, KEY)


def test_a_record_of_a_later_version_holds_nothing() -> None:
    assert reading.layout(0x42) == reading.Layout()
    assert reading.layout(None).names == frozenset()


@pytest.mark.parametrize("record_type", DECODED)
def test_coded_is_what_has_no_unit(record_type: int) -> None:
    coded = reading.layout(record_type).coded
    assert set(coded) <= reading.layout(record_type).names
    assert all(records.exponent(record_type, name) == 0 for name in coded)
    assert all(name in {**names.STATES, **names.FLAGS, **names.LEVELS} for name in coded)


def test_what_says_the_same_again_is_the_reading_before_and_nothing_else_is() -> None:
    frame = frame_of(0x02, b"\xff" * 15)
    before = reading.decode(frame, KEY)
    assert reading.decode(frame, KEY, before) is before
    other_product = frame[:2] + b"\x8a\xa3" + frame[4:]
    assert reading.decode(other_product, KEY, before).product_id == 0xA38A
    longer = frame_of(0x02, b"\xff" * 16)
    assert reading.decode(longer, KEY, before) is not before
    assert reading.decode(frame, KEY, reading.decode(longer, KEY)) is not before
    longer_before = reading.decode(longer, KEY)
    assert (
        reading.decode(longer, KEY, longer_before) is not longer_before
    )  # nobody knows what is more
    noughts = bytes(16)
    monitor, charger = (
        frame_of(record, noughts[: reading.layout(record).length]) for record in (0x02, 0x08)
    )
    assert reading.decode(charger, KEY, reading.decode(monitor, KEY)).record_type == 0x08


@pytest.mark.parametrize("whole", [0, (1 << 128) - 1, 0x123456789ABCDEF0F0E1D2C3B4A59687])
@pytest.mark.parametrize("record_type", DECODED)
def test_a_bit_counts_as_code_if_a_state_an_alarm_or_an_error_changes_with_it(
    record_type: int, whole: int
) -> None:
    coded = reading.layout(record_type).coded
    before = reading.decode(frame_of(record_type, whole.to_bytes(16, "little")), KEY)
    for bit in range(128):
        payload = (whole ^ 1 << bit).to_bytes(16, "little")
        now = reading.decode(frame_of(record_type, payload), KEY, before)
        changed = any(now.fields[name] != before.fields[name] for name in coded)
        assert (now.codes != before.codes) == changed, bit
