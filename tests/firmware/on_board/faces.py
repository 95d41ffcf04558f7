"""Shows every scene of scenes.json on the OLED and prints what went over the bus; started by ../pictures.py."""

import asyncio
import binascii
import json
import os
import sys
import time


class Time:
    """Stands still for the firmware: an age must not depend on how busy this machine is."""

    NOW = time.ticks_ms()

    @staticmethod
    def ticks_ms():
        return Time.NOW

    @staticmethod
    def localtime():
        return 2026, 6, 1, 17, 5, 0, 0, 152


for _name in dir(time):
    if not hasattr(Time, _name):
        setattr(Time, _name, staticmethod(getattr(time, _name)))
time = sys.modules["time"] = Time

sys.path.append(os.getcwd())  # files beside the program

import machine

from display import face as face_module
from display.alarms import RAISED, Alarm, Alarms
from display.face import Face
from display.keys import Keys
from display.limits import Limits
from display.registry import Registry
from display.sensor_nodes import SensorNode
from protocol.radio_frame import HEADER
from protocol.radio_state import pack_state

face_module.PERIOD_MS = 1
UPTIME_S = 552 * 180  # when the picture has not moved
DARK_S = 100_000
SETTLE_MS = 20
TICKS = 600  # of pages that take turns, the first is shown


class Options(dict):
    def on_change(self, listener):
        self.listener = listener


class Log:
    def info(self, text):
        pass

    def warning(self, text):
        print("warning", text)

    def fault(self, where, error):
        print("fault", where, error)


class Console:
    heard = None


class Uptime:
    extra = 0

    def seconds(self):
        return UPTIME_S + self.extra


class Radio:
    mac = b"\x02\xd1\x59\x00\x00\x02"


class App:
    name = "Saloon"

    def __init__(self, options):
        self.options = Options(
            pin_scl=22, pin_sda=21, oled_offset=0, brightness=207, night_brightness=0,
            night_from=22, night_to=7, page_seconds=0, saver_minutes=0,
        )  # fmt: skip
        self.options.update(options)
        self.log = Log()
        self.console = Console()
        self.uptime = Uptime()
        self.radio = Radio()


class Nodes:
    def __init__(self):
        self.nodes = {}

    def present(self):
        return list(self.nodes.values())


class Wifi:
    ssid = ""
    problem = ""
    point_password = ""
    point_ssid = ""
    point_open = False
    channel = 6
    state = "connected"
    ip = ""

    def __init__(self, fields):
        for name, value in fields.items():
            setattr(self, name, value)

    def address(self):
        return self.ip


class Watch:
    def __init__(self, alarms):
        self.alarms = alarms

    def acknowledge(self):
        return self.alarms.acknowledge()


class Pulse:
    def beat(self):
        pass


def mac(text):
    return binascii.unhexlify(text)


def ago(ms):
    return time.ticks_add(time.ticks_ms(), -ms)


def a_node(fields):
    node = SensorNode(mac(fields["mac"]), b"", None)
    node.rssi, node.frames, node.lost = fields["rssi"], 100, 0
    node.present = True
    node.heard = ago(fields["age_ms"])
    body = bytearray(250)
    length = pack_state(body, {}, ("", "", fields["name"], ""))
    node.state = bytes(body[HEADER : HEADER + length])
    return node


def a_face(scene):
    with open("keys.json", "w") as file:
        json.dump(scene["keys"], file)
    app = App(scene["options"])
    app.console.heard = None if scene["heard_ms"] is None else ago(scene["heard_ms"])
    registry = Registry()
    for one in scene["devices"]:
        device = registry.take(mac(one["node"]), mac(one["mac"]), one["rssi"], 0, mac(one["md"]))
        device.heard = ago(one["age_ms"])
        for node, rssi in one["strengths"].items():
            device.strengths[mac(node)] = rssi
    alarms = Alarms()
    for one in scene["alarms"]:
        since = UPTIME_S - one["age_s"]
        alarm = Alarm(mac(one["mac"]), one["kind"], one["severity"], one["value"], None, since)
        alarm.state = one["state"]
        alarms._alarms.append(alarm)
    face = Face(app, registry, Keys(), Limits(), Watch(alarms))
    if scene["nodes"] is not None:
        nodes = Nodes()
        for one in scene["nodes"]:
            nodes.nodes[mac(one["mac"])] = a_node(one)
        face.use_nodes(nodes)
    if scene["wifi"]:
        face.use_wifi(Wifi(scene["wifi"]))
    return face


async def show(scene):
    machine.I2C.written = []
    face = a_face(scene)
    task = asyncio.create_task(face.run(Pulse()))
    await asyncio.sleep_ms(SETTLE_MS)
    task.cancel()
    face.tick = TICKS + scene["ticks"]
    for kind in scene["presses"]:
        face.press(kind)
    if scene["identify"]:
        face.identify()
    for event in scene["events"]:
        happen(face, event, scene)
    if scene["survey_s"]:
        survey(face, scene["survey_s"])
    face._drawn = None  # as if it were time
    face._show()
    print("SCENE", scene["name"])
    for data in machine.I2C.written:
        print("I2C", binascii.hexlify(data).decode())


def happen(face, event, scene):
    """Let something be otherwise while the page is open."""
    if event == "nobody comes":
        face.app.uptime.extra = DARK_S
    if event == "press":
        face.press("short")
    if event == "alarm":
        face._watch.alarms._alarms[0].state = RAISED
    if event == "time":
        face._looks_at = 0
        face.app.uptime.extra += scene["later_s"]


def survey(face, seconds):
    """Let so many seconds pass, in which 3 readings a second came and one frame in 20 was lost."""
    counted = face._pages.get("display.survey_page")._count
    began, accepted, frames, lost = counted["base"]
    counted["base"] = (time.ticks_add(began, -1000 * seconds), accepted, frames, lost)
    face.registry.accepted += 3 * seconds
    for node in face.nodes.present():
        node.frames += 19
        node.lost += 1


async def show_all():
    with open("scenes.json") as file:
        scenes = json.load(file)
    for scene in scenes:
        await show(scene)
