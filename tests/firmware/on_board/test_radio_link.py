"""The radio link: whatever the driver does, the node goes on."""

import asyncio
import time

import espnow

from air import address
from node import radio_link
from node.radio_link import MOST_PEERS, MOST_STRANGERS, RadioLink


def opened():
    link = RadioLink()
    link.open()
    radio_link.BACK_OFF_MS = (0, 1)
    return link


def test_a_damaged_receive_ring_is_counted_and_the_next_frames_arrive():
    link = opened()
    for error in (ValueError("ESPNow.recv(): buffer error"), OSError(-12391)):
        espnow.ESPNow.arriving.append(error)
        assert list(link.frames()) == []
    espnow.ESPNow.arriving.append((address(1), b"frame"))
    assert [(mac, bytes(frame), rssi) for mac, frame, rssi in link.frames()] == [
        (address(1), b"frame", -50)
    ]
    assert link.faults == 2


def test_everything_waiting_is_taken_at_once():
    link = opened()
    espnow.ESPNow.arriving.extend([(address(n), b"frame") for n in range(30)])
    assert len(list(link.frames())) == 30


async def test_more_peers_than_the_radio_takes_can_be_sent_to():
    link = opened()
    for number in range(MOST_PEERS * 2):
        assert await link.send(address(number), b"frame")
    assert link.faults == 0
    assert len(espnow.ESPNow.peers) == MOST_PEERS


async def test_after_a_restart_of_the_radio_everything_goes_on_where_it_was():
    link = opened()
    link.set_channel(9)
    assert await link.send(address(1), b"frame")
    link.restart()
    assert espnow.ESPNow.opened
    assert (link.channel, link.counters()["restarts"]) == (9, 1)
    assert await link.send(address(1), b"frame")
    assert link.faults == 0


async def test_a_radio_that_hears_nothing_is_restarted_ever_more_rarely_and_hears_again():
    link = opened()
    waited = []
    for _ in range(8):
        at = link.restarts
        for minutes in range(1, 40):
            link._heard = time.ticks_add(link._heard, -60_100)
            await link.wait(1)
            if link.restarts > at:
                waited.append(minutes)
                break
    assert waited == [1, 2, 4, 8, 16, 16, 16, 16]
    espnow.ESPNow.arriving.append((address(1), b"frame"))
    assert len(list(link.frames())) == 1
    link._heard = time.ticks_add(link._heard, -60_100)
    await link.wait(1)
    assert link.restarts == 9


async def test_a_radio_that_is_heard_is_not_restarted():
    link = opened()
    for _ in range(5):
        link._heard = time.ticks_add(link._heard, -59_000)
        espnow.ESPNow.arriving.append((address(1), b"frame"))
        assert len(list(link.frames())) == 1
        await link.wait(1)
    assert link.restarts == 0


def test_a_radio_that_does_not_restart_is_counted_and_tried_again_later():
    link = opened()
    active = espnow.ESPNow.active

    def fail(_self, on):
        raise OSError(-12396)

    espnow.ESPNow.active = fail
    link.restart()
    espnow.ESPNow.active = active
    link.restart()
    assert (link.faults, link.restarts, espnow.ESPNow.opened) == (1, 2, True)


async def test_a_send_that_fails_is_tried_again_and_counted():
    link = opened()
    outcomes = [False, OSError(116), True]

    def play(*_):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    espnow.ESPNow.on_send = play
    assert await link.send(address(1), b"frame", 4)
    assert (link.acknowledged, link.retries, link.faults) == (1, 2, 1)


def test_the_drivers_table_of_strangers_does_not_grow_for_ever():
    link = opened()
    for number in range(MOST_STRANGERS + 1):
        espnow.ESPNow.arriving.append((address(number), b"frame"))
    list(link.frames())
    link.forget_strangers()
    assert espnow.ESPNow.peers_table == {}


async def test_waiting_ends_with_the_frame_not_with_the_time():
    link = RadioLink()

    async def arrive():
        await asyncio.sleep_ms(30)
        espnow.ESPNow.arriving.append((address(1), b"x"))

    started = time.ticks_ms()
    arriving = asyncio.create_task(arrive())
    await link.wait(5000)
    assert time.ticks_diff(time.ticks_ms(), started) < 1000
    assert arriving.done()
    assert [frame for _, frame, _ in link.frames()] == [b"x"]


async def test_waiting_ends_with_the_time_and_can_be_done_again():
    link = RadioLink()
    for _ in range(3):
        started = time.ticks_ms()
        await link.wait(20)
        assert 20 <= time.ticks_diff(time.ticks_ms(), started) < 1000
    espnow.ESPNow.arriving.append((address(1), b"x"))
    await link.wait(5000)
    assert time.ticks_diff(time.ticks_ms(), started) < 2000
