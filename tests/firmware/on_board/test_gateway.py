"""The display node's radio side: what is refused, what is used once, what is answered."""

import time

import network
from esp32 import NVS

from air import address, md_of
from display.ceilings import Ceilings
from display.gateway import APPEARED, LOOK_MS, TOLD, VANISHED, Gateway
from display.orders import Orders
from display.registry import Registry
from display.sensor_nodes import ANSWERS_AT_ONCE, LOST_MS, MOST_NODES, SensorNodes
from node.config import Config
from node.epoch import Epoch
from node.radio_link import RadioLink
from protocol import radio_frame
from protocol.authentication import node_key, site_tag
from protocol.radio_bodies import (
    append_reading,
    pack_query,
    start_readings,
    unpack_answer,
    unpack_receipt,
)
from protocol.radio_state import pack_state, unpack_state

SITE_KEY = bytes(range(16))
NODE = b"\x24\x0a\xc4\x00\x00\x50"
OTHER = b"\x24\x0a\xc4\x00\x00\x51"


class Display:
    """A gateway, and what it handed on."""

    def __init__(self):
        config = Config("display")
        config.provision({"role": "display", "name": "", "site_key": SITE_KEY.hex()})
        self.link = RadioLink()
        self.ceilings = Ceilings()
        self.nodes = SensorNodes(SITE_KEY, self.ceilings)
        self.readings = []
        self.appeared = []
        self.news = []
        self.told = []
        self.gateway = Gateway(
            self.link,
            config,
            Epoch(),
            self.nodes,
            self.ceilings,
            lambda *reading: self.readings.append(reading),
            self.note,
            Orders(self.nodes, self),
        )

    def note(self, node, news):
        self.news.append(news)
        if news == APPEARED:
            self.appeared.append(node)

    def info(self, text):
        """Play the log."""
        self.told.append(text)

    warning = info

    def take(self, frame, source=NODE, rssi=-50):
        return self.gateway.take(source, frame, rssi)

    @property
    def refused(self):
        return self.gateway.refused.counts


def sealed(buffer, length, kind, epoch, sequence, source=NODE, key=None, destination=None):
    destination = destination or (
        radio_frame.BROADCAST if kind == radio_frame.QUERY else network.WLAN.mac
    )
    total = radio_frame.seal(
        buffer,
        length,
        kind,
        0,
        site_tag(SITE_KEY),
        epoch,
        sequence,
        (11, 12, 13, 14),
        key or node_key(SITE_KEY, source),
        source,
        destination,
    )
    return bytes(buffer[:total])


def readings_frame(sequence, epoch=1, challenge=bytes(4), **parts):
    buffer = bytearray(radio_frame.MAX_FRAME)
    md = md_of(sequence)
    end = append_reading(
        buffer, start_readings(buffer, challenge), address(1), -70, 50, md, len(md)
    )
    return sealed(buffer, end - radio_frame.HEADER, radio_frame.READINGS, epoch, sequence, **parts)


def query(challenge=b"question", **parts):
    buffer = bytearray(radio_frame.MAX_FRAME)
    return sealed(buffer, pack_query(buffer, challenge, 3), radio_frame.QUERY, 1, 0, **parts)


def opened(reply, node=NODE):
    return radio_frame.open_frame(
        reply,
        network.WLAN.mac,
        node,
        site_tag(SITE_KEY),
        lambda _: node_key(SITE_KEY, node),
        True,
    )


def test_a_genuine_frame_is_handed_on():
    display = Display()
    assert display.take(readings_frame(1)) is None
    assert display.readings == [(NODE, address(1), -70, 50, md_of(1))]
    node = display.appeared[0]
    assert (node.mac, node.rssi, node.frames, node.counters) == (NODE, -50, 1, (11, 12, 13, 14))


def test_a_frame_with_a_bit_changed_anywhere_is_refused():
    display = Display()
    frame = readings_frame(1)
    for at in range(len(frame)):
        changed = bytearray(frame)
        changed[at] ^= 0x04
        assert display.take(changed) is None
    assert display.readings == []
    # Three bytes are looked at before the tag: version and site.
    assert display.refused == {"unknown_version": 1, "foreign_site": 2, "bad_tag": len(frame) - 3}


def test_a_frame_of_a_node_with_another_site_key_is_refused():
    display = Display()
    display.take(readings_frame(1, key=node_key(bytes(16), NODE)))
    assert (display.readings, display.refused) == ([], {"bad_tag": 1})


def test_a_node_cannot_speak_for_another():
    display = Display()
    display.take(readings_frame(1, source=NODE), source=OTHER)
    assert (display.readings, display.refused) == ([], {"bad_tag": 1})


def test_a_frame_to_another_receiver_is_refused():
    display = Display()
    display.take(readings_frame(1, destination=OTHER))
    assert display.readings == []


def test_a_refused_frame_leaves_no_node_behind():
    display = Display()
    display.take(readings_frame(1, key=bytes(16)))
    assert display.nodes.nodes == {}


