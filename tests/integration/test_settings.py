"""Settings on their way to the display node: options, order and time; only what differs travels."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.number import ATTR_VALUE, SERVICE_SET_VALUE
from homeassistant.components.number import DOMAIN as NUMBER
from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.victron_espnow.const import (
    CONF_BRIGHTNESS,
    CONF_ORDER,
    CONF_SCREEN,
    CONF_WIFI,
    DOMAIN,
)
from custom_components.victron_espnow.device import FRESH
from custom_components.victron_espnow.diagnostics import async_get_config_entry_diagnostics
from custom_components.victron_espnow.protocol.key_digest import LAST_PLACE

from .conftest import SetUp, counters, state, subentry, until
from .fake_node import PtyNode, TcpNode, Victron

BRIGHTNESS = "number.trailer_display_display_brightness"
NOW = "custom_components.victron_espnow.clock_push.dt_util.now"
BEFORE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
AFTER = datetime(2026, 10, 25, 1, 0, 7, tzinfo=UTC)
ONE_HOUR = timedelta(hours=1)
STATUSES = ("sensor.house_reading_status", "sensor.roof_reading_status")
HOME = {"mode": "station", "ssid": "home", "password": "correct horse"}


def set_commands(node: PtyNode | TcpNode) -> list[dict[str, Any]]:
    return [args for name, args in node.settings if name == "set"]


def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})


def places(hass: HomeAssistant) -> list[int | None]:
    """Return the places on the display that the card is told."""
    found = [hass.states.get(status) for status in STATUSES]
    return [one and one.attributes.get("place_on_display") for one in found]


def local(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands, in the time zone of Home Assistant."""
    return lambda: dt_util.as_local(moment)


async def settled(node: PtyNode | TcpNode) -> None:
    """Wait until the node was asked for its options to the last page."""
    await until(lambda: [name for name, _ in node.settings].count("options") >= 2)
    await asyncio.sleep(0.05)


