import struct

import radio_samples
from helpers import raises
from protocol import radio
from radio_samples import (
    COUNTERS,
    DISPLAY,
    EPOCH,
    KEY,
    SENSOR,
    SITE_KEY,
    SITE_TAG,
    STRANGER,
    open_down,
    open_up,
    resign,
    seal,
)


def test_a_sealed_frame_opens_to_what_went_in():
    frame = open_up(seal(b"12345 and more", sequence=0xFFFFFFFF))
    assert (frame.kind, frame.broadcast) == (radio.READINGS, False)
    assert (frame.epoch, frame.sequence) == (EPOCH, 0xFFFFFFFF)
    assert frame.counters == COUNTERS
    assert bytes(frame.body) == b"12345 and more"


def test_the_header_has_the_documented_layout():
    frame = seal(b"")
    fields = struct.unpack("<BBHIIIIIH", frame[: radio.HEADER])
    assert fields == (1, radio.READINGS, SITE_TAG, EPOCH, 7, 1, 2, 3, 4)
    assert len(frame) == radio.HEADER + radio.TAG


def test_a_frame_opens_out_of_a_larger_receive_buffer():
    frame = seal(b"12345")
    buffer = bytearray(1470)
    buffer[: len(frame)] = frame
    assert open_up(memoryview(buffer)[: len(frame)]).sequence == 7


def test_the_longest_frame_is_sealed_and_opened_and_no_longer_one():
    room = radio.MAX_FRAME - radio.HEADER - radio.TAG
    assert len(seal(bytes(room))) == radio.MAX_FRAME
    assert len(open_up(seal(bytes(room))).body) == room
    arguments = (SITE_TAG, EPOCH, 7, COUNTERS, KEY, SENSOR, DISPLAY)
    raises(radio.TooLong, radio.seal, bytearray(300), room + 1, radio.READINGS, 0, *arguments)


def test_an_answer_opens_only_downwards_and_readings_only_upwards():
    answer = seal(bytes(17), radio.ANSWER, radio.DOWN_FLAG, source=DISPLAY, destination=SENSOR)
    assert open_down(answer).kind == radio.ANSWER
    everyone = lambda mac: KEY  # noqa: E731
    arguments = (answer, DISPLAY, SENSOR, SITE_TAG, everyone)
    raises(radio.WrongDirection, radio.open_frame, *arguments, False)
    arguments = (seal(), SENSOR, DISPLAY, SITE_TAG, everyone)
    raises(radio.WrongDirection, radio.open_frame, *arguments, True)


def test_a_turned_direction_bit_is_found_by_the_tag():
    turned = bytearray(seal())
    turned[1] |= radio.DOWN_FLAG
    everyone = lambda mac: KEY  # noqa: E731
    raises(radio.BadTag, radio.open_frame, bytes(turned), SENSOR, DISPLAY, SITE_TAG, everyone, True)


def test_a_broadcast_is_for_everybody_and_a_unicast_for_one():
    broadcast = seal(bytes(9), radio.QUERY, radio.BROADCAST_FLAG, destination=DISPLAY)
    assert open_up(broadcast, own_mac=DISPLAY).broadcast
    assert open_up(broadcast, own_mac=STRANGER).broadcast
    raises(radio.BadTag, open_up, seal(destination=DISPLAY), SENSOR, STRANGER)


def test_the_broadcast_address_sets_the_broadcast_flag():
    assert open_up(seal(bytes(9), radio.QUERY, destination=radio.BROADCAST)).broadcast


def test_a_unicast_frame_cannot_be_turned_into_a_broadcast():
    turned = bytearray(seal(destination=DISPLAY))
    turned[1] |= radio.BROADCAST_FLAG
    raises(radio.BadTag, open_up, turned)


def test_every_single_flipped_bit_is_refused():
    frame = bytearray(seal(b"some readings", sequence=123456))
    for index in range(len(frame)):
        for bit in range(8):
            frame[index] ^= 1 << bit
            raises(radio.RadioError, open_up, frame)
            frame[index] ^= 1 << bit
    assert open_up(frame).sequence == 123456


def test_every_truncated_frame_is_refused():
    frame = seal(b"some readings")
    for length in range(len(frame)):
        raises(radio.RadioError, open_up, frame[:length])


def test_a_frame_without_room_for_header_and_tag_is_too_short_even_when_signed():
    raises(radio.TooShort, open_up, b"")
    raises(radio.TooShort, open_up, seal()[:3])
    raises(radio.TooShort, open_up, seal(b"")[:-1])
    raises(radio.TooShort, open_up, resign(bytes(seal(b"")[:33])))


