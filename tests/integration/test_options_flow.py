"""The options of a display node: every wrong input is told, and can be corrected."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import CONF_ORDER, CONF_SCREEN, CONF_WIFI
from custom_components.victron_espnow.screen_options import SCREEN_OPTIONS

from .conftest import SetUp, subentry, until
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


async def test_screen_is_asked_about_as_the_node_has_it_and_only_changes_are_kept(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.options["night_brightness"] = 40  # 16 %, which is 41 of 255
    options = entry.runtime_data.settings.options
    await until(lambda: "saver_minutes" in options.in_force)
    flow = await go_to(hass, entry, "screen")
    there = {str(name): suggested(flow, name) for name in flow["data_schema"].schema}
    assert there == {
        "page_seconds": 10,
        "saver_minutes": 0,
        "night_brightness": 16,
        "night_from": 22,
        "night_to": 7,
        "oled_offset": "0",
    }
    await fill_in(hass, flow, **{**there, "page_seconds": 4.0, "oled_offset": "2"})
    assert entry.options[CONF_SCREEN] == {"page_seconds": 4, "oled_offset": 2}
    await until(lambda: (node.options["page_seconds"], node.options["oled_offset"]) == (4, 2))
    assert node.options["night_brightness"] == 40
    # What was kept stays kept, to the last bit, until its field is emptied.
    hass.config_entries.async_update_entry(
        entry, options={CONF_SCREEN: {"page_seconds": 4, "night_brightness": 40}}
    )
    flow = await go_to(hass, entry, "screen")
    await fill_in(hass, flow, page_seconds=4, night_brightness=16, saver_minutes=0)
    assert entry.options[CONF_SCREEN] == {"page_seconds": 4, "night_brightness": 40}
    await fill_in(hass, await go_to(hass, entry, "screen"))
    assert CONF_SCREEN not in entry.options


async def test_screen_is_asked_about_what_its_firmware_knows_and_all_while_it_is_away(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    del node.options["saver_minutes"]
    entry = await set_up()
    await until(lambda: "wifi_mode" in entry.runtime_data.settings.options.in_force)
    flow = await go_to(hass, entry, "screen")
    assert "saver_minutes" not in flow["data_schema"].schema
    await hass.config_entries.async_unload(entry.entry_id)
    flow = await go_to(hass, entry, "screen")
    assert list(flow["data_schema"].schema) == [one.name for one in SCREEN_OPTIONS]
    await fill_in(hass, flow, night_brightness=1, saver_minutes=5)
    assert entry.options[CONF_SCREEN] == {"night_brightness": 3, "saver_minutes": 5}


@pytest.mark.parametrize("nonsense", ["dark", None, [1], {}])
async def test_what_is_no_number_is_asked_for_as_if_nobody_had_told_it(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, nonsense: object
) -> None:
    node.options["night_brightness"] = nonsense
    entry = await set_up()
    await until(lambda: "wifi_mode" in entry.runtime_data.settings.options.in_force)
    flow = await go_to(hass, entry, "screen")
    (field,) = [one for one in flow["data_schema"].schema if one == "night_brightness"]
    assert not field.description
    await fill_in(hass, flow, night_brightness=20)
    assert entry.options[CONF_SCREEN] == {"night_brightness": 51}


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
    typed = {**HOME, **wrong}
    result = await fill_in(hass, flow, **typed)
    assert result["errors"] == errors
    assert {name: suggested(result, name) for name in typed} == typed
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
    result = await go_to(hass, entry, "wifi")  # also while nothing runs
    assert result.get("reason") == (None if agreed else "no_consent")
