"""A modelled device on the air: nonce, key, silence, power, and what a decoder makes of it."""

from datetime import datetime

import pytest

from simulator import World, protocol_route
from simulator.envelope import nonce_of
from simulator.victron import build
from simulator.victron.advertiser import Advertiser, address_for, key_for
from simulator.victron.model import ModelError
from simulator.victron.source import ModelSource

from .conftest import StartScript
from .test_replay import heard

_START = datetime(2026, 6, 21, 10, 0)
_MONITOR = {"name": "Monitor", "kind": "bmv_712", "aux": "temperature"}
_CHARGER = {"name": "Charger", "kind": "ip22"}


def source(*tables: dict, speed: float = 1, **options) -> ModelSource:
    """Devices on a bank with shore power and a fridge."""
    loads = {"fridge": {"kind": "fridge"}}
    plants = build.plants({"plant": {"shore": True, "loads": loads, **options}}, _START, 1)
    return ModelSource(plants, build.devices([*tables], plants, 1), speed, foreign=False)


def device(table: dict = _MONITOR, **options) -> Advertiser:
    return source(table | options).devices[0]


def read(one: Advertiser):
    return protocol_route.module("instant_readout").decode(one.md, one.key)


def test_the_nonce_rises_by_one_a_second_and_wraps():
    one = device()
    one.nonce = 0xFFFE
    found = []
    for _ in range(4):
        one.next_second()
        found.append(read(one).nonce)
    assert found == [0xFFFF, 0, 1, 2]


def test_the_product_and_the_record_are_those_of_the_kind():
    reading = read(device())
    assert (reading.product_id, reading.record_name) == (0xA383, "battery_monitor")
    assert read(device(product=0xA381)).product_id == 0xA381


def test_addresses_are_static_random_and_keys_are_made_up_from_the_name():
    assert address_for("x")[0] >= 0xC0
    assert address_for("x") == address_for("x") != address_for("y")
    assert len(key_for("x")) == 16
    assert key_for("x") == key_for("x") != key_for("x", 1)


def test_a_phone_silences_a_device_whose_nonce_goes_on():
    one = device()
    before = one.nonce
    one.connect_phone()
    one.next_second()
    assert one.silent
    one.disconnect_phone()
    one.next_second()
    assert not one.silent
    assert one.nonce == before + 2 & 0xFFFF


def test_a_new_pin_is_a_new_key():
    one = device()
    old = one.key
    one.new_key()
    one.next_second()
    assert one.key != old
    assert one.md[7] == one.key[0]
    assert read(one).plausible
    with pytest.raises(protocol_route.module("errors").KeyMismatch):
        protocol_route.module("instant_readout").decode(one.md, old)


def test_after_a_reboot_the_nonce_begins_anywhere():
    one = device()
    jumps = set()
    for _ in range(5):
        before = one.nonce
        one.reboot()
        one.next_second()
        jumps.add(one.nonce - before & 0xFFFF)
    assert max(jumps) > 100


def test_losing_power_a_device_repeats_its_nonce_with_garbage_and_is_silent_then():
    one = device(_CHARGER)
    nonce = one.nonce
    one.switch_off()
    one.next_second()
    assert not one.silent
    reading = read(one)
    assert reading.nonce == nonce
    assert reading.values["device_state"] is None  # 0xFF
    one.next_second()
    assert one.silent
    one.switch_on()
    one.next_second()
    assert not one.silent
    assert read(one).plausible


def test_the_garbage_can_be_switched_off():
    one = device(_CHARGER, garbage=False)
    one.switch_off()
    one.next_second()
    assert one.silent


def test_a_charger_without_mains_has_no_power():
    found = source(_CHARGER)
    one = found.devices[0]
    found.plants["plant"].shore.plugged = False
    one.next_second()
    one.next_second()
    assert one.silent


def test_a_charger_that_was_never_plugged_in_is_silent_from_the_start():
    assert source(_CHARGER, shore=False).devices[0].silent