def test_an_overlong_frame_is_refused_even_when_signed():
    frame = bytearray(seal(bytes(radio.MAX_FRAME - radio.HEADER - radio.TAG)))
    longer = resign(bytes(frame) + b"x")
    assert len(longer) == radio.MAX_FRAME + 1
    raises(radio.TooLong, open_up, longer)


def test_a_forged_frame_without_the_key_is_refused():
    raises(radio.BadTag, open_up, seal(key=bytes(16)))


def test_a_node_cannot_speak_for_another():
    other_key = radio.node_key(SITE_KEY, STRANGER)
    key_of = {SENSOR: KEY, STRANGER: other_key}.get
    from_stranger = seal(key=other_key, source=STRANGER)
    assert open_up(from_stranger, STRANGER, key_of=key_of).sequence == 7
    raises(radio.BadTag, open_up, from_stranger, SENSOR, DISPLAY, SITE_TAG, key_of)
    raises(radio.BadTag, open_up, seal(), STRANGER, DISPLAY, SITE_TAG, key_of)


def test_an_address_of_another_sender_does_not_fit_the_same_key():
    raises(radio.BadTag, open_up, seal(), STRANGER, DISPLAY, SITE_TAG, lambda mac: KEY)


def test_another_site_is_ignored_before_any_key_is_looked_up():
    def key_of(mac):
        raise AssertionError("looked up")

    other = radio.site_tag(b"another site key")
    assert other != SITE_TAG
    raises(radio.ForeignSite, open_up, seal(site_tag=other), SENSOR, DISPLAY, SITE_TAG, key_of)


def test_an_unknown_sender_is_named_as_such():
    raises(radio.UnknownSender, open_up, seal(source=STRANGER), STRANGER)


def test_a_foreign_version_of_our_site_is_named_whatever_its_length():
    for length in (4, 20, 60, 250, 600):
        frame = bytes((9, 0x01, SITE_TAG & 0xFF, SITE_TAG >> 8)) + bytes(length - 4)
        assert raises(radio.UnknownVersion, open_up, frame).version == 9


def test_a_foreign_version_of_another_site_is_none_of_our_business():
    raises(radio.ForeignSite, open_up, bytes((9, 1, SITE_TAG & 0xFF ^ 1, SITE_TAG >> 8)))


def test_version_nought_is_not_ours_to_read():
    frame = bytearray(seal())
    frame[0] = 0
    assert raises(radio.UnknownVersion, open_up, resign(frame)).version == 0


def test_an_unknown_type_is_told_only_of_a_genuine_frame():
    assert raises(radio.UnknownType, open_up, seal(kind=63)).kind == 63
    raises(radio.BadTag, open_up, seal(kind=63, key=bytes(16)))


def test_a_sensor_cannot_send_an_answer_upwards():
    assert raises(radio.UnknownType, open_up, seal(kind=radio.ANSWER)).kind == radio.ANSWER


def test_a_number_of_33_bits_is_refused_instead_of_cut():
    arguments = (COUNTERS, KEY, SENSOR, DISPLAY)
    sealing = (radio.seal, bytearray(250), 5, radio.READINGS, 0, SITE_TAG)
    raises(radio.CounterExhausted, *sealing, EPOCH, 1 << 32, *arguments)
    raises(radio.CounterExhausted, *sealing, 1 << 32, 1, *arguments)


def test_counters_wrap_around():
    buffer = bytearray(250)
    counters = (1 << 32, (1 << 32) + 1, (1 << 33) - 1, (1 << 16) + 5)
    arguments = (SITE_TAG, EPOCH, 1, counters, KEY, SENSOR, DISPLAY)
    length = radio.seal(buffer, 5, radio.READINGS, 0, *arguments)
    assert open_up(memoryview(buffer)[:length]).counters == (0, 1, 0xFFFFFFFF, 5)


def test_every_refusal_has_a_reason_of_its_own():
    refusals = [
        getattr(radio, name)
        for name in dir(radio)
        if isinstance(getattr(radio, name), type)
        and issubclass(getattr(radio, name), radio.RadioError)
        and getattr(radio, name) is not radio.RadioError
    ]
    assert len({refusal.reason for refusal in refusals}) == len(refusals) == 10


def test_refusals_can_be_counted_without_being_raised_twice():
    refused = {}
    for frame in (seal(key=bytes(16)), seal(key=bytes(16)), b"", seal(kind=50)):
        reason = raises(radio.RadioError, radio_samples.open_up, frame).reason
        refused[reason] = refused.get(reason, 0) + 1
    assert refused == {"bad_tag": 2, "too_short": 1, "unknown_type": 1}