def test_a_frame_passes_only_once():
    display = Display()
    for frame in (readings_frame(1), readings_frame(2), readings_frame(1), readings_frame(2)):
        display.take(frame)
    assert len(display.readings) == 2
    assert display.refused == {"replayed": 1, "repeated": 1}
    assert display.appeared[0].tell() == (2, 1, 1, 0)


def test_a_recording_does_not_pass_after_a_restart():
    recorded = [readings_frame(n) for n in (1, 2, 3)]
    before = Display()
    for frame in recorded:
        before.take(frame)
    assert len(before.readings) == 3
    after = Display()
    for frame in recorded:
        after.take(frame)
    assert (after.readings, after.refused) == ([], {"replayed": 3})


def test_the_ceiling_is_in_flash_before_the_frame_is_used():
    display = Display()
    committed = []
    display.gateway._on_reading = lambda *_: committed.append(dict(NVS.flash))
    display.take(readings_frame(1))
    assert any(namespace == "replay" for namespace, _ in committed[0])


def test_a_frame_is_not_used_when_flash_does_not_take_its_ceiling():
    display = Display()
    NVS.broken = True
    display.take(readings_frame(1))
    assert (display.readings, display.refused) == ([], {"not_stored": 1})
    NVS.broken = False
    display.take(readings_frame(2))
    assert len(display.readings) == 1


def test_flash_is_written_rarely():
    display = Display()
    display.gateway._on_reading = lambda *_: None
    before = NVS.commits
    for sequence in range(1, 500):
        display.take(readings_frame(sequence))
    assert NVS.commits - before == 1


def test_missing_numbers_are_lost_frames_but_an_unknown_past_is_not():
    display = Display()
    for sequence in (1000, 1001, 1005):
        display.take(readings_frame(sequence))
    display.take(readings_frame(1, epoch=2))
    assert display.appeared[0].lost == 3


def test_a_question_is_answered_with_the_true_channel_and_the_floor():
    display = Display()
    network.WLAN.channel = 9
    display.take(readings_frame(7))
    answer = opened(display.take(query()))
    assert answer.kind == radio_frame.ANSWER
    assert unpack_answer(answer.body) == (b"question", 9, 1, 7)


def test_the_floor_after_a_restart_is_the_stored_ceiling():
    Display().take(readings_frame(7))
    display = Display()
    _, _, epoch, sequence = unpack_answer(opened(display.take(query())).body)
    assert (epoch, sequence) == (1, 7 + 4096)
    display.take(readings_frame(sequence + 1))
    assert len(display.readings) == 1


def test_a_question_does_not_make_a_node_present():
    display = Display()
    display.take(query())
    assert (display.appeared, display.nodes.present()) == ([], [])


def test_a_recorded_question_does_not_make_us_answer_for_ever():
    display = Display()
    answers = [display.take(query()) for _ in range(50)]
    assert sum(one is not None for one in answers) == ANSWERS_AT_ONCE
    assert display.refused == {"answer_limit": 50 - ANSWERS_AT_ONCE}
    assert display.take(query(source=OTHER), source=OTHER)


def test_a_receipt_echoes_the_random_number_and_the_sequence():
    display = Display()
    network.WLAN.channel = 9
    receipt = opened(display.take(readings_frame(3, challenge=b"abcd")))
    assert receipt.kind == radio_frame.RECEIPT
    assert unpack_receipt(receipt.body) == (b"abcd", 3, 9)


def test_a_replayed_frame_gets_no_receipt():
    display = Display()
    display.take(readings_frame(3, challenge=b"abcd"))
    display.take(readings_frame(4))
    assert display.take(readings_frame(3, challenge=b"abcd")) is None


def test_a_malformed_body_is_counted_and_nothing_of_it_is_used():
    display = Display()
    buffer = bytearray(radio_frame.MAX_FRAME)
    start_readings(buffer)
    buffer[radio_frame.HEADER] = 3
    display.take(sealed(buffer, 5, radio_frame.READINGS, 1, 1))
    assert (display.readings, display.refused) == ([], {"malformed_body": 1})


def test_rubbish_in_the_air_is_refused_by_reason():
    display = Display()
    for frame in (b"", b"x", bytes(33), bytes(250), bytes(1000)):
        display.take(frame)
    assert set(display.refused) <= {"too_short", "foreign_site", "too_long"}
    assert sum(display.refused.values()) == 5


def test_the_table_of_nodes_is_bounded():
    display = Display()
    for number in range(MOST_NODES + 3):
        source = address(number)
        display.take(readings_frame(1, source=source), source=source)
    assert len(display.nodes.nodes) == MOST_NODES
    assert len(display.readings) == MOST_NODES + 3


def test_a_leap_over_a_ceiling_is_no_loss():
    display = Display()
    for sequence in (7, 7 + 4096 + 1, 7 + 4096 + 3):
        display.take(readings_frame(sequence))
    assert display.appeared[0].lost == 1


