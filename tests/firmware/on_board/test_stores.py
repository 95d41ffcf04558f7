"""What survives a restart: settings, epoch, keys. Damage has a reason, and secrets stay inside."""

import json
import os

from esp32 import NVS

from display.key_store import MOST_KEYS, TooManyKeys, forget, take, told
from display.keys import Keys
from node import json_file
from node.config import BadSetting, Config
from node.epoch import Epoch
from raising import raises

SENSOR = {"role": "sensor", "name": "Bow", "node_key": "0f" * 16, "site_tag": 513}
KEY = "00112233445566778899aabbccddeeff"


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def test_settings_survive():
    Config("sensor").provision(SENSOR)
    config = Config("sensor")
    assert (config.provisioned, config.name, config.key, config.site_tag) == (
        True,
        "Bow",
        b"\x0f" * 16,
        513,
    )
    assert config.problem == ""


def test_without_a_file_a_node_is_unprovisioned_and_that_is_no_problem():
    config = Config("sensor")
    assert (config.provisioned, config.problem) == (False, "")


def test_a_damaged_file_leaves_the_node_unprovisioned_and_says_why():
    cases = (
        ("{", "damaged"),
        ("[]", "damaged"),
        ("x" * 9000, "too_large"),
        ("[" * 8192, "damaged"),
        ('{"":' * 2048, "damaged"),
        ('{"role": "display"}', "bad_role"),
        ('{"role": "sensor", "node_key": 7}', "bad_node_key"),
        ('{"role": "sensor", "node_key": "' + "0f" * 16 + '"}', "bad_site_tag"),
        ('{"role": "sensor", "name": [1]}', "bad_name"),
    )
    for text, reason in cases:
        write("config.json", text)
        config = Config("sensor")
        assert (config.provisioned, config.problem) == (False, reason), (text, config.problem)


def test_a_file_is_not_damaged_because_there_is_no_memory():
    class Gc:
        def collect():
            """Find nothing."""

        def mem_free():
            return 1000

    write("config.json", "[" * 8192)
    had = json_file.gc
    json_file.gc = Gc
    try:
        raises(MemoryError, json_file.load, "config.json")
    finally:
        json_file.gc = had
    assert json_file.load("config.json") == ({}, "damaged")


def test_refused_settings_change_neither_the_file_nor_the_node():
    config = Config("sensor")
    config.provision(SENSOR)
    bad = dict(SENSOR)
    bad["node_key"] = "short"
    raises(BadSetting, config.provision, bad)
    assert config.key == b"\x0f" * 16
    assert Config("sensor").key == b"\x0f" * 16


def test_a_power_cut_while_writing_leaves_the_old_file():
    json_file.save("a.json", {"value": 1})
    rename = os.rename

    def cut(_old, _new):
        raise OSError(5)

    class Os:
        rename = cut

    json_file.os = Os
    raises(OSError, json_file.save, "a.json", {"value": 2})
    json_file.os = os
    assert json_file.load("a.json") == ({"value": 1}, "")
    assert rename is os.rename


def test_the_epoch_is_in_flash_when_it_counts():
    epoch = Epoch()
    epoch.raise_above(0)
    assert (epoch.value, NVS.flash[("node", "epoch")]) == (1, 1)
    assert NVS.pending == {}


def test_every_start_has_a_higher_epoch():
    values = []
    for _ in range(3):
        epoch = Epoch()
        epoch.raise_above(0)
        values.append(epoch.value)
    assert values == [1, 2, 3]


def test_an_epoch_that_is_not_written_does_not_count():
    NVS.broken = True
    epoch = Epoch()
    raises(OSError, epoch.raise_above, 0)
    assert epoch.value == 0


def test_provisioning_never_lowers_the_epoch():
    epoch = Epoch()
    epoch.seed(1_700_000_000)
    assert epoch.value == 1_700_000_000
    epoch.seed(5)
    assert epoch.value == 1_700_000_001


def test_the_upper_half_of_32_bits_fits_into_flash():
    Epoch().raise_above(0x7FFFFFFF)
    epoch = Epoch()
    assert epoch.value == 0x80000000
    epoch.raise_above(0xFFFFFFFE)
    assert Epoch().value == 0xFFFFFFFF
    raises(ValueError, epoch.raise_above, 0)


def test_keys_survive_and_can_be_forgotten():
    take(Keys(), {"mac": "C03D5A89A301", "key": KEY, "name": "Shunt"})
    keys = Keys()
    mac = b"\xc0\x3d\x5a\x89\xa3\x01"
    assert (keys.key_of(mac).hex(), keys.name_of(mac)) == (KEY, "Shunt")
    forget(keys, bytes.fromhex("C03D5A89A301"))
    assert Keys().key_of(mac) is None


def test_the_place_of_a_device_survives_and_is_the_last_unless_it_was_given():
    keys = Keys()
    mac, other = b"\xc0\x3d\x5a\x89\xa3\x01", b"\xc0\x3d\x5a\x89\xa3\x02"
    take(keys, {"mac": "C03D5A89A301", "key": KEY, "name": "Shunt", "place": 3})
    take(keys, {"mac": "C03D5A89A302", "key": KEY, "name": "Roof"})
    places = [Keys().place_of(one) for one in (mac, other, b"nobody")]
    assert places == [3, 255, 255]
    for place in (-1, 256, "1", 1.5):
        wrong = {"mac": "C03D5A89A301", "key": KEY, "name": "", "place": place}
        assert raises(BadSetting, take, keys, wrong).reason == "bad_place"


def test_the_digest_tells_whether_key_name_and_place_are_those_that_were_given():
    given = {"mac": "C03D5A89A301", "key": KEY, "name": "Shunt", "place": 3}
    digests = []
    for other in ({}, {"key": "00" * 16}, {"name": "Hut"}, {"place": 4}, {"mac": "C03D5A89A302"}):
        keys = Keys()
        take(keys, dict(given, **other))
        digests.append(told(keys)["digest"])
        forget(keys, bytes.fromhex(dict(given, **other)["mac"]))
    assert len(set(digests)) == 5
    keys = Keys()
    take(keys, given)
    assert told(Keys())["digest"] == digests[0]
    assert KEY not in digests[0]


def test_the_same_key_again_writes_nothing():
    keys = Keys()
    take(keys, {"mac": "C03D5A89A301", "key": KEY, "name": "Shunt"})
    os.remove("keys.json")
    take(keys, {"mac": "C03D5A89A301", "key": KEY, "name": "Shunt"})
    assert "keys.json" not in os.listdir()


def test_the_store_of_keys_is_bounded_and_its_list_fits_into_one_line():
    from host import Output
    from node.serial_port import SerialPort
    from protocol.serial_payloads import encode_ack

    keys = Keys()
    for number in range(MOST_KEYS):
        take(keys, {"mac": "C03D5A89A3%02X" % number, "key": KEY, "name": "n"})
    raises(TooManyKeys, take, keys, {"mac": "C03D5A89A3FF", "key": KEY, "name": ""})
    assert SerialPort(sink=Output()).send("ack", encode_ack(65535, told(keys)))


def test_one_damaged_entry_costs_only_itself():
    write(
        "keys.json",
        json.dumps({"C03D5A89A301": {"key": KEY, "name": "x"}, "junk": 5, "C03D5A89A302": {}}),
    )
    keys = Keys()
    assert (len(keys), keys.problem) == (1, "bad_entry")
