"""What a board measures of itself when a host asks: answered later, and gone from memory afterwards."""

import asyncio
import sys

import machine

from host import Output
from node import measures
from node.log import Log
from node.serial_port import SerialPort
from node.uptime import Uptime


class Home:
    known = False


class App:
    """What a measurement needs of an app."""

    def __init__(self):
        self.output = Output()
        self.port = SerialPort(sink=self.output)
        self.log = Log(self.port, Uptime())
        self.more_measures = None
        self.options = {"pin_scl": 22, "pin_sda": 21}
        self.radio = self
        self.mac = bytes(6)
        self.sent = []

    def send_json(self, kind, fields):
        self.sent.append((kind, fields))


async def measured(app, what):
    measures.command(app, {"what": what})
    assert app.sent == []  # the acknowledgement goes first
    while not app.sent:
        await asyncio.sleep_ms(1)
    return app.sent.pop()


async def test_signing_is_measured_on_full_frames():
    kind, result = await measured(App(), "hmac")
    assert kind == "measured"
    assert result["what"] == "hmac"
    assert 0 <= result["us"] <= result["longest_us"]


def test_what_nobody_can_measure_is_refused():
    for what in ("magic", None, 5, [], "i2c"):
        try:
            measures.command(App(), {"what": what})
        except measures.NoSuchMeasure:
            continue
        raise AssertionError(what)


class Bus:
    """An I2C bus with these addresses on it."""

    found = [0x3C]
    writes = []

    def __init__(self, *_, **__):
        pass

    def scan(self):
        return self.found

    def writeto(self, address, data):
        Bus.writes.append((address, bytes(data)))


async def test_a_picture_is_measured_without_changing_the_one_that_is_shown():
    machine.I2C = Bus
    app = App()
    app.more_measures = ("display.measures", app)
    _, result = await measured(app, "i2c")
    assert result["ms"] >= 0
    assert Bus.writes
    assert set(Bus.writes) == {(0x3C, b"\x00" + b"\xe3" * 134)}  # commands that do nothing
    assert len(Bus.writes) % 8 == 0
    assert "display.measures" not in sys.modules


async def test_a_missing_panel_is_said_to_be_missing():
    machine.I2C = Bus
    Bus.found = []
    app = App()
    app.more_measures = ("display.measures", app)
    assert await measured(app, "i2c") == ("measured", {"what": "i2c", "error": "nothing_there"})


async def test_reception_without_a_display_node_is_not_measured():
    app = App()
    app.more_measures = ("sensor.measures", (None, None, None, Home()))
    _, result = await measured(app, "scan_rx")
    assert result["error"] == "nothing_there"


async def test_a_measurement_that_fails_is_told_and_ends_nothing():
    app = App()
    app.more_measures = ("sensor.measures", (None, None, None, None))
    _, result = await measured(app, "scan_rx")
    assert result["error"] == "internal"
    assert "measure scan_rx" in app.output.lines("log")[0][1]
