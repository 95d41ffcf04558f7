"""Readings go up: packed, numbered, sent again, and the truth asked for now and then."""

import asyncio
import time

import espnow
import network

from air import SCAN_RESULT, address, advertisement, event
from ends import DISPLAY, KEY, TAG, Display, Sensor
from host import Output
from node.kept import Kept
from node.log import Log
from node.pulse import Pulse
from node.serial_port import SerialPort
from protocol import radio_frame
from protocol.radio_bodies import challenge_of, pack_receipt, readings
from sensor import uplink
from sensor.errands import Errands
from sensor.past import Past
from sensor.uplink import Uplink


class Node(Sensor):
    """A sensor node that knows its display node."""

    def __init__(self):
        super().__init__()
        self.output = Output()
        self.home.remember(DISPLAY, 7)
        self.errands = Errands(None, Past(Kept(), False), lambda: ({}, ("", "", "")))
        self.errands.told(True)
        self.uplink = Uplink(
            self.table,
            self.link,
            self.downlink,
            self.session,
            self.home,
            self.hunt,
            self.errands,
            Log(SerialPort(sink=self.output)),
        )
        self.session._counters = lambda: (1, 2, self.uplink.sent + self.uplink.sending, 4)
        self.uplink._receipt_due = time.ticks_add(time.ticks_ms(), 60_000)

    def send_unsent(self):
        return self.uplink._send_unsent(self.uplink._send_frame)

    def hear(self, nonce, number=1, **parts):
        self.scanner.on_event(SCAN_RESULT, event(advertisement(nonce, **parts), address(number)))


class Receiver(Display):
    """Takes readings too, and gives receipts if a test lets it."""

    def __init__(self, channel=7):
        super().__init__(channel)
        self.acknowledges = True
        self.gives_receipts = True
        self.receipt_key = KEY
        self.epoch = 5
        self.frames = []

    def take(self, channel, mac, frame):
        if frame[1] & 0x3F != radio_frame.READINGS:
            return super().take(channel, mac, frame)
        opened = radio_frame.open_frame(frame, network.WLAN.mac, DISPLAY, TAG, lambda _: KEY, False)
        self.frames.append(opened)
        challenge = challenge_of(opened.body)
        if challenge and self.gives_receipts:
            espnow.ESPNow.arriving.append((DISPLAY, self.receipt(challenge, opened.sequence)))
        return self.acknowledges

    def receipt(self, challenge, sequence):
        buffer = bytearray(radio_frame.MAX_FRAME)
        length = pack_receipt(buffer, challenge, sequence, self.channel)
        total = radio_frame.seal(
            buffer,
            length,
            radio_frame.RECEIPT,
            radio_frame.DOWN_FLAG,
            TAG,
            self.epoch,
            1,
            (0, 0, 0, 0),
            self.receipt_key,
            DISPLAY,
            network.WLAN.mac,
        )
        return bytes(buffer[:total])


async def test_everything_unsent_goes_in_one_frame_with_its_age():
    node, receiver = Node(), Receiver()
    for number in range(4):
        node.hear(1, number, length=23)
    await node.send_unsent()
    assert len(receiver.frames) == 1
    found = readings(receiver.frames[0].body)
    assert [mac for mac, _, _, _ in found] == [address(number) for number in range(4)]
    assert all(age < 1000 and rssi == -60 and len(md) == 23 for _, rssi, age, md in found)


async def test_what_does_not_fit_into_a_frame_goes_in_the_next():
    node, receiver = Node(), Receiver()
    for number in range(20):
        node.hear(1, number)
    await node.send_unsent()
    found = [reading for frame in receiver.frames for reading in readings(frame.body)]
    assert [mac for mac, _, _, _ in found] == [address(number) for number in range(20)]
    assert [frame.sequence for frame in receiver.frames] == [1, 2, 3, 4]


async def test_nothing_new_sends_nothing():
    node, receiver = Node(), Receiver()
    node.hear(1)
    await node.send_unsent()
    node.hear(1)
    await node.send_unsent()
    assert len(receiver.frames) == 1


async def test_the_header_counts_what_the_frame_holds():
    node, receiver = Node(), Receiver()
    node.hear(1)
    await node.send_unsent()
    assert receiver.frames[0].counters == (1, 2, 1, 4)


async def without_memory(node, where, name):
    """Send while there is no memory at one place."""
    had = getattr(where, name)

    def fail(*_arguments):
        raise MemoryError

    setattr(where, name, fail)
    try:
        await node.send_unsent()
        raise AssertionError("memory was there")
    except MemoryError:
        pass
    finally:
        setattr(where, name, had)


async def test_readings_for_whose_frame_there_was_no_memory_go_again():
    for where, name in (("session", "seal"), ("uplink", "_append")):
        node, receiver = Node(), Receiver()
        for number in range(3):
            node.hear(1, number)
        await without_memory(node, getattr(node, where), name)
        assert node.table.unsent == 3
        await node.send_unsent()
        assert len(list(readings(receiver.frames[-1].body))) == 3
        assert receiver.frames[-1].counters == (1, 2, 3, 4)
        assert node.uplink.sent == 3


async def test_a_frame_that_a_radio_heard_is_sent_though_memory_ran_out_behind_it():
    node, receiver = Node(), Receiver()
    node.uplink._receipt_due = time.ticks_ms()
    node.hear(1)
    await without_memory(node, node.downlink, "_look")
    assert len(receiver.frames) == node.uplink.sent == 1
    assert node.table.unsent == node.uplink.sending == 0


