"""Looking for the display node: only an answer that proves itself is believed."""

import espnow
import network
from esp32 import NVS

from node.config import Config
from node.epoch import Epoch
from node.radio_link import RadioLink
from protocol import radio_frame
from protocol.radio_bodies import pack_answer, unpack_query
from sensor.advert_table import AdvertTable
from sensor.downlink import Downlink
from sensor.home import Home
from sensor.hunt import Hunt
from sensor.scanner import Scanner
from sensor.session import Session

KEY = bytes(range(16))
TAG = 0x1234
DISPLAY = b"\x24\x0a\xc4\x00\x00\x99"
SETTINGS = {"role": "sensor", "name": "", "node_key": KEY.hex(), "site_tag": TAG}


class Sensor:
    """The parts of a sensor node that hunt."""

    def __init__(self):
        self.config = Config("sensor")
        self.config.provision(SETTINGS)
        self.epoch = Epoch()
        self.link = RadioLink()
        self.link.open()
        self.table = AdvertTable()
        self.scanner = Scanner(self.table)
        self.home = Home()
        self.session = Session(self.config, self.epoch, self.link, lambda: (0, 0, 0, 0))
        self.downlink = Downlink(self.link, self.scanner, self.session)
        self.hunt = Hunt(self.link, self.downlink, self.session, self.home)


class Display:
    """Answers questions on its channel, as well or as badly as a test wants."""

    def __init__(self, channel=7):
        self.channel = channel
        self.heard_on = (channel,)  # crosstalk: also on neighbouring channels
        self.key = KEY
        self.floor = (0, 0)
        self.challenge = None  # None: echo the one in the question
        self.destination = network.WLAN.mac
        self.flags = radio_frame.DOWN_FLAG
        self.questions = []
        espnow.ESPNow.on_send = self.take

    def take(self, channel, _mac, frame):
        if frame[1] & 0x3F != radio_frame.QUERY:
            return True
        self.questions.append(frame)
        if channel in self.heard_on:
            espnow.ESPNow.arriving.append((DISPLAY, self.answer(frame)))
        return True

    def answer(self, question):
        opened = radio_frame.open_frame(
            question, network.WLAN.mac, DISPLAY, TAG, lambda _: KEY, False
        )
        challenge, _ = unpack_query(opened.body)
        buffer = bytearray(radio_frame.MAX_FRAME)
        length = pack_answer(buffer, self.challenge or challenge, self.channel, *self.floor)
        total = radio_frame.seal(
            buffer,
            length,
            radio_frame.ANSWER,
            self.flags,
            TAG,
            5,
            1,
            (0, 0, 0, 0),
            self.key,
            DISPLAY,
            self.destination,
        )
        return bytes(buffer[:total])


def asked_channels():
    return [channel for channel, _, _ in espnow.ESPNow.sent]


async def test_a_sweep_asks_on_every_channel_until_the_answer_comes():
    sensor, display = Sensor(), Display(7)
    assert await sensor.hunt.sweep()
    assert asked_channels() == [1, 2, 3, 4, 5, 6, 7]
    assert (sensor.home.mac, sensor.home.channel) == (DISPLAY, 7)
    assert len({bytes(one[26:34]) for one in display.questions}) == 7  # never the same challenge


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
    assert asked_channels() == list(range(1, 14))
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
    assert asked_channels() == list(range(1, 12))


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
    assert during == [False] * 3, during
    assert sensor.scanner.running


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
