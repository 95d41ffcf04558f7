import sys

from helpers import raises
from noise import Noise
from protocol import radio, radio_state
from radio_samples import DISPLAY, MD, SENSOR, VICTRON, open_down, open_up, seal

CHALLENGE = b"8 random"


def packed(readings, challenge=b"\0\0\0\0"):
    buffer = bytearray(radio.MAX_FRAME)
    end = radio.start_readings(buffer, challenge)
    for mac, rssi, age_ms, md in readings:
        end = radio.append_reading(buffer, end, mac, rssi, age_ms, md, len(md))
    return bytes(buffer[radio.HEADER : end])


def test_readings_come_out_as_they_went_in():
    sent = [
        (VICTRON, -70, 1230, MD),
        (SENSOR, 127, 0, bytes(8)),
        (DISPLAY, -128, 655350, bytes(27)),
    ]
    assert radio.readings(memoryview(packed(sent))) == sent


def test_a_heartbeat_has_no_readings():
    assert radio.readings(memoryview(packed([]))) == []


def test_ages_are_cut_to_10_ms_and_saturate():
    for age_ms, received in ((9, 0), (19, 10), (655359, 655350), (1 << 40, 655350)):
        ((_, _, found, _),) = radio.readings(memoryview(packed([(VICTRON, 0, age_ms, MD)])))
        assert found == received


def test_a_slot_may_be_longer_than_what_it_holds():
    buffer = bytearray(radio.MAX_FRAME)
    slot = MD + b"rest of an older advertisement"
    for md in (slot, bytearray(slot), memoryview(slot)):
        end = radio.start_readings(buffer)
        end = radio.append_reading(buffer, end, bytearray(VICTRON), -1, 0, md, len(MD))
        body = memoryview(buffer)[radio.HEADER : end]
        assert radio.readings(body) == [(VICTRON, -1, 0, MD)]
        assert len(buffer) == radio.MAX_FRAME


def test_a_full_frame_takes_no_more_and_still_opens():
    buffer = bytearray(radio.MAX_FRAME)
    end = radio.start_readings(buffer)
    count = 0
    while True:
        new_end = radio.append_reading(buffer, end, VICTRON, -70, 0, MD, len(MD))
        if not new_end:
            break
        end = new_end
        count += 1
    assert count == 6
    assert end <= radio.MAX_FRAME - radio.TAG
    body = bytes(buffer[radio.HEADER : end])
    assert len(radio.readings(open_up(seal(body)).body)) == 6


def test_the_last_free_byte_is_used():
    room = radio.MAX_FRAME - radio.TAG
    buffer = bytearray(radio.MAX_FRAME)
    radio.start_readings(buffer)
    assert radio.append_reading(buffer, room - 18, VICTRON, 0, 0, bytes(8), 8) == room
    assert radio.append_reading(buffer, room - 17, VICTRON, 0, 0, bytes(8), 8) == 0


def test_what_cannot_be_victron_data_is_not_packed():
    buffer = bytearray(radio.MAX_FRAME)
    end = radio.start_readings(buffer)
    for length in (0, 7, 28, 250):
        raises(
            radio.MalformedBody,
            radio.append_reading,
            buffer,
            end,
            VICTRON,
            0,
            0,
            bytes(length),
            length,
        )


def test_a_challenge_of_noughts_wants_no_receipt():
    assert radio.challenge_of(memoryview(packed([]))) is None
    assert radio.challenge_of(memoryview(packed([], b"abcd"))) == b"abcd"
    raises(radio.MalformedBody, radio.challenge_of, memoryview(bytes(4)))


def test_a_body_may_grow_at_its_end():
    body = packed([(VICTRON, -70, 1230, MD)], b"abcd") + b"from a later version"
    assert radio.readings(memoryview(body)) == [(VICTRON, -70, 1230, MD)]
    assert radio.challenge_of(memoryview(body)) == b"abcd"


def test_a_body_shorter_than_it_says_is_refused_as_a_whole():
    body = packed([(VICTRON, -70, 1230, MD), (SENSOR, -70, 1230, MD)])
    for length in range(len(body)):
        raises(radio.MalformedBody, radio.readings, memoryview(body)[:length])


def test_impossible_lengths_of_victron_data_are_refused():
    for length in (0, 7, 28, 255):
        body = bytearray(packed([(VICTRON, -70, 1230, MD)]) + bytes(300))
        body[14] = length
        raises(radio.MalformedBody, radio.readings, memoryview(body))


