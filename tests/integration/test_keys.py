"""Keys on their way to the display node: all that are configured, and only where they may go."""

import asyncio
import logging
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir

from custom_components.victron_espnow import issues
from custom_components.victron_espnow.const import CONF_PUSH_KEYS, DOMAIN
from custom_components.victron_espnow.diagnostics import async_get_config_entry_diagnostics
from custom_components.victron_espnow.link import Connection
from custom_components.victron_espnow.port import LinkError
from custom_components.victron_espnow.protocol import serial_line
from custom_components.victron_espnow.push import Push

from .conftest import LOGGER_NAME, SetUp, counters, messages, state, subentry, until
from .fake_node import PtyNode, TcpNode, Victron

COMMANDS = "custom_components.victron_espnow.commands"
PUSH = "custom_components.victron_espnow.push"


def mac(victron: Victron) -> str:
    return victron.mac.hex().upper()


def commands(node: PtyNode) -> list[str]:
    return [name for name, _ in node.commands]


async def test_node_gets_exactly_the_keys_that_are_configured(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    node.keys = {"AAAAAAAAAAAA": ("00" * 16, "sold")}
    await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    expected = {mac(shunt): (shunt.key.hex(), "House"), mac(solar): (solar.key.hex(), "Roof")}
    await until(lambda: node.keys == expected)
    assert node.commands[0] == ("devices", {})
    assert node.commands[1] == ("forget", {"mac": "AAAAAAAAAAAA"})


async def test_added_renamed_and_removed_devices_follow_without_reopening_the_port(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: mac(shunt) in node.keys)
    added = subentry(solar, "Roof")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=added["data"], subentry_type="device", title="Roof", unique_id=added["unique_id"]
        ),
    )
    await until(lambda: mac(solar) in node.keys)
    node.advertise(solar)
    await until(lambda: state(hass, "sensor.roof_solar_power") == "19")
    first, second = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, first, title="Bow")
    await until(lambda: node.keys[mac(shunt)][1] == "Bow")
    hass.config_entries.async_remove_subentry(entry, second.subentry_id)
    await until(lambda: mac(solar) not in node.keys)
    assert state(hass, "sensor.roof_solar_power") is None
    assert node.hellos == 1


async def test_name_given_on_the_device_page_reaches_the_display(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: node.keys.get(mac(shunt), ("", ""))[1] == "House")
    registry = dr.async_get(hass)
    (subentry_id,) = entry.subentries
    house = registry.async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
    assert house is not None
    registry.async_update_device(house.id, name_by_user="Bow")
    await until(lambda: node.keys[mac(shunt)][1] == "Bow")
    hass.config_entries.async_update_subentry(entry, entry.subentries[subentry_id], title="Stern")
    await hass.async_block_till_done()
    assert entry.runtime_data.devices[subentry_id].name == "Bow"
    await hass.config_entries.async_unload(entry.entry_id)
    node.commands.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: "limits" in commands(node))  # which follow the keys
    assert "key" not in commands(node)
    registry.async_update_device(house.id, name_by_user=None)
    await until(lambda: node.keys[mac(shunt)][1] == "Stern")


async def test_unacknowledged_command_is_repeated(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.drop_commands = 3
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: mac(shunt) in node.keys)
    names = [name for name, _ in node.commands]
    before = names[: names.index("key")]
    assert len(before) >= 4  # on a busy machine an answer may come late as well
    assert set(before) == {"devices"}
    assert counters(entry)["ack_timeout"] >= 3


async def test_node_that_never_acknowledges_does_not_disturb_the_readings(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.drop_commands = 1000
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: counters(entry)["command_no_ack"])
    assert len(node.commands) == 4
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    # A node that restarts gets another chance.
    node.drop_commands = 0
    node.say_hello()
    await until(lambda: mac(shunt) in node.keys)


async def test_refused_command_is_counted_by_the_reason_of_the_node(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.refuse = {"key": "unknown_command"}
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: counters(entry)["command_unknown_command"])
    assert entry.runtime_data.connected


