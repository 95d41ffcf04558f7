"""The watch over all devices: each reading counts once, silence has a cause, and the host hears of everything."""

import json
import os

from display import key_store
from display import watch as watch_module
from display.commands import HANDLERS
from display.keys import UNPROVED, WRONG, Keys
from display.limits import Limits
from display.readings import newest
from display.registry import Registry
from display.sensor_nodes import SensorNode
from display.watch import Watch
from node.borrowed import Borrowed
from protocol.aes import key_stream
from protocol.records import RECORDS
from protocol.serial_payloads import parse_json

MAC = bytes.fromhex("c03d5a89a301")
NODE = bytes.fromhex("025e50000001")
KEY = bytes(range(16))
MINUTE_MS = 60_000


class App:
    """What the watch needs of an app."""

    class radio:
        mac = bytes.fromhex("02d159000002")

    class log:
        faults = []

        @classmethod
        def fault(cls, where, error):
            cls.faults.append((where, error))

        @classmethod
        def warning(cls, text):
            cls.faults.append((text, None))

    def __init__(self):
        self.now = 0
        self.uptime = self
        self.port = self
        self.takes_lines = True
        self.told = []

    def seconds(self):
        return self.now

    def send(self, kind, payload):
        if self.takes_lines:
            self.told.append((kind, parse_json(payload)))
        return self.takes_lines


class Nodes:
    def __init__(self):
        node = SensorNode(NODE, KEY, None)
        node.present = True
        self.nodes = {NODE: node}

    def present(self):
        return list(self.nodes.values())


def advertisement(nonce, soc=500, volts=1320, alarm=0, key=KEY):
    """What a battery monitor sends."""
    whole = 0xFFFF | volts << 16 | alarm << 32 | 3 << 64 | soc << 108 | 3 << 118
    md = b"\x10\x02\x89\xa3\x02" + nonce.to_bytes(2, "little") + key[:1]
    stream = int.from_bytes(key_stream(key, md), "little") & (1 << 120) - 1
    return md + (whole ^ stream).to_bytes(15, "little")


class Boat:
    """A battery monitor, a sensor node and the watch."""

    def __init__(self, key=KEY, proved=True):
        self.app = App()
        self.registry = Registry()
        self.keys = keys = Keys()
        if key:
            key_store.take(keys, {"mac": MAC.hex(), "key": key.hex(), "name": ""})
        if key and proved:
            key_store.prove(keys, [MAC])
        self.limits = Limits()
        self.watch = Watch(self.app, self.registry, keys, self.limits)
        self.nodes = Nodes()
        self.watch.use_nodes(self.nodes)
        self.nonce = 0

    def hear(self, seconds, **values):
        """Hear a new reading each second."""
        for _ in range(seconds):
            self.nonce += 1
            self.registry.take(NODE, MAC, -60, 0, advertisement(self.nonce, **values))
            self.look(1)
        return self

    def look(self, seconds):
        """Let time pass without a new reading."""
        for _ in range(seconds):
            self.app.now += 1
            self.watch.look()
        return self

    def age(self, device_ms, node_ms):
        """Make the last reading and the last frame so old."""
        self.registry.devices[MAC].age_ms = lambda: device_ms
        self.nodes.nodes[NODE].age_ms = lambda: node_ms
        return self

    @property
    def told(self):
        found = [f"{one['kind']} {one['state']}" for _, one in self.app.told]
        self.app.told.clear()
        return found


def test_a_reading_counts_once_however_often_it_is_looked_at():
    assert Boat().hear(1, soc=50).look(100).told == []
    assert Boat().hear(1, soc=50).look(100).hear(1, soc=50).told == [
        "soc_low raised",
        "soc_critical raised",
    ]


def test_without_the_key_or_with_a_wrong_one_nothing_is_judged():
    assert Boat(None).hear(20, soc=0, alarm=5).told == []
    neighbour = Boat(None).hear(5).age(11 * MINUTE_MS, 0)
    assert neighbour.look(100).told == []  # nor missed
    assert Boat(b"another key here").hear(20, soc=0, alarm=5).told == []


IN_DISTRESS = {"soc": 0, "alarm": 5}
SHARES_FIRST_BYTE = KEY[:1] + b"a wrong key, now"[1:]


def test_nothing_rings_by_a_key_that_only_its_first_byte_speaks_for():
    boat = Boat(SHARES_FIRST_BYTE, proved=False)
    for soc in range(0, 1000, 25):
        boat.hear(1, soc=soc, alarm=soc & 7)
    assert boat.told == []
    assert boat.keys.doubts == {MAC: WRONG}
    assert boat.watch._prover is None  # and costs no memory any more