async def test_node_whose_keys_are_right_is_sent_none_of_them(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    await until(lambda: len(node.limits) == 2)
    node.commands.clear()
    node.say_hello()
    await until(lambda: [name for name, _ in node.commands] == ["devices", "limits", "limits"])
    # One name that is no longer right, and all of them are.
    mac = shunt.mac.hex().upper()
    node.keys[mac] = (node.keys[mac][0], "Hut")
    node.say_hello()
    await until(lambda: node.keys[mac][1] == "House")
    assert not entry.runtime_data.settings.keys.refused


async def test_order_is_kept_and_sent_and_what_has_no_place_comes_last(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    solar: Victron,
    charger: Victron,
) -> None:
    entry = await set_up(
        subentry(shunt, "House"), subentry(solar, "Roof"), subentry(charger, "Shore")
    )
    await until(lambda: len(node.places) == 3)
    assert set(node.places.values()) == {LAST_PLACE}
    house, roof, shore = entry.subentries
    choose(hass, entry, **{CONF_ORDER: [shore, "gone", house]})
    places = {charger.mac: 0, shunt.mac: 2, solar.mac: LAST_PLACE}
    expected = {mac.hex().upper(): place for mac, place in places.items()}
    await until(lambda: node.places == expected)
    hass.config_entries.async_remove_subentry(entry, roof)
    await until(lambda: len(node.keys) == 2)
    assert node.hellos == 1  # the port was not opened again


async def test_card_is_told_the_order_at_once_and_no_history_of_it_is_kept(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    assert places(hass) == [None, None]
    house, roof = entry.subentries
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    node.drop_commands = 100  # whether the display node knows it yet or not
    choose(hass, entry, **{CONF_ORDER: [roof, house]})
    await until(lambda: places(hass) == [2, 1])
    choose(hass, entry, **{CONF_ORDER: [house]})
    await until(lambda: places(hass) == [1, None])
    # Each of the two was written once for each change; a reading writes neither.
    node.advertise(shunt)
    node.advertise(solar)
    await until(lambda: all(state(hass, status) == FRESH for status in STATUSES))
    node.advertise(shunt)
    await until(lambda: state(hass, "sensor.house_battery_voltage") == "13.07")
    written = Counter(event.data["entity_id"] for event in changes)
    assert [written[status] for status in STATUSES] == [3, 3]
    for status in STATUSES:
        info = hass.states.get(status).state_info  # type: ignore[union-attr]
        assert "place_on_display" in info["unrecorded_attributes"]
    assert node.hellos == 1  # nothing was loaded anew


async def test_card_knows_the_order_while_the_entry_is_not_loaded(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    """With every reload its tiles would change places otherwise, and back again."""
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    house, roof = entry.subentries
    choose(hass, entry, **{CONF_ORDER: [roof, house]})
    await until(lambda: places(hass) == [2, 1])
    await hass.config_entries.async_unload(entry.entry_id)
    assert [state(hass, status) for status in STATUSES] == [STATE_UNAVAILABLE] * 2
    assert places(hass) == [2, 1]


async def test_node_is_told_the_time_on_the_wall(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    with patch(NOW, local(BEFORE)):
        await set_up()
        await until(lambda: node.told_time)
    assert node.told_time == {"unix": 1_792_888_200, "offset_s": 7200}
    # At the next full hour the clocks went back.
    with patch(NOW, local(AFTER)):
        async_fire_time_changed(hass, dt_util.utcnow().replace(minute=0, second=7) + ONE_HOUR)
        await until(lambda: node.told_time["offset_s"] == 3600)
    assert node.told_time["unix"] == 1_792_890_007


async def test_clock_without_an_answer_is_set_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    node.drop_settings = 4
    with patch("custom_components.victron_espnow.commands.COMMAND_RETRIES", 0):
        await set_up()
        await until(lambda: node.told_time and node.drop_settings == 0)


async def test_brightness_is_the_nodes_own_until_it_is_set(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    await until(lambda: state(hass, BRIGHTNESS) == "81")
    assert set_commands(node) == []
    for value, sent in ((1, 3), (100, 255), (50, 128)):
        await hass.services.async_call(
            NUMBER,
            SERVICE_SET_VALUE,
            {ATTR_ENTITY_ID: BRIGHTNESS, ATTR_VALUE: value},
            blocking=True,
        )
        await until(lambda sent=sent: node.options["brightness"] == sent)
        assert state(hass, BRIGHTNESS) == str(value)
    assert entry.options[CONF_BRIGHTNESS] == 128
    assert node.hellos == 1


async def test_firmware_without_brightness_gets_no_entity_for_it(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    del node.options["brightness"]
    await set_up()
    await settled(node)
    assert hass.states.get(BRIGHTNESS) is None


async def test_options_that_are_right_are_not_sent_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    choose(hass, entry, **{CONF_BRIGHTNESS: 9})
    await until(lambda: set_commands(node) == [{"brightness": 9}])
    in_force = entry.runtime_data.settings.options.in_force
    await until(lambda: in_force["brightness"] == 9)
    node.settings.clear()
    node.say_hello()
    await settled(node)
    assert set_commands(node) == []
    # It is asked until it has told all, and no more often.
    assert [name for name, _ in node.settings].count("options") == 2
    told = {name: one for name, one in node.options.items() if name != "wifi_password"}
    assert entry.runtime_data.settings.options.in_force == told


async def test_wifi_is_joined_by_name_and_password_in_one_command(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    choose(hass, entry, **{CONF_WIFI: HOME})
    wanted = {"wifi_password": "correct horse", "wifi_ssid": "home", "wifi_mode": "station"}
    await until(lambda: set_commands(node) == [wanted])
    choose(hass, entry, **{CONF_WIFI: {"mode": "off"}})
    await until(lambda: node.options["wifi_mode"] == "off")
    assert set_commands(node)[1:] == [{"wifi_mode": "off"}]


async def test_wifi_password_is_not_kept_among_what_is_in_force(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    choose(hass, entry, **{CONF_WIFI: HOME})
    await until(lambda: entry.runtime_data.settings.options.in_force.get("wifi_mode") == "station")
    assert "wifi_password" not in entry.runtime_data.settings.options.in_force


@pytest.mark.parametrize("unheard", ["options", "set"])
async def test_one_question_or_order_without_an_answer_is_repeated_later(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, unheard: str
) -> None:
    entry = await set_up()
    choose(hass, entry, **{CONF_BRIGHTNESS: 9})
    await until(lambda: node.options["brightness"] == 9)
    await settled(node)
    node.options["brightness"] = 1
    node.settings.clear()
    original, swallowed = node.obey, []
    issues = async_capture_events(hass, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)

    def obey(number: int, name: str, args: dict[str, Any]) -> None:
        if name == unheard and not swallowed:
            swallowed.append(name)
        else:
            original(number, name, args)

    with (
        patch("custom_components.victron_espnow.commands.COMMAND_RETRIES", 0),
        patch.object(node, "obey", obey),
    ):
        entry.runtime_data.settings.options.request()
        await until(lambda: node.options["brightness"] == 9)
    assert swallowed
    assert node.settings[0][0] == "options"  # nothing is sent blindly
    assert not issues  # no answer is no refusal


async def test_several_options_without_an_answer_are_sent_together_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    """One by one is for what was refused: a node that is silent would be asked in vain for minutes."""
    entry = await set_up()
    await settled(node)
    original = node.obey
    heard: list[dict[str, Any]] = []

    def obey(number: int, name: str, args: dict[str, Any]) -> None:
        if name == "set":
            heard.append(args)
        if heard != [args]:
            original(number, name, args)

    with (
        patch("custom_components.victron_espnow.commands.COMMAND_RETRIES", 0),
        patch.object(node, "obey", obey),
    ):
        choose(hass, entry, **{CONF_SCREEN: {"page_seconds": 4}, CONF_BRIGHTNESS: 9})
        await until(lambda: node.options["brightness"] == 9)
    assert heard == [{"page_seconds": 4, "brightness": 9}] * 2


async def test_long_wifi_settings_are_sent_one_by_one_the_switch_last(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    ssid, password = "ü" * 16, "ö" * 8
    choose(hass, entry, **{CONF_WIFI: {"mode": "station", "ssid": ssid, "password": password}})
    await until(lambda: node.options["wifi_mode"] == "station")
    names = [name for args in set_commands(node) for name in args]
    assert len(set_commands(node)) == 3
    assert names == ["wifi_password", "wifi_ssid", "wifi_mode"]
    assert (node.options["wifi_ssid"], node.options["wifi_password"]) == (ssid, password)


async def test_of_a_wifi_whose_password_no_line_can_hold_nothing_is_sent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    """Its name alone would have the node leave the network that it is in."""
    entry = await set_up()
    choose(hass, entry, **{CONF_WIFI: {**HOME, "password": "ö" * 31}, CONF_BRIGHTNESS: 9})
    issue_id = f"options_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    words = issue.translation_placeholders
    assert (words["devices"], words["error"]) == ("wifi_password", "line_too_long")
    assert set_commands(node) == [{"brightness": 9}]
    choose(hass, entry, **{CONF_WIFI: HOME})
    await until(lambda: node.options["wifi_mode"] == "station")
    await until(lambda: not issue_registry.async_get_issue(DOMAIN, issue_id))


async def test_wifi_password_does_not_travel_over_a_network_without_consent(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp
) -> None:
    entry = await set_up(port=tcp_node.port, push_keys=False)
    choose(hass, entry, **{CONF_WIFI: HOME, CONF_BRIGHTNESS: 7})
    await until(lambda: tcp_node.options["brightness"] == 7)
    await asyncio.sleep(0.1)
    assert set_commands(tcp_node) == [{"brightness": 7}]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_refused_options_are_named_until_they_are_taken(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    node.refuse = {"set": "unknown_option"}
    entry = await set_up()
    choose(hass, entry, **{CONF_BRIGHTNESS: 9})
    issue_id = f"options_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    words = issue.translation_placeholders
    assert (words["devices"], words["error"]) == ("brightness", "unknown_option")
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["options_refused"] == {"brightness": "unknown_option"}
    node.refuse = {}
    node.say_hello()
    await until(lambda: not issue_registry.async_get_issue(DOMAIN, issue_id))
    assert node.options["brightness"] == 9


async def test_option_that_the_firmware_does_not_know_costs_only_itself(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    del node.options["saver_minutes"]
    entry = await set_up()
    screen = {"saver_minutes": 5, "page_seconds": 4}
    choose(hass, entry, **{CONF_SCREEN: screen, CONF_BRIGHTNESS: 9, CONF_WIFI: {"mode": "ap"}})
    issue_id = f"options_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert issue.translation_placeholders["devices"] == "saver_minutes"
    chosen = {name: node.options[name] for name in ("page_seconds", "brightness", "wifi_mode")}
    assert chosen == {"page_seconds": 4, "brightness": 9, "wifi_mode": "ap"}


async def test_of_a_wifi_that_is_refused_nothing_is_tried_alone(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    """The mode without the name would join the network of before."""
    node.refuse = {"set": "bad_wifi_ssid"}
    entry = await set_up()
    choose(hass, entry, **{CONF_WIFI: HOME})
    issue_id = f"options_refused_{entry.entry_id}"
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert len(set_commands(node)) == 1


@pytest.mark.parametrize("dropped", [1, 2, 3, 4])
async def test_options_without_an_answer_are_sent_again_later(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, dropped: int
) -> None:
    node.drop_settings = dropped
    with patch("custom_components.victron_espnow.commands.COMMAND_RETRIES", 0):
        entry = await set_up()
        choose(hass, entry, **{CONF_BRIGHTNESS: 9})
        await until(lambda: node.options["brightness"] == 9)
    # On a busy machine an answer may come late as well.
    assert counters(entry)["command_no_ack"] >= dropped


async def test_endless_and_broken_answers_about_options_end(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    """A node that always says there is more is asked twenty times; then what is wanted is sent."""
    began = time.monotonic()
    page = {"options": {"a": 1}, "more": True}
    with patch.object(node, "_settle", lambda name, _: {} if name != "options" else page):
        entry = await set_up()
        choose(hass, entry, **{CONF_BRIGHTNESS: 9})
        await until(lambda: set_commands(node))
    assert [name for name, _ in node.settings].count("options") <= 41
    for number, broken in enumerate((5, {}), 2):
        answer = {"options": broken, "more": True}
        with patch.object(node, "_settle", lambda *_, answer=answer: answer):
            node.say_hello()
            await until(lambda number=number: len(set_commands(node)) == number)
    assert time.monotonic() - began < 10


async def test_no_wifi_password_gets_into_diagnostics(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    choose(hass, entry, **{CONF_WIFI: HOME})
    await until(lambda: node.options["wifi_mode"] == "station")
    found = str(await async_get_config_entry_diagnostics(hass, entry))
    assert "correct horse" not in found
    assert "'home'" not in found
