"""A face with nodes and devices to show, for tests."""

import time

from air import md_of
from display.alarms import Alarms
from display.face import Face
from display.limits import Limits
from display.registry import Device, Registry
from display.sensor_nodes import SensorNode


class Nodes:
    def __init__(self, *ages, interval_ms=0):
        self.nodes = {}
        for number in range(len(ages)):
            node = self.nodes[number] = SensorNode(b"node", b"key", None)
            node.age_ms = aged(ages[number])
            node.interval_ms = interval_ms

    def present(self):
        return list(self.nodes.values())


def aged(age_ms):
    return lambda: age_ms


def heard(age_ms, node=0):
    device = Device(b"device", time.ticks_ms())
    device.node = node
    device.age_ms = aged(age_ms)
    return device


class NoKeys:
    doubts = {}
    entries = {}

    def __len__(self):
        return len(self.entries)

    def key_of(self, _mac):
        return None

    def name_of(self, _mac):
        return ""

    def place_of(self, _mac):
        return 255


class Options(dict):
    def on_change(self, listener):
        self.listener = listener


class App:
    """What the face needs of an app."""

    class console:
        heard = None

    name = "Saloon"
    passed = 100

    class radio:
        mac = b"saloon"

    @property
    def uptime(self):
        return self

    def seconds(self):
        return self.passed

    class log:
        @staticmethod
        def fault(where, error):
            print(where, error)

    def __init__(self):
        self.options = Options(
            pin_scl=22, pin_sda=21, oled_offset=0, brightness=207, night_brightness=0,
            night_from=22, night_to=7, page_seconds=10, saver_minutes=0,
        )  # fmt: skip


class Watch:
    def __init__(self):
        self.alarms = Alarms()

    def acknowledge(self):
        return self.alarms.acknowledge()


def a_face(registry, nodes=None, keys=None):
    face = Face(App(), registry, keys or NoKeys(), Limits(), Watch())
    if nodes:
        face.use_nodes(nodes)
    return face


KEY = b"\xaf" + bytes(15)  # that of md_of begins so
BATTERY, SOLAR, OTHER = b"c_batt", b"b_sola", b"a_othe"


class OwnKeys(NoKeys):
    """Three devices with keys; places as the user has chosen."""

    def __init__(self, **places):
        self.places = {mac: places.get(mac.decode(), 255) for mac in (BATTERY, SOLAR, OTHER)}
        self.entries = {mac: (KEY, mac.decode(), place) for mac, place in self.places.items()}

    def key_of(self, _mac):
        return KEY

    def name_of(self, mac):
        return self.entries[mac][1] if mac in self.entries else "nobody"

    def place_of(self, mac):
        return self.places.get(mac, 255)


def a_boat(**places):
    """A face with a battery monitor, a solar charger and another device, all heard."""
    registry = Registry()
    for mac, record_type in ((BATTERY, 2), (SOLAR, 1), (OTHER, 0x0C)):
        md = bytearray(md_of(1))
        md[4] = record_type
        registry.take(b"node", mac, -50, 0, bytes(md))
    nodes = Nodes(5)
    nodes.nodes = {b"node": nodes.nodes[0]}
    face = a_face(registry, nodes, OwnKeys(**places))
    face._oled.start()
    face._show()
    return face


class NoWifi:
    point_open = False
    state = ssid = problem = ""
    channel = 6

    def address(self):
        return ""