def test_query_answer_and_receipt_come_out_as_they_went_in():
    for pack, unpack, kind, down, fields in (
        (radio.pack_query, radio.unpack_query, radio.QUERY, False, (CHALLENGE, 13)),
        (
            radio.pack_answer,
            radio.unpack_answer,
            radio.ANSWER,
            True,
            (CHALLENGE, 11, 0xFFFFFFFF, 1 << 31),
        ),
        (radio.pack_receipt, radio.unpack_receipt, radio.RECEIPT, True, (b"abcd", 1 << 31, 1)),
    ):
        buffer = bytearray(radio.MAX_FRAME)
        length = pack(buffer, *fields)
        body = bytes(buffer[radio.HEADER : radio.HEADER + length])
        if down:
            opened = open_down(
                seal(body, kind, radio.DOWN_FLAG, source=DISPLAY, destination=SENSOR)
            )
        else:
            opened = open_up(seal(body, kind))
        assert opened.kind == kind
        assert unpack(opened.body) == fields
        assert unpack(memoryview(body + b"more")) == fields
        for shorter in range(length):
            raises(radio.MalformedBody, unpack, memoryview(body)[:shorter])


def test_resigned_noise_reaches_the_body_readers_and_only_ever_gives_named_errors():
    noise = Noise(7)
    unpackers = (
        radio.readings,
        radio.challenge_of,
        radio.unpack_query,
        radio.unpack_answer,
        radio.unpack_receipt,
        radio.order_of,
        radio_state.unpack_state,
    )
    good = packed([(VICTRON, -70, 1230, MD)] * 3)
    outcomes = {"used": 0, "refused": 0}
    for round_number in range(600):
        body = bytearray(good if round_number % 2 else noise.data(noise.below(200)))
        for _ in range(noise.below(4)):
            if body:
                body[noise.below(min(len(body), 16))] = noise.below(256)
        opened = open_up(seal(bytes(body)))
        for unpack in unpackers:
            try:
                unpack(opened.body)
                outcomes["used"] += 1
            except radio.MalformedBody:
                outcomes["refused"] += 1
    assert min(outcomes.values()) > 300


def order_body(number, text):
    buffer = bytearray(radio.MAX_FRAME)
    length = radio.pack_receipt(buffer, b"abcd", 7, 11)
    length = radio.append_order(buffer, length, number, text)
    return bytes(buffer[radio.HEADER : radio.HEADER + length])


def test_an_order_comes_out_behind_the_receipt_that_carries_it():
    body = order_body(5, b'{"reboot":true}')
    assert radio.unpack_receipt(memoryview(body)) == (b"abcd", 7, 11)
    assert radio.order_of(memoryview(body)) == (5, b'{"reboot":true}')
    assert radio.order_of(memoryview(body + b"more")) == (5, b'{"reboot":true}')
    assert radio.order_of(memoryview(body)[:9]) is None  # a receipt without one
    assert radio.order_of(memoryview(order_body(0, b""))) is None
    for shorter in range(14, len(body)):
        raises(radio.MalformedBody, radio.order_of, memoryview(body)[:shorter])


def test_an_order_that_does_not_fit_into_a_frame_is_refused():
    assert len(order_body(5, bytes(202))) + radio.HEADER + radio.TAG == radio.MAX_FRAME
    raises(radio.TooLong, order_body, 5, bytes(203))


def state_body(values, texts=("0.1.0", "1.29.0", "Küche", "")):
    buffer = bytearray(radio.MAX_FRAME)
    length = radio_state.pack_state(buffer, values, texts)
    return bytes(buffer[radio.HEADER : radio.HEADER + length])


def test_what_a_node_tells_of_itself_comes_out_by_name():
    body = state_body({"boots": 3, "late": 1 << 40, "reset": "soft", "down_rssi": -70})
    for whole in (body, body + b"more"):
        state = radio_state.unpack_state(memoryview(whole))
        assert (state["boots"], state["late"], state["uptime_s"]) == (3, 0xFFFFFFFF, 0)
        assert (state["reset"], state["down_rssi"], state["name"]) == ("soft", -70, "Küche")
    for shorter in range(len(body)):
        raises(radio.MalformedBody, radio_state.unpack_state, memoryview(body)[:shorter])


def test_a_cause_of_a_restart_that_nobody_knows_is_unknown():
    assert radio_state.unpack_state(state_body({"reset": "brownout"}))["reset"] == "unknown"
    body = bytearray(state_body({"reset": "soft"}))
    body[bytes(body).index(bytes((5,)))] = 99
    assert radio_state.unpack_state(body)["reset"] == "unknown"


def test_texts_that_are_none_are_refused():
    body = state_body({}).replace("ü".encode(), b"\xc3\x28")
    raises(radio.MalformedBody, radio_state.unpack_state, body)


def test_a_reading_is_packed_without_allocating():
    if sys.implementation.name != "micropython":
        return
    import gc

    buffer = bytearray(radio.MAX_FRAME)
    radio.start_readings(buffer)
    append = radio.append_reading
    append(buffer, 31, VICTRON, -70, 1230, MD, 23)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    append(buffer, 31, VICTRON, -70, 1230, MD, 23)
    append(buffer, 31, VICTRON, -70, 1230, MD, 23)
    allocated = gc.mem_alloc() - before
    gc.enable()
    assert allocated == 0
