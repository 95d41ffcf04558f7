"""Looking for the display node: only an answer that proves itself is believed."""

import time

import espnow
import network
from esp32 import NVS

from ends import DISPLAY, Display, Sensor
from protocol import radio_frame
from sensor import hunt
from sensor.home import Home


def asked_channels():
    return [channel for channel, _, _ in espnow.ESPNow.sent]


async def test_a_sweep_asks_on_every_channel_until_the_answer_comes():
    sensor, display = Sensor(), Display(7)
    assert await sensor.hunt.sweep()
    assert asked_channels() == [6, 1, 11, 2, 3, 4, 5, 7]  # the likely ones first
    assert (sensor.home.mac, sensor.home.channel) == (DISPLAY, 7)
    assert len({bytes(one[26:34]) for one in display.questions}) == 8  # never the same challenge


async def test_the_channel_in_the_answer_counts_not_the_one_it_was_heard_on():
    sensor, display = Sensor(), Display(7)
    display.heard_on = (6, 7)
    assert await sensor.hunt.sweep()
    assert sensor.home.channel == 7
    assert network.WLAN.channel == 7


async def test_nobody_there_is_no_answer():
    sensor = Sensor()
    Display(7).heard_on = ()
    assert not await sensor.hunt.sweep()
    assert sorted(asked_channels()) == list(range(1, 14))
    assert not sensor.home.known


async def test_an_answer_to_another_question_is_not_believed():
    sensor, display = Sensor(), Display(7)
    display.challenge = b"recorded"
    assert not await sensor.hunt.sweep()
    assert sensor.hunt.unproven == 1
    assert not sensor.home.known


async def test_an_answer_without_our_key_is_not_believed():
    sensor, display = Sensor(), Display(7)
    display.key = bytes(16)
    assert not await sensor.hunt.sweep()
    assert sensor.session.refused.counts == {"bad_tag": 1}


async def test_an_answer_to_another_node_is_not_believed():
    sensor, display = Sensor(), Display(7)
    display.destination = DISPLAY
    assert not await sensor.hunt.sweep()


async def test_our_own_kind_of_frame_is_no_answer():
    sensor, display = Sensor(), Display(7)
    display.flags = 0
    assert not await sensor.hunt.sweep()
    assert sensor.session.refused.counts == {"wrong_direction": 1}


async def test_a_channel_that_the_country_forbids_is_passed_over():
    network.WLAN.forbidden = (12, 13)
    sensor = Sensor()
    Display(12)
    assert not await sensor.hunt.sweep()
    assert sorted(asked_channels()) == list(range(1, 12))


async def test_the_remembered_channel_is_asked_first_after_a_restart():
    sensor = Sensor()
    Display(7)
    await sensor.hunt.sweep()
    espnow.ESPNow.sent.clear()
    again = Sensor()
    assert await again.hunt.sweep()
    assert asked_channels() == [7]
    assert again.home.mac == DISPLAY


async def test_the_scan_rests_while_asking_and_goes_on_afterwards():
    sensor, display = Sensor(), Display(3)
    sensor.scanner.start()
    during = []
    answer = display.take

    def watch(*arguments):
        during.append(sensor.scanner.running)
        return answer(*arguments)

    espnow.ESPNow.on_send = watch
    await sensor.hunt.sweep()
    assert during == [False] * 5, during
    assert sensor.scanner.running
    assert 0 < sensor.downlink.paused_ms < 2000  # what it cost is counted


async def a_known_sensor(channel=7):
    """A sensor node that has met its display node on channel 7."""
    sensor, display = Sensor(), Display()
    await sensor.hunt.sweep()
    display.heard_on = (channel,)
    display.channel = channel
    espnow.ESPNow.sent.clear()
    return sensor, display


async def test_no_time_is_lost_on_channels_where_its_address_acknowledges_nothing():
    sensor, _ = await a_known_sensor(13)
    start = time.ticks_ms()
    assert await sensor.hunt.sweep()
    assert sensor.home.channel == 13
    assert time.ticks_diff(time.ticks_ms(), start) < 13 * hunt.WINDOW_MS // 2
    assert {mac for _, mac, _ in espnow.ESPNow.sent} == {DISPLAY}


async def test_an_acknowledgement_alone_is_not_believed():
    sensor, _ = await a_known_sensor()
    espnow.ESPNow.on_send = None  # acknowledges everything, answers nothing
    assert not await sensor.hunt.probe()
    assert not await sensor.hunt.sweep()


async def test_the_remembered_channel_is_asked_first_and_last():
    sensor, display = await a_known_sensor()
    display.heard_on = ()
    assert not await sensor.hunt.sweep()
    assert asked_channels()[0] == asked_channels()[-1] == 7
    assert set(asked_channels()) == set(range(1, 14))


async def test_another_board_in_its_place_is_found_too():
    sensor, _ = await a_known_sensor()
    sensor.home.mac = b"\x24\x0a\xc4\x00\x00\x98"  # the old one is in a drawer
    sweeps = 1
    while not await sensor.hunt.sweep():
        sweeps += 1
    assert sweeps <= hunt.STRANGERS_EVERY
    assert sensor.home.mac == DISPLAY


async def test_the_sequence_jumps_over_the_floor_of_the_same_epoch():
    sensor, display = Sensor(), Display(1)
    sensor.epoch.seed(10)
    display.floor = (10, 5000)
    await sensor.hunt.sweep()
    assert (sensor.epoch.value, sensor.session.sequence) == (10, 5000)
    sealed = sensor.session.seal(5, radio_frame.READINGS, DISPLAY)
    assert int.from_bytes(sealed[8:12], "little") == 5001


async def test_a_floor_of_a_later_epoch_raises_ours_in_flash_before_the_next_frame():
    sensor, display = Sensor(), Display(1)
    sensor.epoch.seed(10)
    display.floor = (20, 5000)
    await sensor.hunt.sweep()
    assert (sensor.epoch.value, sensor.session.sequence) == (21, 0)
    assert NVS.flash[("node", "epoch")] == 21


async def test_a_floor_below_changes_nothing():
    sensor, display = Sensor(), Display(1)
    sensor.epoch.seed(10)
    display.floor = (9, 5000)
    await sensor.hunt.sweep()
    assert (sensor.epoch.value, sensor.session.sequence) == (10, 0)


def test_a_damaged_memory_of_home_is_no_home():
    for text in (
        "",
        "{",
        '{"mac": 5, "channel": 1}',
        '{"mac": "240AC4000099", "channel": 99}',
        "[]",
    ):
        with open("home.json", "w") as file:
            file.write(text)
        assert not Home().known
