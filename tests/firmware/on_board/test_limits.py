"""Alarm limits: defaults that fit the system, what the host may set, and that it survives."""

import json

from display import key_store, limit_store
from display.keys import Keys
from display.limit_store import PATH, UnknownDevice, told
from display.limits import Limits
from node.config import BadSetting

TEXT = "C03D5A89A301"
MAC = bytes.fromhex(TEXT)
MONITOR, CHARGER, LITHIUM = 0x02, 0x08, 0x05


def limits_of_a_known_device():
    key_store.take(Keys(), {"mac": TEXT, "key": "00" * 16, "name": ""})
    return Limits()


def set_limits(limits, **fields):
    limit_store.take(limits, Keys(), MAC, fields)


def refused(limits, **fields):
    try:
        set_limits(limits, **fields)
    except BadSetting as error:
        return error.reason
    return ""


def test_the_defaults_know_12_24_and_48_volts():
    limits = limits_of_a_known_device()
    assert limits.of(MAC, MONITOR, 1320) == (200, 100, 1150, 1550, 600)
    assert limits.of(MAC, MONITOR, 2640)[2:4] == (2300, 3100)
    assert limits.of(MAC, MONITOR, 5280)[2:4] == (4600, 6200)
    assert limits.of(MAC, LITHIUM, 2640) == (None, None, 2300, 3100, 600)


def test_a_charger_without_mains_may_be_silent_for_ever():
    assert limits_of_a_known_device().of(MAC, CHARGER, 0)[4] is None


def test_what_the_host_sets_survives_and_the_rest_is_the_default():
    set_limits(limits_of_a_known_device(), soc_low=35, voltage_low=11.8, soc_critical=None)
    again = limits_of_a_known_device()
    assert again.of(MAC, MONITOR, 1320) == (350, None, 1180, 1550, 600)
    assert told(again.set_of(MAC)) == {"soc_low": 35.0, "soc_critical": None, "voltage_low": 11.8}


def test_equal_limits_are_not_written_again():
    limits = limits_of_a_known_device()
    set_limits(limits, soc_low=35)
    with open(PATH, "w") as file:
        file.write("{}")
    set_limits(limits, soc_low=35)
    with open(PATH) as file:
        assert json.load(file) == {}


def test_nothing_set_is_the_default_again():
    limits = limits_of_a_known_device()
    set_limits(limits, soc_low=35)
    assert limits.expected() == [MAC]
    set_limits(limits)
    assert limits.expected() == []
    assert limits.of(MAC, MONITOR, 0)[0] == 200


def test_limits_that_cannot_be_meant_are_named_and_change_nothing():
    limits = limits_of_a_known_device()
    for name, value in (
        ("soc_low", 101),
        ("soc_low", -1),
        ("soc_low", -0.1),  # tenths: what stands for the default
        ("soc_low", "20"),
        ("soc_critical", True),
        ("voltage_low", 0.5),
        ("voltage_high", 101),
        ("voltage_high", 1e308),
        ("silent_s", 9),
        ("silent_s", 86_401),
    ):
        assert refused(limits, **{name: value}) == "bad_" + name, (name, value)
    assert refused(limits, soc_low=20, soc_critical=20) == "bad_soc_critical"
    assert refused(limits, voltage_low=14, voltage_high=13) == "bad_voltage_high"
    assert limits.expected() == []


def test_limits_for_a_device_without_key_are_refused():
    try:
        limit_store.take(Limits(), Keys(), b"\1\2\3\4\5\6", {"soc_low": 20})
    except UnknownDevice:
        return
    raise AssertionError


def test_a_forgotten_device_has_the_defaults_after_a_restart_too():
    limits = limits_of_a_known_device()
    set_limits(limits, soc_low=35)
    limit_store.forget(limits, MAC)
    assert limits_of_a_known_device().of(MAC, MONITOR, 0)[0] == 200


def test_a_damaged_entry_costs_only_itself():
    good = [300, None, None, None, 600]
    for bad in ([1], "x", [300, 400, None, None, 600], [5000, None, None, None, 600], None):
        with open(PATH, "w") as file:
            json.dump({TEXT: good, "C03D5A89A302": bad, "zz": good}, file)
        limits = limits_of_a_known_device()
        assert limits.problem == "bad_entry"
        assert limits.expected() == [MAC]