async def test_a_receipt_confirms_a_frame_whose_acknowledgement_was_lost():
    node, receiver = Node(), Receiver()
    receiver.acknowledges = False
    node.uplink._receipt_due = time.ticks_ms()
    node.hear(1)
    await node.send_unsent()
    assert (node.uplink.sent, node.uplink.receipts, node.table.unsent) == (1, 1, 0)


async def test_a_broadcast_for_which_there_was_no_memory_goes_again():
    node = Node()
    Receiver()
    node.hear(1)
    node.send_unsent = lambda: node.uplink._send_unsent(node.uplink._broadcast_frame)
    await without_memory(node, node.session, "seal")
    assert (node.uplink.sent, node.uplink.sending, node.table.unsent) == (0, 0, 1)
    await node.send_unsent()
    assert (node.uplink.sent, node.table.unsent) == (1, 0)


async def test_a_frame_that_nobody_acknowledges_is_repeated_unchanged_and_its_readings_go_again():
    node, receiver = Node(), Receiver()
    receiver.acknowledges = False
    node.hear(1)
    await node.send_unsent()
    assert [frame.sequence for frame in receiver.frames] == [1] * uplink.TRIES
    assert node.uplink.sent == 0
    receiver.acknowledges = True
    await node.send_unsent()
    assert receiver.frames[-1].sequence == 2
    assert node.uplink.sent == 1


async def test_frames_that_nobody_acknowledges_end_the_sending():
    node, receiver = Node(), Receiver()
    receiver.acknowledges = receiver.gives_receipts = False
    node.hear(1)
    start = time.ticks_ms()
    await asyncio.wait_for(node.uplink._send_until_lost(Pulse("uplink")), 5)
    assert time.ticks_diff(time.ticks_ms(), start) >= uplink.LOST_MS  # a burst of noise is no loss


async def test_missing_receipts_end_the_sending_although_every_frame_is_acknowledged():
    node, receiver = Node(), Receiver()
    receiver.gives_receipts = False
    uplink.RECEIPT_AGAIN_MS = 1

    async def hear_on():
        for nonce in range(1000):
            node.hear(nonce)
            await asyncio.sleep_ms(20)

    hearing = asyncio.create_task(hear_on())
    await asyncio.wait_for(node.uplink._send_until_lost(Pulse("uplink")), 5)
    hearing.cancel()
    assert node.uplink.missing_receipts == uplink.MOST_MISSING


async def test_with_nothing_to_tell_a_frame_without_readings_is_a_sign_of_life():
    node, receiver = Node(), Receiver()
    uplink.QUIET_MS = 300
    sending = asyncio.create_task(node.uplink._send_until_lost(Pulse("uplink")))
    await asyncio.sleep_ms(1500)
    sending.cancel()
    assert 2 <= len(receiver.frames) <= 6
    assert all(readings(frame.body) == [] for frame in receiver.frames)


async def test_a_receipt_is_believed_and_the_scan_rests_meanwhile():
    node, receiver = Node(), Receiver()
    node.scanner.start()
    node.uplink._receipt_due = time.ticks_ms()
    node.hear(1)
    await node.send_unsent()
    assert (node.uplink.receipts, node.uplink.missing_receipts) == (1, 0)
    assert node.scanner.running
    node.hear(2)
    await node.send_unsent()
    assert challenge_of(receiver.frames[1].body) is None  # not again so soon


async def test_a_display_node_that_has_started_is_told_our_state_at_once_and_only_then():
    node, receiver = Node(), Receiver()
    due = []
    for nonce, epoch in enumerate((5, 5, 6, 6)):
        receiver.epoch = epoch
        node.uplink._receipt_due = time.ticks_ms()
        node.hear(nonce)
        await node.send_unsent()
        due.append(node.errands.due)
        node.errands.told(True)
    assert due == [False, False, True, False]


async def test_a_forged_receipt_is_not_believed():
    node, receiver = Node(), Receiver()
    receiver.receipt_key = bytes(16)
    node.uplink._receipt_due = time.ticks_ms()
    node.hear(1)
    await node.send_unsent()
    assert (node.uplink.receipts, node.uplink.missing_receipts) == (0, 1)


async def test_a_recorded_receipt_is_not_believed():
    node, receiver = Node(), Receiver()
    receiver.gives_receipts = False
    old = receiver.receipt(b"late", 1)
    espnow.ESPNow.on_send = lambda *_: espnow.ESPNow.arriving.append((DISPLAY, old)) or True
    node.uplink._receipt_due = time.ticks_ms()
    node.hear(1)
    await node.send_unsent()
    assert (node.uplink.receipts, node.uplink.missing_receipts) == (0, 1)


async def test_a_lost_display_node_is_found_on_its_new_channel():
    node, receiver = Node(), Receiver(7)

    async def hear_on():
        for nonce in range(1000):
            node.hear(nonce)
            await asyncio.sleep_ms(20)

    tasks = [asyncio.create_task(hear_on()), asyncio.create_task(node.uplink.run(Pulse("uplink")))]
    await asyncio.sleep_ms(600)
    assert receiver.frames
    receiver.channel = 9
    receiver.heard_on = (9,)
    on_channel = receiver.take
    espnow.ESPNow.on_send = lambda channel, mac, frame: (
        on_channel(channel, mac, frame) if channel == 9 else False
    )
    before = len(receiver.frames)
    for _ in range(100):
        await asyncio.sleep_ms(100)
        if len(receiver.frames) > before:
            break
    for task in tasks:
        task.cancel()
    assert len(receiver.frames) > before
    assert node.home.channel == 9
