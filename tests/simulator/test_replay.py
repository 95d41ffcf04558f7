"""Replayed devices: captured bytes first, then the same device with nonces that never repeat."""

import json
from pathlib import Path

import pytest

from simulator import World, protocol_route, scenario
from simulator.envelope import nonce_of, open_envelope
from simulator.foreign import ADVERTISEMENTS
from simulator.replay import Device, ReplaySource, advertisement

from .conftest import StartScript, said

_VECTORS = Path(__file__).parents[1] / "protocol" / "vectors.json"
_LISTEN = """
import bluetooth, time
ble = bluetooth.BLE()
ble.active(True)
def handler(event, data):
    if event == 5:
        print("heard", bytes(data[1]).hex(), bytes(data[4]).hex() or "")
ble.irq(handler)
ble.gap_scan(0, 100000, 100000)
print("ready")
time.sleep(10000)
"""


def shunt() -> Device:
    return scenario.load("trailer").devices[0]


async def heard(world: World, start_script: StartScript, source: ReplaySource, seconds: float):
    """What a scanning board hears of each address, in order, repeats included."""
    node = await start_script(_LISTEN)
    await said(node, "ready")
    world.add_source(source)
    await world.sleep(seconds)
    found: dict[bytes, list[bytes]] = {}
    for line in node.uart.text.splitlines():
        if line.startswith("heard "):
            address, data = line.split(" ")[1:3]
            found.setdefault(bytes.fromhex(address), []).append(bytes.fromhex(data))
    return found


async def test_each_capture_is_sent_verbatim_for_a_second_first(
    world: World, start_script: StartScript
):
    device = shunt()
    found = await heard(world, start_script, ReplaySource([device], foreign=False), 2.99)
    expected = [advertisement(md) for md in device.captures for _ in range(5)]
    assert found == {device.address: expected}


async def test_afterwards_the_nonce_rises_by_one_a_second_and_wraps(
    world: World, start_script: StartScript
):
    device = shunt()
    device.captures = device.captures[:1]
    device.captures[0] = device.captures[0][:5] + b"\xfe\xff" + device.captures[0][7:]
    found = await heard(world, start_script, ReplaySource([device], foreign=False), 5.99)
    nonces = [nonce_of(data[7:]) for data in found[device.address]]
    assert nonces[::5] == [0xFFFE, 0xFFFF, 0, 1, 2, 3]
    assert all(len(set(nonces[at : at + 5])) == 1 for at in range(0, 30, 5))


async def test_every_payload_has_its_period_under_the_devices_own_key(
    world: World, start_script: StartScript
):
    device = shunt()
    source = ReplaySource([device], period_s=2, foreign=False)
    found = await heard(world, start_script, source, 3 + 2 * 5 - 0.01)
    payloads = [open_envelope(data[7:], device.key) for data in found[device.address][::5]]
    captured = [open_envelope(md, device.key) for md in device.captures]
    assert payloads[:3] == captured
    assert payloads[3:] == [one for one in captured + device.payloads for _ in range(2)]


async def test_a_device_without_a_key_sends_only_what_was_captured(
    world: World, start_script: StartScript
):
    device = shunt()
    device.key, device.payloads = None, []
    found = await heard(world, start_script, ReplaySource([device], foreign=False), 6)
    assert {data[7:] for data in found[device.address]} == set(device.captures)


async def test_now_says_what_is_on_the_air(world: World, start_script: StartScript):
    source = scenario.load("trailer")
    world.add_source(source)
    decode = protocol_route.module("instant_readout").decode
    for _ in range(20):
        await world.sleep(1.5)
        for device in source.devices:
            now = source.now()[device.address]
            assert now.name == device.name
            assert open_envelope(now.md, now.key) == now.payload
            assert decode(now.md, now.key).nonce == now.nonce


async def test_a_silent_device_keeps_counting(world: World, start_script: StartScript):
    device = shunt()
    source = ReplaySource([device], foreign=False)
    device.silent = True
    found = await heard(world, start_script, source, 4.5)
    assert found == {}
    assert source.now()[device.address].nonce == nonce_of(device.captures[-1]) + 2


async def test_foreign_and_broken_advertisements_are_mixed_in(
    world: World, start_script: StartScript
):
    found = await heard(world, start_script, ReplaySource([shunt()]), 4)
    foreign = [
        data for address, datas in found.items() if address[:3] == b"\xc0\xff\xee" for data in datas
    ]
    assert set(ADVERTISEMENTS) <= set(foreign)
    advert = protocol_route.module("advertisement")
    for data in foreign:
        where = advert.find(data)
        assert not where or not advert.accepts(data[where >> 8 : (where >> 8) + (where & 0xFF)])


@pytest.mark.parametrize("name", filter(scenario.plays_captures, scenario.names()))
def test_the_captures_of_a_scenario_are_published_ones(name: str):
    vectors = json.loads(_VECTORS.read_text())
    captured = {
        (one["manufacturer_data_hex"], one["key_hex"]) for one in vectors if one["kind"] == "real"
    }
    payloads = {(one["record_type"], one["decrypted_payload_hex"]) for one in vectors}
    for device in scenario.load(name).devices:
        for md in device.captures:
            assert (md.hex(), device.key.hex()) in captured
        for payload in device.payloads:
            assert (f"0x{device.captures[0][4]:02X}", payload.hex()) in payloads
        assert device.address[0] >= 0xC0  # static random


def test_an_advertisement_fits_a_legacy_packet():
    assert all(len(data) <= 31 for data in ADVERTISEMENTS)
    for device in scenario.load("trailer").devices:
        assert all(len(advertisement(md)) <= 31 for md in device.captures)
