"""The options of a display node: every wrong input is told, and can be corrected."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import CONF_ORDER, CONF_WIFI

from .conftest import SetUp, subentry
from .device_dialog import suggested
from .fake_node import PtyNode, TcpNode, Victron

type Result = dict[str, Any]

HOME = {"mode": "station", "ssid": "home", "password": "correct horse"}


async def go_to(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Result:
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["type"] is FlowResultType.MENU
    assert step in flow["menu_options"]
    return await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": step}
    )


async def fill_in(hass: HomeAssistant, flow: Result, **typed: Any) -> Result:
    return await hass.config_entries.options.async_configure(flow["flow_id"], typed)


async def test_devices_are_put_in_order(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    house, roof = entry.subentries
    flow = await go_to(hass, entry, "order")
    assert suggested(flow, CONF_ORDER) == []
    await fill_in(hass, flow, order=[roof, house])
    assert entry.options[CONF_ORDER] == [roof, house]
    hass.config_entries.async_remove_subentry(entry, house)
    flow = await go_to(hass, entry, "order")
    assert suggested(flow, CONF_ORDER) == [roof]
    await fill_in(hass, flow)
    assert entry.options[CONF_ORDER] == []


async def test_network_is_joined_and_its_password_kept_but_not_shown(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    await fill_in(hass, await go_to(hass, entry, "wifi"), **HOME)
    assert entry.options[CONF_WIFI] == HOME
    flow = await go_to(hass, entry, "wifi")
    assert suggested(flow, "ssid") == "home"
    (password,) = [marker for marker in flow["data_schema"].schema if marker == "password"]
    assert not password.description
    # The same network: the password stays. Another one: it does not.
    await fill_in(hass, flow, mode="station", ssid="home")
    assert entry.options[CONF_WIFI] == HOME
    await fill_in(hass, await go_to(hass, entry, "wifi"), mode="station", ssid="cafe")
    assert entry.options[CONF_WIFI] == {"mode": "station", "ssid": "cafe", "password": ""}


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"ssid": ""}, {"ssid": "bad_ssid"}),
        ({"ssid": "ü" * 17}, {"ssid": "bad_ssid"}),
        ({"password": "short"}, {"password": "bad_password"}),
        ({"password": "x" * 64}, {"password": "bad_password"}),
    ],
)
async def test_what_no_network_has_is_told_and_can_be_corrected(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, wrong: Result, errors: Result
) -> None:
    entry = await set_up()
    flow = await go_to(hass, entry, "wifi")
    result = await fill_in(hass, flow, **{**HOME, **wrong})
    assert result["errors"] == errors
    assert CONF_WIFI not in entry.options
    result = await fill_in(hass, flow, **HOME)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options[CONF_WIFI] == HOME


@pytest.mark.parametrize("mode", ["off", "ap"])
async def test_other_modes_need_no_network(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, mode: str
) -> None:
    entry = await set_up()
    await fill_in(hass, await go_to(hass, entry, "wifi"), mode=mode, ssid="left over")
    assert entry.options[CONF_WIFI] == {"mode": mode}
    await fill_in(hass, await go_to(hass, entry, "wifi"), mode="as_it_is")
    assert CONF_WIFI not in entry.options


@pytest.mark.parametrize("agreed", [True, False])
async def test_password_is_asked_for_only_where_it_may_travel(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, agreed: bool
) -> None:
    entry = await set_up(port=tcp_node.port, push_keys=agreed)
    result = await go_to(hass, entry, "wifi")
    assert result.get("reason") == (None if agreed else "no_consent")
    await hass.config_entries.async_unload(entry.entry_id)