def test_a_right_key_proves_itself_within_seconds_and_for_good():
    boat = Boat(proved=False).hear(1, **IN_DISTRESS)
    assert boat.keys.doubts == {MAC: UNPROVED}
    boat.hear(7, **IN_DISTRESS)
    assert boat.told == ["device_alarm raised"]
    assert boat.watch._prover is None
    assert Keys().doubts == {}
    assert Boat(proved=False).hear(5, **IN_DISTRESS).told == ["device_alarm raised"]


def test_another_key_has_to_prove_itself_again_another_name_has_not():
    boat = Boat()
    key_store.take(boat.keys, {"mac": MAC.hex(), "key": KEY.hex(), "name": "Shunt"})
    assert Keys().doubts == {}
    key_store.take(boat.keys, {"mac": MAC.hex(), "key": SHARES_FIRST_BYTE.hex(), "name": "Shunt"})
    assert Keys().doubts == {MAC: UNPROVED}
    key_store.forget(boat.keys, MAC)
    assert boat.keys.doubts == {}


def test_a_key_that_was_changed_while_it_was_tried_is_tried_from_the_beginning():
    boat = Boat(SHARES_FIRST_BYTE, proved=False).hear(10)
    key_store.take(boat.keys, {"mac": MAC.hex(), "key": KEY.hex(), "name": ""})
    boat.hear(8, **IN_DISTRESS)
    assert boat.told == ["device_alarm raised"]


def test_a_key_in_doubt_shows_nothing():
    boat = Boat(proved=False)
    boat.hear(1)
    assert shown_of(boat) == (None, "key_unproved")
    boat.hear(4)
    assert shown_of(boat)[0] is not None
    boat = Boat(SHARES_FIRST_BYTE, proved=False).hear(20)
    assert shown_of(boat) == (None, "key_mismatch")


def shown_of(boat):
    return newest(boat.keys, boat.registry.devices[MAC])


def test_a_key_of_a_device_whose_record_nobody_knows_is_not_called_wrong():
    boat = Boat(proved=False)
    for nonce in range(20):
        md = b"\x10\x02\x89\xa3\x0e" + nonce.to_bytes(2, "little") + KEY[:1] + bytes(10)
        boat.registry.take(NODE, MAC, -60, 0, md)
        boat.look(1)
    reason = shown_of(boat)[1]
    assert reason not in ("key_mismatch", "key_unproved"), reason


def test_records_of_every_kind_in_a_devices_name_cost_neither_room_nor_a_look_into_flash_each():
    boat = Boat().hear(1)
    looks = []
    watch_module.Borrowed = lambda name: looks.append(name) or Borrowed(name)
    for again in range(2):
        for kind in range(256):
            nonce = 100 + kind + 256 * again
            md = bytes((0x10, 2, 0x89, 0xA3, kind)) + nonce.to_bytes(2, "little") + KEY[:1]
            boat.registry.take(NODE, MAC, -60, 0, md + bytes(16))
            boat.look(1)
    assert 5 < len(boat.watch._records) == len(RECORDS)
    assert 5 < looks.count("display.layouts") < len(RECORDS), looks
    boat.nonce = 700
    boat.hear(12, soc=50)  # and the device is watched as before
    assert "soc_critical" in [one.kind for one in boat.watch.alarms.active()]


def test_flash_that_takes_no_proof_costs_only_that():
    boat = Boat(proved=False)
    os.mkdir("keys.json.new")  # nothing can be written beside
    boat.hear(8, **IN_DISTRESS)
    assert boat.told == ["device_alarm raised"]
    assert [where for where, _ in boat.app.log.faults] == ["keys"]


def test_what_was_acknowledged_is_quiet_after_a_restart():
    boat = Boat().hear(12, soc=150)
    boat.watch.acknowledge()
    boat.look(1)
    assert boat.told == ["soc_low raised", "soc_low acknowledged"]
    again = Boat().hear(12, soc=150)
    assert again.told == ["soc_low acknowledged"]
    assert Boat().hear(12, soc=150).told == ["soc_low acknowledged"]
    over = Boat().hear(1, soc=500)
    assert over.watch.alarms.notes is None  # and costs no memory any more
    assert Boat().hear(12, soc=150).told == ["soc_low raised"]


def test_what_is_over_and_acknowledged_at_once_leaves_no_old_note():
    boat = Boat().hear(12, soc=150)
    boat.watch.acknowledge()
    boat.look(1)
    boat.registry.take(NODE, MAC, -60, 0, advertisement(100, soc=500, alarm=1))
    boat.hear(11, soc=500, alarm=1)
    boat.watch.acknowledge()
    boat.look(1)
    assert list(json_of("acknowledged.json")) == ["C03D5A89A301 device_alarm"]