@pytest.mark.parametrize(
    "held", [5, "AAAAAAAAAAAA", {"AAAAAAAAAAAA": 1}, None, [17, None, ["AAAAAAAAAAAA"]]]
)
async def test_answer_without_a_list_of_keys_is_no_reason_to_fail(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, held: object
) -> None:
    original = node.obey

    def obey(number: int, name: str, args: dict[str, Any]) -> None:
        if name == "devices":
            node.send("ack", serial_line.encode_ack(number, {"macs": held}))
        else:
            original(number, name, args)

    with patch.object(node, "obey", obey):
        await set_up(subentry(shunt, "House"))
        await until(lambda: mac(shunt) in node.keys)
    assert "forget" not in [name for name, _ in node.commands]


async def test_key_that_the_node_did_not_hear_to_forget_is_forgotten_later(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    sold = "AAAAAAAAAAAA"
    node.keys, node.deaf_for = {sold: ("00" * 16, "sold")}, sold
    with patch(f"{COMMANDS}.COMMAND_RETRIES", 0):
        await set_up(subentry(shunt, "House"))
        await until(lambda: mac(shunt) in node.keys)
        assert sold in node.keys
        node.deaf_for = ""
        await until(lambda: sold not in node.keys)


async def test_restarted_node_gets_its_keys_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    await set_up(subentry(shunt, "House"))
    await until(lambda: mac(shunt) in node.keys)
    node.keys = {}
    node.hello["boot"] = 2
    node.sequence = 0
    node.say_hello()
    await until(lambda: mac(shunt) in node.keys)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Bugbatterie " * 20, "Bugbatterie Bugbatterie Bugbatterie Bugbatterie"),
        ("x" * 47 + "ä", "x" * 47),
        ("蓄电池" * 20, "蓄电池" * 5),
        ("🔋" * 20, "🔋" * 7),
        ("\ud800", ""),
    ],
    ids=["words", "cut letter", "three bytes", "four bytes", "no letter"],
)
async def test_long_and_foreign_names_are_cut_to_what_the_node_takes(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, name: str, kept: str
) -> None:
    """48 bytes of UTF-8, no half letters, and a command that the node's input can hold."""
    entry = await set_up(subentry(shunt, name))
    await until(lambda: node.keys)
    assert node.keys[mac(shunt)][1] == kept
    assert not entry.runtime_data.settings.keys.refused


