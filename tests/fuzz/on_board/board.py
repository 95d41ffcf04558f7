"""Whole nodes on either interpreter: no task runs by itself, a clock and a chance that repeat."""

import asyncio
import os
import sys

SITE_KEY = bytes(range(16))
DISPLAY_MAC, SENSOR_MAC = bytes.fromhex("240AC4000001"), bytes.fromhex("240AC4000002")
FREE = 99_000  # bytes of the heap, so they say
_TICKS = 1 << 30
# Told as a fault on purpose: an option may name a pin that this chip does not have.
FORESEEN = {"OLED pins", "button, buzzer, lamp"}


class Unforeseen(Exception):
    """The firmware has caught an exception that nobody meant to raise."""


class Clock:
    """Stands still but for what is asked of it."""

    now_ms = 1_000_000

    @staticmethod
    def ticks_ms():
        """Let a moment go by with each look."""
        Clock.now_ms += 1
        return Clock.now_ms % _TICKS

    ticks_us = ticks_ms

    @staticmethod
    def ticks_diff(new, old):
        return (new - old + _TICKS // 2) % _TICKS - _TICKS // 2

    @staticmethod
    def ticks_add(one, other):
        return (one + other) % _TICKS

    @staticmethod
    def sleep_ms(ms):
        pass


class Canvas:
    """Draws nothing."""

    def __init__(self, *_):
        pass

    def __getattr__(self, name):
        return lambda *_: 0


class _Task:
    def cancel(self):
        """Be no obstacle: it goes no further than it is driven."""


TASKS = []


def _create_task(work):
    TASKS.append(work)
    return _Task()


def prepare():
    """Make of the firmware what can be watched; the interpreter's own modules are stood in for already."""
    from node import borrowed, log, suitable, version

    asyncio.create_task = _create_task
    # A mock of what is read from flash again and again: here it stays.
    borrowed.Borrowed.__exit__ = lambda *_: None
    suitable.is_as_wanted, suitable.refusal = lambda: True, lambda: ""
    suitable.chip, version.running = lambda: "ESP32", lambda: "1.29.0"
    log.Log.fault = _fault


def drive(work, steps=20):
    """Let a task go on for a while."""
    try:
        for _ in range(steps):
            work.send(None)
    except StopIteration:
        pass
    finally:
        work.close()


def begin():
    """Forget everything of an earlier life: flash, settings, radio, time, chance."""
    import bluetooth
    import espnow
    import machine
    from esp32 import NVS
    from network import WLAN

    for name in os.listdir():
        if name.endswith((".json", ".new")):
            os.remove(name)
    NVS.flash, NVS.pending = {}, {}
    machine.RTC.kept = b""
    espnow.ESPNow.sent, espnow.ESPNow.arriving, espnow.ESPNow.peers = [], [], []
    bluetooth.BLE.calls, bluetooth.BLE.scanning = [], False
    WLAN.log, WLAN.up, WLAN.settings = [], [False, False], ({}, {})
    machine.I2C.written = []
    Clock.now_ms = 1_000_000
    TASKS.clear()
    count = [0]

    def urandom(length):
        count[0] += length
        return bytes([at * 37 + 1 & 0xFF for at in range(count[0] - length, count[0])])

    os.urandom = urandom


class Output:
    """What a node has written."""

    def __init__(self):
        self.raw = bytearray()

    def write(self, data):
        """Take all of it."""
        self.raw += data
        return len(data)


class Input:
    """A host that says nothing by itself."""


def node(role):
    """Return the app of a whole provisioned node that runs no task; its `output` is what it says."""
    from network import WLAN

    from node import app as node_app
    from node.config import Config
    from node.kept import Kept
    from node.serial_port import SerialPort
    from node.watchdog import Watchdog

    WLAN.mac = DISPLAY_MAC if role == "display" else SENSOR_MAC
    config = Config(role)
    if not config.provisioned:
        config.provision(settings(role))
    output = Output()
    node_app.SerialPort = lambda: SerialPort(Input(), output)
    main = __import__(role + ".main", None, None, ("*",))
    app = main.build(Kept(), Watchdog())
    app.output = output
    return app


def draw(face):
    """Have the OLED's page drawn, whether or not it is time."""
    face._oled.start()
    face._drawn = None
    face._show()


def settings(role):
    """Return what a host provisions a board with."""
    from protocol.authentication import node_key, site_tag

    common = {"role": role, "name": "Fuzz", "epoch": 1_700_000_000}
    if role == "display":
        common["site_key"] = SITE_KEY.hex()
        return common
    common["node_key"] = node_key(SITE_KEY, SENSOR_MAC).hex()
    common["site_tag"] = site_tag(SITE_KEY)
    return common


def said(*apps):
    """Return whatever nodes have said, once it is seen to be lines that a host can read."""
    found = b""
    for app in apps:
        _check_output(app)
        found += bytes(app.output.raw)
    return found


def _fault(self, where, error):
    if where not in FORESEEN:
        sys.print_exception(error, sys.stderr)
        raise Unforeseen(where) from error


def _check_output(app):
    from protocol import serial_framing, serial_payloads

    reader = serial_framing.LineReader()
    for raw in reader.feed(bytes(app.output.raw)):
        line = serial_framing.parse(raw)
        if line.kind == "ack":
            serial_payloads.parse_ack(line.payload)
        elif line.kind == "adv":
            serial_payloads.parse_advert(line.payload)
        elif line.kind == "log":
            serial_payloads.parse_log(line.payload)
        else:
            serial_payloads.parse_json(line.payload)
    assert not reader.too_long
    assert not app.port.unwritten, "a line that could not be written"
