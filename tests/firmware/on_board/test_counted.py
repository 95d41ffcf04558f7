"""No silent loss: a reading for which memory ran out on its way to the host is in a counter."""

import asyncio

import espnow

from air import address, md_of
from display import gateway, reporter
from display.ceilings import Ceilings
from display.registry import Device, Registry
from display.relay import Relay
from display.sensor_nodes import SensorNode, SensorNodes
from host import Output
from node.config import Config
from node.epoch import Epoch
from node.log import Log
from node.radio_link import RadioLink
from node.serial_port import SerialPort
from protocol import radio_frame, serial_framing
from protocol.radio_bodies import append_reading, start_readings
from protocol.replay import ReplayWindow
from protocol.serial_payloads import encode_json
from test_gateway import NODE, SITE_KEY, sealed

READINGS = 3  # in a frame

# where memory runs out, at which call of the second frame: frames unread, readings untold, lines of readings
STEPS = (
    (RadioLink, "_strength", 1, (1, 0, 6)),
    (radio_frame, "open_frame", 1, (1, 0, 6)),
    (SensorNodes, "of", 1, (1, 0, 6)),
    (ReplayWindow, "accept", 1, (1, 0, 6)),
    (Ceilings, "keep", 1, (1, 0, 6)),
    (gateway, "readings", 1, (1, 0, 6)),
    (SensorNode, "note", 1, (1, 3, 6)),
    (Registry, "take", 1, (1, 3, 6)),
    (Registry, "_new", 2, (1, 2, 7)),
    (Device, "note_strength", 2, (1, 2, 7)),
    (reporter, "encode_advert", 3, (1, 1, 8)),
    (serial_framing, "encode", 2, (1, 2, 7)),
    (gateway, "pack_receipt", 1, (1, 0, 9)),
)


class App:
    """What a relay needs of one."""

    def __init__(self):
        self.config = Config("display")
        self.config.provision({"role": "display", "name": "", "site_key": SITE_KEY.hex()})
        self.epoch = Epoch()
        self.output = Output()
        self.port = SerialPort(sink=self.output)
        self.log = Log(self.port)
        self.console = self

    def add(self, name, handler):
        """Play the console."""

    def send_json(self, kind, fields):
        self.port.send(kind, encode_json(fields))


class Site:
    """A relay, and the frames that come to it."""

    lives = 0  # of the sensor node: what an earlier relay has accepted is in flash

    def __init__(self):
        Site.lives += 1
        self.app = App()
        self.registry = Registry()
        self.relay = Relay(self.app, RadioLink(), self.registry)

    def beat(self):
        """Play the pulse."""

    async def hear(self, number):
        """Take a frame with a reading of each of some devices that were not heard before."""
        buffer = bytearray(radio_frame.MAX_FRAME)
        end = start_readings(buffer, b"abcd")
        for device in range(number * READINGS, (number + 1) * READINGS):
            md = md_of(number)
            end = append_reading(buffer, end, address(device), -70, 50, md, len(md))
        frame = sealed(buffer, end - radio_frame.HEADER, radio_frame.READINGS, Site.lives, number)
        espnow.ESPNow.arriving.append((NODE, frame))
        try:
            await asyncio.wait_for_ms(self.relay._gateway.run(self), 20)
        except asyncio.TimeoutError:
            pass


def fails_at(had, call):
    """Return a function for which there is no memory, once."""
    calls = []

    def may_fail(*arguments):
        calls.append(1)
        if len(calls) == call:
            raise MemoryError
        return had(*arguments)

    return may_fail


async def counted(where, name, call):
    """Return what there is of three frames when there is no memory once during the second."""
    site = Site()
    await site.hear(1)
    had = getattr(where, name)
    setattr(where, name, fails_at(had, call))
    try:
        await site.hear(2)
        raise AssertionError("memory was there")
    except MemoryError:
        pass
    finally:
        setattr(where, name, had)
    await site.hear(3)
    assert all(device.md for device in site.registry.devices.values())
    return site


async def test_what_memory_ran_out_for_is_counted_at_every_step():
    for where, name, call, expected in STEPS:
        site = await counted(where, name, call)
        health = site.relay.health()
        lines = len(site.app.output.lines("adv"))
        assert (health["unread"], health["untold"], lines) == expected, name
        counters = site.relay._counters()
        assert (counters["unread"], counters["untold"]) == expected[:2]


async def test_a_line_that_there_was_no_memory_for_is_unwritten():
    site = await counted(serial_framing, "encode", 2)
    assert site.app.port.unwritten == 1
    assert site.registry.accepted == 8


async def test_without_a_fault_nothing_is_left_over():
    site = Site()
    for number in (1, 2, 2, 3):
        await site.hear(number)
    health = site.relay.health()
    assert (health["unread"], health["untold"]) == (0, 0)
    assert site.app.port.unwritten == 0
    assert len(site.app.output.lines("adv")) == 3 * READINGS