async def test_one_refused_key_does_not_stop_the_others(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    solar: Victron,
    charger: Victron,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    node.refuse_key = {mac(solar): "broken"}
    entry = await set_up(
        subentry(shunt, "House"), subentry(solar, "Roof"), subentry(charger, "Shore")
    )
    issue_id = f"keys_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert set(node.keys) == {mac(shunt), mac(charger)}
    assert issue.translation_placeholders == {
        "name": "Trailer display",
        "devices": "Roof",
        "error": "broken",
    }
    assert counters(entry)["command_broken"] == 1
    node.say_hello()
    await until(lambda: counters(entry)["command_broken"] == 2)
    await asyncio.sleep(0.05)
    assert len([text for text in messages(caplog) if "broken" in text]) == 1
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["keys_refused"] == {"broken": 1}
    node.refuse_key = {}
    node.say_hello()
    await until(lambda: not issue_registry.issues)
    assert len(node.keys) == 3


async def test_refusal_is_forgotten_with_the_device(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    solar: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    node.refuse_key = {mac(solar): "broken"}
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    await until(lambda: issue_registry.issues)
    _, roof = entry.subentries
    hass.config_entries.async_remove_subentry(entry, roof)
    await until(lambda: not issue_registry.issues)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["keys_refused"] == {}


async def test_keys_beyond_what_the_node_holds_are_told_and_the_others_kept(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    many = [
        subentry(Victron(shunt.captured, f"C0:FF:EE:00:01:{number:02X}"), f"Nr. {number}")
        for number in range(26)
    ]
    entry = await set_up(*many)
    issue_id = f"keys_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert len(node.keys) == 24
    assert issue.translation_placeholders["devices"] == "Nr. 24, Nr. 25"
    assert issue.translation_placeholders["error"] == "too_many_keys"
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues


async def test_key_without_an_answer_is_sent_again_later_and_the_others_at_once(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    solar: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    node.deaf_for = mac(shunt)
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    await until(lambda: mac(solar) in node.limits)
    assert counters(entry)["command_no_ack"] >= 1
    assert not issue_registry.issues  # no answer is no refusal
    node.deaf_for = ""
    await until(lambda: mac(shunt) in node.keys)
    rounds = [name for name, _ in node.commands].count("devices")
    await asyncio.sleep(0.5)
    assert [name for name, _ in node.commands].count("devices") == rounds


async def test_pause_between_attempts_to_deliver_keys_doubles(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    asked: list[float] = []
    original = node.obey

    def noted(number: int, name: str, args: dict[str, Any]) -> None:
        if name == "devices":
            asked.append(time.monotonic())
        else:
            original(number, name, args)

    with patch.object(node, "obey", noted), patch(f"{COMMANDS}.COMMAND_RETRIES", 0):
        await set_up(subentry(shunt, "House"))
        await until(lambda: len(asked) >= 4)
    # 0.25, 0.35 and 0.55 s; if they did not grow it would be 0.75 s in all. Who is asked may be late to notice.
    assert asked[3] - asked[0] > 0.95
    await until(lambda: node.keys)


async def test_pauses_grow_up_to_a_limit_and_begin_anew_after_an_answer() -> None:
    answers = [False, False, False, False, True, False, False]
    pauses: list[float] = []

    class Scripted(Push):
        async def _sync(self, connection: Connection) -> bool:
            if not answers:
                raise LinkError("lost")
            if answered := answers.pop(0):
                self.request()
            return answered

    def no_time(seconds: float) -> asyncio.Timeout:
        pauses.append(seconds)
        return asyncio.timeout(0)

    push = Scripted(Counter())
    push.request()
    with (
        patch(f"{PUSH}.asyncio", SimpleNamespace(timeout=no_time)),
        patch(f"{PUSH}.RETRY_FIRST_S", 1),
        patch(f"{PUSH}.RETRY_MAX_S", 4),
    ):
        await push.run(Mock())
    assert pauses == [1, 2, 4, 4, 1, 2]


async def test_fault_of_ours_is_told_and_the_next_request_is_served(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = 0

    class Broken(Push):
        async def _sync(self, connection: Connection) -> bool:
            nonlocal asked
            asked += 1
            raise RuntimeError("a bug") if asked < 3 else LinkError("lost")

    counted: Counter[str] = Counter()
    push = Broken(counted)
    running = asyncio.create_task(push.run(Mock()))
    for times in (1, 2):
        push.request()
        await until(lambda times=times: counted["fault"] == times)
        await asyncio.sleep(0)
        assert asked == times  # not on and on
    push.request()
    await running
    assert caplog.text.count("a bug") >= 2
    caplog.clear()  # here an error in the log is right


async def test_node_that_does_not_know_the_list_of_keys_gets_them_all_the_same(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.refuse = {"devices": "unknown_command"}
    await set_up(subentry(shunt, "House"))
    await until(lambda: mac(shunt) in node.keys)


async def test_keys_do_not_travel_over_a_network_without_consent(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port, push_keys=False)
    tcp_node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    hass.config_entries.async_update_subentry(
        entry, next(iter(entry.subentries.values())), title="Bow"
    )
    await asyncio.sleep(0.1)
    assert tcp_node.commands == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_refusals_of_earlier_are_no_issue_when_keys_no_longer_travel(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    entry = await set_up(port=tcp_node.port)
    issues.judge_refusals(hass, entry, issues.KEYS_REFUSED, {"House": "broken"})
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_PUSH_KEYS: False})
    await hass.async_block_till_done()
    await until(lambda: not issue_registry.issues)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("spelling", ["SOCKET{}", " socket{}", "so\tcket{}"])
async def test_keys_do_not_travel_over_a_network_that_is_spelt_differently(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron, spelling: str
) -> None:
    port = spelling.format(tcp_node.port.removeprefix("socket"))
    tcp_node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House"), port=port, push_keys=False)
    await until(lambda: state(hass) == "13.07")
    await asyncio.sleep(0.1)
    assert tcp_node.commands == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_keys_travel_over_a_network_with_consent(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port)
    await until(lambda: mac(shunt) in tcp_node.keys)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_no_key_is_ever_logged(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER_NAME):
        entry = await set_up(subentry(shunt, "House"))
        await until(lambda: mac(shunt) in node.keys)
        node.refuse = {"key": "broken"}
        node.keys = {}
        node.say_hello()
        await until(lambda: counters(entry)["command_broken"])
    assert shunt.key.hex() not in "".join(messages(caplog))