def json_of(path):
    with open(path) as file:
        return json.load(file)


def test_flash_that_takes_no_acknowledgement_costs_only_that():
    boat = Boat().hear(12, soc=150)
    os.mkdir("acknowledged.json.new")
    boat.watch.acknowledge()
    boat.look(5)
    assert boat.told == ["soc_low raised", "soc_low acknowledged"]
    assert [where for where, _ in boat.app.log.faults] == ["alarms"]


def test_a_damaged_file_of_acknowledgements_is_named_and_everything_rings():
    with open("acknowledged.json", "w") as file:
        file.write("[")
    boat = Boat().hear(12, soc=150)
    assert boat.told == ["soc_low raised"]
    assert [text for text, _ in boat.app.log.faults] == ["acknowledged.json: damaged"]


def test_a_24_volt_system_has_the_limits_of_one():
    assert Boat().hear(70, volts=2640).told == []
    assert Boat().hear(70, volts=2290).told == ["voltage_low raised"]
    assert Boat().hear(2, volts=2640).hear(70, volts=1740).told == ["voltage_low raised"]


def test_a_line_that_the_host_did_not_take_is_told_later():
    boat = Boat()
    boat.app.takes_lines = False
    boat.hear(20, soc=150)
    boat.app.takes_lines = True
    assert boat.told == []
    assert boat.look(1).told == ["soc_low raised"]
    assert boat.watch.held_back > 5


def test_a_device_is_silent_only_while_its_sensor_node_is_heard():
    boat = Boat().hear(5)
    assert boat.age(9 * MINUTE_MS, 0).look(30).told == []
    assert boat.age(11 * MINUTE_MS, 2 * MINUTE_MS).look(30).told == ["no_data raised"]
    assert boat.app.now
    found = boat.watch.alarms.active()[0]
    assert (found.mac, found.value) == (NODE, "radio")


def test_a_silent_device_is_told_once_and_once_when_it_is_back():
    boat = Boat().hear(5)
    assert boat.age(11 * MINUTE_MS, 0).look(100).told == ["no_data raised"]
    found = boat.watch.alarms.active()[0]
    assert (found.mac, found.value) == (MAC, "device")
    assert boat.age(0, 0).look(2).told == ["no_data cleared"]


def test_a_sensor_node_that_promised_to_sleep_is_not_lost():
    boat = Boat().hear(5)
    boat.nodes.nodes[NODE].interval_ms = 5 * MINUTE_MS
    assert boat.age(14 * MINUTE_MS, 14 * MINUTE_MS).look(30).told == []
    assert boat.age(16 * MINUTE_MS, 16 * MINUTE_MS).look(30).told == ["no_data raised"]


def test_after_an_outage_devices_have_time_to_be_heard():
    boat = Boat().hear(5).age(30 * MINUTE_MS, 30 * MINUTE_MS).look(30)
    assert boat.told == ["no_data raised"]
    boat.age(30 * MINUTE_MS, 0).look(10)
    assert boat.told == ["no_data cleared"]  # of the sensor node


def limits(boat, args):
    return HANDLERS["limits"](boat, args)


def test_whoever_has_limits_is_missed_from_the_start_on():
    boat = Boat()
    assert boat.look(700).told == []
    limits(boat, {"mac": MAC.hex(), "silent_s": 60})
    assert boat.look(20).told == ["no_data raised"]
    assert boat.hear(3).told == ["no_data cleared"]


def test_nobody_is_missed_while_no_sensor_node_is_heard():
    boat = Boat()
    limits(boat, {"mac": MAC.hex(), "silent_s": 60})
    boat.nodes.nodes.clear()
    assert boat.look(200).told == []


def test_the_host_is_told_which_limits_are_in_force():
    boat = Boat()
    assert limits(boat, {"mac": MAC.hex(), "soc_low": 30}) == {"soc_low": 30.0}
    boat.hear(1, volts=2640)
    assert limits(boat, {"mac": MAC.hex(), "soc_low": 30}) == {
        "soc_low": 30.0,
        "soc_critical": 10.0,
        "voltage_low": 23.0,
        "voltage_high": 31.0,
        "silent_s": 600,
    }


def test_who_listens_is_called_at_each_change():
    boat = Boat()
    calls = []
    boat.watch.on_change(lambda: calls.append(boat.watch.alarms.loudest()))
    boat.hear(12, soc=150)
    boat.watch.acknowledge()
    assert calls[0] == "warning"
    assert calls[-1] == ""
