"""Both ends of the radio, for tests: the parts of a sensor node, a display node that a test plays."""

import espnow
import network

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

    def take(self, channel, mac, frame):
        if frame[1] & 0x3F != radio_frame.QUERY:
            return True
        self.questions.append(frame)
        if channel not in self.heard_on or mac not in (DISPLAY, radio_frame.BROADCAST):
            return mac == radio_frame.BROADCAST
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