def test_a_broadcast_frame_is_used_once_however_often_it_is_heard():
    display = Display()
    frame = readings_frame(1, destination=radio_frame.BROADCAST)
    for _ in range(3):
        assert display.take(frame) is None
    assert len(display.readings) == 1
    assert display.refused == {"repeated": 2}
    display.take(readings_frame(1))
    assert len(display.readings) == 1  # nor as another copy of the same number


def state_frame(sequence, order=0, result="", interval_s=0, **parts):
    buffer = bytearray(radio_frame.MAX_FRAME)
    values = {"reset": "watchdog", "order": order, "interval_s": interval_s, "boots": 3}
    length = pack_state(buffer, values, ("0.1.0", "1.29.0", "Heck", result))
    return sealed(buffer, length, radio_frame.STATE, 1, sequence, **parts)


def test_what_a_node_tells_of_itself_is_kept_and_passes_only_once():
    display = Display()
    frame = state_frame(1, interval_s=300)
    display.take(frame)
    node = display.appeared[0]
    state = unpack_state(node.state)
    assert (state["name"], state["reset"], state["boots"]) == ("Heck", "watchdog", 3)
    assert node.interval_ms == 300_000
    display.take(frame)
    assert display.refused == {"repeated": 1}
    assert display.news == [APPEARED, TOLD]


def test_a_cut_state_is_refused_and_the_old_one_stays():
    display = Display()
    display.take(state_frame(1))
    node = display.appeared[0]
    before = node.state
    buffer = bytearray(radio_frame.MAX_FRAME)
    buffer[radio_frame.HEADER : radio_frame.HEADER + len(before)] = before
    for sequence, length in enumerate((0, 10, 60, len(before) - 1), 2):
        display.take(sealed(buffer, length, radio_frame.STATE, 1, sequence))
    assert display.refused == {"malformed_body": 4}
    assert node.state == before


def silence(node, ms):
    node.heard = time.ticks_add(time.ticks_ms(), -ms)


def test_a_node_that_falls_silent_is_told_once_and_so_is_its_return():
    display = Display()
    display.take(readings_frame(1))
    node = display.appeared[0]
    silence(node, LOST_MS + 1)
    for _ in range(2):
        display.gateway._looked = time.ticks_add(time.ticks_ms(), -LOOK_MS)
        display.gateway._look_for_silence()
    display.take(readings_frame(2))
    display.take(readings_frame(3))
    assert display.news == [APPEARED, VANISHED, APPEARED]


def test_a_sleeping_node_is_missed_only_after_its_own_interval():
    display = Display()
    display.take(state_frame(1, interval_s=300))
    node = display.appeared[0]
    silence(node, 400_000)
    assert display.nodes.newly_vanished() == []
    silence(node, 1_000_000)
    assert display.nodes.newly_vanished() == [node]


def test_two_nodes_hearing_one_device_give_one_reading():
    registry = Registry()
    assert registry.take(NODE, address(1), -70, 0, md_of(5))
    assert registry.take(OTHER, address(1), -40, 0, md_of(5)) is None
    device = registry.devices[address(1)]
    assert device.node == NODE
    assert device.strengths == {NODE: -70, OTHER: -40}
    assert (registry.accepted, registry.repeats) == (1, 1)


def test_a_late_copy_by_another_node_is_dropped():
    registry = Registry()
    registry.take(NODE, address(1), -70, 0, md_of(5))
    assert registry.take(OTHER, address(1), -40, 0, md_of(4)) is None
    assert registry.late == 1
    assert registry.devices[address(1)].md == md_of(5)


def test_a_copy_that_was_held_up_does_not_undo_a_restart_of_the_device():
    registry = Registry()
    registry.take(NODE, address(1), -70, 0, md_of(40_000))
    assert registry.take(NODE, address(1), -70, 0, md_of(5))  # it has restarted
    assert registry.take(OTHER, address(1), -40, 5000, md_of(39_990)) is None
    assert registry.devices[address(1)].md == md_of(5)
    assert registry.late == 1


def test_after_a_minute_of_silence_every_nonce_is_new():
    registry = Registry()
    registry.take(NODE, address(1), -70, 70_000, md_of(50))
    assert registry.take(OTHER, address(1), -40, 0, md_of(49))


def test_the_age_is_counted_from_when_the_device_was_heard():
    registry = Registry()
    registry.take(NODE, address(1), -70, 4000, md_of(5))
    assert 4000 <= registry.devices[address(1)].age_ms() < 4500


def test_the_registry_is_bounded_and_the_one_silent_longest_gives_way():
    registry = Registry()
    registry.take(NODE, address(0), -70, 5000, md_of(5))
    for number in range(1, 33):
        registry.take(NODE, address(number), -70, 0, md_of(5))
    assert len(registry.devices) == 32
    assert address(0) not in registry.devices
    assert registry.evicted == 1
