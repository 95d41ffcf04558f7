"""Diagnostics can be posted in public."""

from homeassistant.core import HomeAssistant

from custom_components.victron_espnow.const import CONF_LIMITS
from custom_components.victron_espnow.diagnostics import async_get_config_entry_diagnostics

from .conftest import SetUp, subentry, until
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


async def test_diagnostics_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up(port="/dev/no-such-port")
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert set(found) == {"entry"}
    assert "no-such-port" not in str(found)