def test_alarms_can_be_several_at_once_and_errors_stop_a_charger():
    one = device()
    one.raise_alarm("low_voltage", "low_soc", "high_temperature")
    one.model.plant.when = _START.replace(hour=11)
    one.next_second()
    assert read(one).values["alarm_reason"] == 0b1000101
    assert read(one).plausible
    charger = device(_CHARGER)
    charger.fail(error=17)
    charger.model.plant.go_to(_START.replace(minute=1))
    charger.next_second()
    values = read(charger).values
    assert (values["device_state"], values["charger_error"]) == (2, 17)
    assert values["battery_current1_a"] < 3


def test_fields_can_be_unavailable():
    assert read(device()).values["temperature_c"] is not None
    assert read(device(sensor=False)).values["temperature_c"] is None
    values = read(device(unavailable=["soc_pct", "consumed_ah"])).values
    assert values["soc_pct"] is values["consumed_ah"] is None


def test_a_battery_sense_has_voltage_and_temperature_only():
    values = read(device({"name": "Sense", "kind": "battery_sense"})).values
    there = {name for name, value in values.items() if value is not None}
    assert there == {"battery_voltage_v", "temperature_c", "aux_mode", "alarm_reason"}


def test_byte_1_of_an_orion_xs_comes_and_goes():
    one = device({"name": "Orion", "kind": "orion_xs"})
    found = set()
    for _ in range(500):
        one.next_second()
        found.add(one.md[1])
    assert found == {0x00, 0x80}


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ({"name": "x", "kind": "bmv_713"}, "bmv_713"),
        ({"name": "x", "kind": "bmv_712", "axu": "none"}, "axu"),
        ({"name": "x", "kind": "bmv_712", "aux": "nine"}, "nine"),
        ({"name": "x", "kind": "bmv_712", "plant": "there"}, "there"),
        ({"name": "x", "kind": "smart_solar", "loads": ["toaster"]}, "toaster"),
    ],
)
def test_mistakes_in_a_scenario_are_named(table: dict, mistake: str):
    with pytest.raises(ModelError, match=mistake):
        source(table)


async def test_on_the_air_each_message_lasts_a_second_and_the_sun_has_its_own_speed(
    world: World, start_script: StartScript
):
    found = source(_MONITOR, speed=600)
    one = found.devices[0]
    messages = (await heard(world, start_script, found, 9.9))[one.address]
    nonces = [nonce_of(data[7:]) for data in messages]
    assert len(set(nonces)) == 10
    assert all(nonces.count(nonce) == 5 for nonce in nonces)
    assert found.messages[one.address] == 10
    assert (found.when - _START).total_seconds() == pytest.approx(5400, abs=1)


async def test_now_says_what_is_on_the_air_and_reads_the_plant_no_oftener_than_asked(
    world: World, start_script: StartScript
):
    found = source(_MONITOR, speed=60)
    found.period_s = 5
    world.add_source(found)
    payloads = []
    for _ in range(20):
        await world.sleep(1)
        (now,) = found.now().values()
        assert read(found.devices[0]).nonce == now.nonce
        payloads.append(now.payload)
    assert 4 <= len(set(payloads)) <= 5


def test_garbage_is_random_but_the_same_in_every_run():
    one, other = device(_CHARGER), device(_CHARGER)
    for found in (one, other):
        found.switch_off()
        found.next_second()
    assert one.md == other.md


async def test_garbage_at_power_off_is_no_message_of_its_own(
    world: World, start_script: StartScript
):
    found = source(_CHARGER)
    world.timeline.after(3_500_000, found.devices[0].switch_off)
    messages = (await heard(world, start_script, found, 8))[found.devices[0].address]
    assert len({data[7:] for data in messages}) == 5
    assert len({nonce_of(data[7:]) for data in messages}) == 4
    assert found.messages[found.devices[0].address] == 4
