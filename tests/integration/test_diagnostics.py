"""Diagnostics can be posted in public."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.victron_espnow.const import CONF_LIMITS, DOMAIN
from custom_components.victron_espnow.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.victron_espnow.reading import decode

from .conftest import SetUp, state, subentry, until
from .fake_node import NODE_MAC, PtyNode, Victron


async def test_diagnostics_hold_what_helps_and_nothing_that_identifies(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    node.advertise(shunt)
    node.advertise(solar)
    entry = await set_up(subentry(shunt, "My precious", **{CONF_LIMITS: {"soc_low": 30}}))
    node.send("node", '{"mac":"246F28000002","name":"Front locker","rssi":-70}')
    node.send("alarm", '{"mac":"C0FFEE000002","kind":"soc_low","state":"raised","since":1}')
    await until(lambda: len(entry.runtime_data.heard) == 2 and node.limits)
    await until(lambda: entry.runtime_data.nodes.sensors)
    found = await async_get_config_entry_diagnostics(hass, entry)
    text = str(found).lower()
    for secret in (
        shunt.key.hex(),
        shunt.mac.hex(),
        "c0:ff:ee:00:00:02",
        NODE_MAC.lower(),
        NODE_MAC.lower().replace(":", ""),
        "246f28000002",
        node.port,
        "my precious",
        "front locker",
        "trailer display",
    ):
        assert secret.lower() not in text
    assert found["connected"] is True
    assert found["hello"]["fw"] == "0.1.0"
    assert found["display"]["said"]["channel"] == 6
    (sensor,) = found["nodes"]
    assert sensor["said"]["rssi"] == -70
    assert sensor["signals"] == [-60]
    (device,) = found["devices"]
    assert device["limits"] == {"soc_low": 30}
    assert device["alarms"] == [{"kind": "soc_low", "severity": "warning", "state": "raised"}]
    assert device["product_id"] == "0xA389"
    assert device["fields"]["battery_voltage_v"] == 13.07
    # Replayable, and readable by nobody without the key.
    assert shunt.frame(nonce=shunt.nonce).hex() in found["heard"][0]["frames"]


async def test_diagnostics_of_a_device_hold_its_frames_and_can_be_replayed(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    device_registry: dr.DeviceRegistry,
) -> None:
    entry = await set_up(subentry(shunt, "My precious"))
    sent = [shunt.frame() for _ in range(3)]
    for frame in sent:
        node.advertise(shunt, frame)
    await until(lambda: state(hass, "sensor.my_precious_battery_voltage"))
    (device,) = entry.runtime_data.devices.values()
    await until(lambda: device.counters["new"] == 3)
    (registered,) = [
        one
        for one in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        if (DOMAIN, device.subentry_id) in one.identifiers
    ]
    found = await async_get_device_diagnostics(hass, entry, registered)
    text = str(found).lower()
    for secret in (shunt.key.hex(), shunt.mac.hex(), "c0:ff:ee:00:00:02", "my precious"):
        assert secret not in text
    assert found["model"] == "SmartShunt 500A/50mV"
    assert found["victron"]["status"] == "fresh"
    assert found["victron"]["heard"]["frames"] == [frame.hex() for frame in sent]
    replayed = decode(bytes.fromhex(found["victron"]["heard"]["frames"][-1]), shunt.key)
    assert replayed.fields == found["victron"]["fields"]
    assert "board" not in found


async def test_diagnostics_of_a_board(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    entry = await set_up()
    node.send("node", '{"mac":"246F28000002","name":"Front locker","rssi":-70}')
    await until(lambda: entry.runtime_data.nodes.sensors)
    found = [
        await async_get_device_diagnostics(hass, entry, one)
        for one in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    ]
    assert "front locker" not in str(found).lower()
    assert sorted(one["model"] for one in found) == ["Display node", "Sensor node"]
    assert {one["board"]["said"].get("rssi") for one in found} == {None, -70}
    assert all("victron" not in one for one in found)


async def test_diagnostics_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up(port="/dev/no-such-port")
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert set(found) == {"entry"}
    assert "no-such-port" not in str(found)
