"""The link to the display node: whatever comes over it, Home Assistant goes on."""

import asyncio
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest
import serialx
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.victron_espnow import link_keeper
from custom_components.victron_espnow.const import DOMAIN, MAX_HEARD
from custom_components.victron_espnow.protocol.radio import VERSION

from .conftest import SetUp, counters, make_entry, messages, reload, state, subentry, told, until
from .fake_node import BOOT_NOISE, NODE_MAC, SENSOR_MAC, PtyNode, TcpNode, Victron

# Setting up


async def test_values_are_there_right_after_setup(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House"))
    assert entry.state is ConfigEntryState.LOADED
    await until(lambda: state(hass) == "13.07")


async def test_unloading_leaves_no_open_connection(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    assert node.is_open
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not node.is_open


async def test_reloading_opens_the_port_again(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert node.hellos == 2


@pytest.mark.parametrize(
    ("break_it", "reason", "issue"),
    [
        ({"answers_hello": False}, "no_answer", False),
        ({"answers_hello": False, "noise": BOOT_NOISE}, "something_else", False),
        ({"version": 9}, "newer_line_version", True),
        ({"version": 0}, "older_line_version", True),
        ({"role": "sensor"}, "sensor_node", True),
        ({"mac": "246F280000FF"}, "other_node", True),
    ],
)
async def test_failed_setup_leaves_no_open_connection_and_recovers(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
    break_it: dict[str, Any],
    reason: str,
    issue: bool,
) -> None:
    healthy = dict(node.hello)
    for name, value in break_it.items():
        if name in node.hello:
            node.hello[name] = value
        else:
            setattr(node, name, value)
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == reason
    assert not node.is_open
    assert bool(issue_registry.async_get_issue(DOMAIN, f"{reason}_{entry.entry_id}")) is issue
    node.hello, node.answers_hello, node.noise, node.version = healthy, True, b"", 1
    await reload(hass, entry)
    await until(lambda: entry.runtime_data.connected)
    assert not issue_registry.issues


async def test_something_else_on_the_port_is_an_issue_once_a_new_opening_did_not_help(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    """It cannot come right by itself: the user has to look at the board, or choose another port."""
    entry = await set_up()
    node.answers_hello, node.noise = False, BOOT_NOISE
    issue_id = f"something_else_{entry.entry_id}"
    with patch("custom_components.victron_espnow.link.SILENCE_S", 0.2):
        await until(lambda: counters(entry)["link_lost"] == 1)
        assert not issue_registry.async_get_issue(DOMAIN, issue_id)
        issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert counters(entry)["link_failed"] >= 1
    assert issue.translation_placeholders == {"device": node.port}
    node.answers_hello, node.noise = True, b""
    await until(lambda: entry.runtime_data.connected)
    assert not issue_registry.issues


async def test_something_else_now_and_then_is_a_board_that_boots(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    issues = async_capture_events(hass, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    with patch("custom_components.victron_espnow.link.SILENCE_S", 0.2):
        for times in (1, 2):
            await until(lambda: entry.runtime_data.connected)
            node.answers_hello, node.noise = False, BOOT_NOISE
            await until(lambda times=times: counters(entry)["link_lost"] == times)
            node.answers_hello, node.noise = True, b""
    await until(lambda: entry.runtime_data.connected)
    assert not counters(entry)["link_failed"]
    assert not issues


async def test_foreign_version_is_named_in_the_issue(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    node.version = 9
    entry = await set_up()
    issue = issue_registry.async_get_issue(DOMAIN, f"newer_line_version_{entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"device": node.port, "version": "9", "ours": "1"}
    assert entry.error_reason_translation_placeholders["version"] == "9"
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues


async def test_absent_port_is_retried_by_home_assistant(hass: HomeAssistant, set_up: SetUp) -> None:
    entry = await set_up(port="/dev/no-such-port")
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_absent"


async def test_display_node_is_a_device(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    entry = await set_up()
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    assert device is not None
    assert device.name == "Trailer display"
    assert device.sw_version == "0.1.0"
    assert (dr.CONNECTION_NETWORK_MAC, NODE_MAC.lower()) in device.connections


async def test_display_node_without_a_name_has_that_of_its_entry(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    node.hello["name"] = ""
    entry = await set_up()
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    assert device is not None
    assert device.name == entry.runtime_data.nodes.display.name == entry.title


async def test_platform_that_is_gone_is_told_of_nothing(
    hass: HomeAssistant, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    devices, add = entry.runtime_data.devices, Mock()
    gone = devices.async_add_platform(add)
    assert add.call_count == 1
    gone()
    devices.follow()
    assert add.call_count == 1


async def test_unprovisioned_node_is_an_issue_until_it_is_provisioned(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    node.hello["provisioned"] = False
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert issue_registry.async_get_issue(DOMAIN, f"not_provisioned_{entry.entry_id}")
    node.hello["provisioned"] = True
    node.say_hello()
    await until(lambda: not issue_registry.issues)


def radio(theirs: object) -> dict[str, object]:
    return {"uptime_s": 1, "foreign_radio": theirs}


@pytest.mark.parametrize(
    ("theirs", "ours", "key"),
    [
        (2, 1, "unknown_radio_version"),
        (9, 3, "unknown_radio_version"),
        (2, 3, "unknown_radio_version_older"),
    ],
)
async def test_sensor_node_of_another_radio_version_is_hinted_at_until_it_is_gone(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
    theirs: int,
    ours: int,
    key: str,
) -> None:
    """Ours is what the display node says that it speaks; it is the one that cannot read them."""
    node.hello["radio"] = ours
    entry = await set_up()
    issue_id = f"unknown_radio_version_{entry.entry_id}"
    node.send("health", json.dumps(radio(theirs)))
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_key == key
    assert issue.translation_placeholders == {
        "name": "Trailer display",
        "version": str(theirs),
        "ours": str(ours),
    }
    node.send("health", '{"refused":{}}')  # the same report's second line says nothing of it
    node.send("health", '{"alarms":0}')
    await until(lambda: "alarms" in told(entry))
    assert issue_registry.async_get_issue(DOMAIN, issue_id)
    node.send("health", '{"uptime_s":2}')
    await until(lambda: not issue_registry.issues)
    node.send("health", json.dumps(radio(theirs)))
    await until(lambda: issue_registry.issues)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues


@pytest.mark.parametrize("radio_of_hello", [None, "x", True, 0])
async def test_display_node_that_names_no_radio_version_is_taken_to_speak_ours(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
    radio_of_hello: object,
) -> None:
    node.hello["radio"] = radio_of_hello
    await set_up()
    node.send("health", json.dumps(radio(7)))
    await until(lambda: issue_registry.issues)
    (issue,) = issue_registry.issues.values()
    assert issue.translation_placeholders["ours"] == str(VERSION)


@pytest.mark.parametrize("theirs", [0, 1, -1, 256, 2.5, True, "2", None, [2], {"2": 2}])
async def test_unusable_radio_version_is_none(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
    theirs: object,
) -> None:
    entry = await set_up()
    node.send("health", json.dumps(radio(theirs)))
    await until(lambda: "foreign_radio" in told(entry))
    assert not issue_registry.issues


# Losing the port


async def test_port_that_vanishes_and_returns_is_followed_with_one_line_each(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House"))
    node.send("node", f'{{"mac":"{SENSOR_MAC.hex()}","name":"Front"}}')
    await until(lambda: state(hass) == "13.07")
    await until(lambda: state(hass, "binary_sensor.front_radio_connection") == STATE_ON)
    caplog.clear()
    node.unplug()
    await until(lambda: state(hass) == STATE_UNAVAILABLE)
    await asyncio.sleep(0.4)
    node.plug()
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    # None for each device and each sensor node behind it.
    assert messages(caplog) == [
        f"Lost the display node on {node.port} (lost)",
        f"Connected to the display node on {node.port}",
    ]
    assert entry.state is ConfigEntryState.LOADED
    assert len(entry.subentries) == 1
    assert counters(entry)["link_lost"] == 1


async def test_pause_between_attempts_doubles_up_to_a_limit(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    attempts: list[float] = []
    original = link_keeper.connect

    async def noted(*args: Any) -> Any:
        attempts.append(time.monotonic())
        return await original(*args)

    with patch.object(link_keeper, "connect", noted):
        node.unplug()
        await until(lambda: len(attempts) >= 6, 6)
        gaps = [later - earlier for earlier, later in pairwise(attempts)]
        for gap, expected in zip(gaps, [0.2, 0.4, 0.8, 0.8, 0.8], strict=False):
            assert gap > expected - 0.02
        assert gaps[4] < 2  # without a limit 3.2
        node.plug()
        # After a success it begins anew.
        await until(lambda: entry.runtime_data.connected)
        attempts.clear()
        node.unplug()
        await until(lambda: len(attempts) >= 2)
        assert attempts[1] - attempts[0] < 0.7
        # And so it does with something that was plugged in, whatever that is.
        await until(lambda: len(attempts) >= 5)
        plug_in(hass, "another thing")
        count = len(attempts)
        await until(lambda: len(attempts) >= count + 2)
        assert attempts[-1] - attempts[-2] < 0.7
        node.plug()


def plug_in(hass: HomeAssistant, name: str) -> None:
    for callback in list(hass.data["usb"]._port_event_callbacks):
        callback({name}, set())


async def test_new_usb_device_is_tried_at_once(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    with patch.object(link_keeper, "RETRY_FIRST_S", 60):
        await hass.config_entries.async_reload(entry.entry_id)
        await until(lambda: entry.runtime_data.connected)
        plug_in(hass, "something long before")
        node.unplug()
        await until(lambda: not entry.runtime_data.connected)
        node.plug()
        await asyncio.sleep(0.3)
        assert not entry.runtime_data.connected
        for callback in list(hass.data["usb"]._port_event_callbacks):
            callback(set(), {"something that left"})
        await asyncio.sleep(0.1)
        assert not entry.runtime_data.connected
        plug_in(hass, "something that came")
        await until(lambda: entry.runtime_data.connected)


async def test_unloading_while_a_returned_port_is_asked_closes_it(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.unplug()
    await until(lambda: not entry.runtime_data.connected)
    node.answers_hello = False
    node.hellos = 0
    node.plug()
    await until(lambda: node.hellos)
    assert node.is_open
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not node.is_open


async def test_other_node_on_the_returned_port_is_an_issue_and_not_used(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    entry = await set_up()
    node.unplug()
    await until(lambda: not entry.runtime_data.connected)
    node.hello["mac"] = "246F280000FF"
    node.plug()
    issue = await until(
        lambda: issue_registry.async_get_issue(DOMAIN, f"other_node_{entry.entry_id}")
    )
    assert issue.translation_placeholders["mac"] == "24:6F:28:00:00:FF"
    assert not node.keys
    node.hello["mac"] = NODE_MAC
    await until(lambda: entry.runtime_data.connected)
    assert not issue_registry.issues


async def test_port_that_falls_silent_is_asked_and_then_opened_anew(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    with (
        patch("custom_components.victron_espnow.link.SILENCE_S", 0.3),
        patch("custom_components.victron_espnow.link.HELLO_TIMEOUT_S", 0.3),
    ):
        entry = await set_up()
        await until(lambda: node.hellos >= 2)
        assert entry.runtime_data.connected  # asked, answered
        node.answers_hello = False
        await until(lambda: not entry.runtime_data.connected)
        node.answers_hello = True
        await until(lambda: entry.runtime_data.connected)


async def test_network_port_that_closes_is_followed_too(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> None:
    tcp_node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port)
    await until(lambda: state(hass) == "13.07")
    for writer in list(tcp_node._writers):
        writer.close()
    await until(lambda: counters(entry)["link_lost"] == 1)
    await until(lambda: entry.runtime_data.connected)
    await until(lambda: state(hass) == "13.07")
    await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: not tcp_node.is_open)


async def test_fault_of_ours_does_not_end_the_link(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up()
    entry.runtime_data.incoming.handlers["health"] = Mock(side_effect=RuntimeError("a bug"))
    node.send("health", "{}")
    await until(lambda: "a bug" in caplog.text)
    await until(lambda: not entry.runtime_data.connected)
    await until(lambda: entry.runtime_data.connected)
    caplog.clear()  # here an error in the log is right


# Bad input


async def test_garbage_between_lines_is_skipped_and_counted(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    node.write(BOOT_NOISE)
    node.write(bytes(range(256)))
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    assert counters(entry)["not_ours"] >= 4


async def test_line_cut_in_two_by_a_message_is_lost_and_counted_and_the_next_is_read(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: counters(entry)["lines"])
    line = node.advert_line(shunt.mac, shunt.frame())
    node.write(line[:40] + b"\nE (1234) wifi: something\n" + line[40:])
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    assert counters(entry)["bad_crc"] == 1
    assert counters(entry)["lost_lines"] == 1


async def test_line_that_arrives_in_pieces_is_whole(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    await set_up(subentry(shunt, "House"))
    await until(lambda: node.limits)  # so that no answer gets between the pieces
    for byte in node.advert_line(shunt.mac, shunt.frame()):
        node.write(bytes([byte]))
        await asyncio.sleep(0)
    await until(lambda: state(hass) == "13.07")


async def test_damaged_line_changes_nothing(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    """The CRC is what stands between line noise and a wrong number on the dashboard."""
    entry = await set_up(subentry(shunt, "House"))
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    line = bytearray(node.advert_line(shunt.mac, shunt.frame(payload=bytes(15))))
    at = line.rindex(b" *") - 1
    line[at] = ord("0") if line[at] != ord("0") else ord("1")
    node.write(bytes(line))
    node.send("health", '{"uptime_s":7}')
    await until(lambda: told(entry)["uptime_s"] == 7)
    assert counters(entry)["bad_crc"] == 1
    assert entry.runtime_data.devices[next(iter(entry.subentries))].counters["new"] == 1


async def test_lost_lines_are_counted_by_their_numbers(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.send("health", "{}")
    node.sequence += 5
    node.send("health", "{}")
    node.sequence = 0xFFFF
    node.send("health", "{}")  # far ahead: a node that began anew, not a loss
    node.send("health", '{"last":1}')
    await until(lambda: "last" in told(entry))
    assert counters(entry)["lost_lines"] == 5


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("adv", "C0FFEE000002", "malformed_payload"),
        ("adv", "zz zz zz zz zz", "malformed_payload"),
        ("adv", "C0FFEE000002 246F28000002 -60 0 0289a302a00000", "malformed_payload"),
        ("adv", "C0FFEE000002 246F28000002 -60 0 0289a302a0000000", "not_instant_readout"),
        ("adv", "C0FFEE000002 246F28000002 -60 0 1002a302a0000000", "not_configured"),
        ("node", "[1,2]", "malformed_payload"),
        ("node", "{}", "bad_mac"),
        ("node", '{"mac":17}', "bad_mac"),
        ("health", "nonsense", "malformed_payload"),
        ("hello", '{"role":"display"}', "bad_mac"),
        ("ack", "x", "malformed_payload"),
        ("weather", "sunny", "unknown_kind"),
    ],
)
async def test_unusable_line_is_counted_by_its_reason(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, kind: str, payload: str, reason: str
) -> None:
    entry = await set_up()
    node.send(kind, payload)
    await until(lambda: counters(entry)[reason])
    assert entry.runtime_data.connected


async def test_foreign_version_in_between_is_counted(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    node.version = 2
    node.send("health", "{}")
    await until(lambda: counters(entry)["unknown_line_version"])
    assert entry.runtime_data.connected


async def test_logs_stay_quiet(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up()
    node.send("log", "warning hello there")
    node.send("health", '{"last":1}')
    await until(lambda: "last" in told(entry))
    assert "hello there" not in caplog.text


async def test_strangers_cannot_fill_the_memory(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    node.advertise(shunt)
    for number in range(MAX_HEARD + 30):
        node.write(node.advert_line(number.to_bytes(6, "big"), shunt.frame()))
    last = (MAX_HEARD + 29).to_bytes(6, "big")
    await until(lambda: last in entry.runtime_data.heard)
    assert len(entry.runtime_data.heard) == MAX_HEARD
    assert shunt.mac in entry.runtime_data.heard


async def test_two_display_nodes_live_side_by_side(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, tmp_path: Path
) -> None:
    other = PtyNode(tmp_path / "other")
    other.hello["mac"] = "246F280000FF"
    other.plug()
    first = await set_up(subentry(shunt, "House"))
    second = make_entry(other.port, subentry(shunt, "Neighbour"), unique_id="24:6F:28:00:00:FF")
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    node.advertise(shunt)
    other.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    await until(lambda: state(hass, "sensor.neighbour_battery_voltage") == "13.07")
    await hass.config_entries.async_unload(second.entry_id)
    other.unplug()
    assert first.runtime_data.connected


async def test_port_changed_elsewhere_is_opened(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, tmp_path: Path
) -> None:
    """Home Assistant itself moves ports, when a USB device reappears under another name."""
    entry = await set_up()
    moved = PtyNode(tmp_path / "moved")
    moved.plug()
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_DEVICE: moved.port})
    await hass.async_block_till_done()
    await until(lambda: moved.is_open and not node.is_open)
    await hass.config_entries.async_unload(entry.entry_id)
    moved.unplug()


async def test_device_that_is_removed_while_the_entry_is_being_set_up_is_followed(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    """Its next reading would be that of a device which nobody has."""
    forward = hass.config_entries.async_forward_entry_setups

    async def slowly(entry: Any, platforms: Any) -> None:
        await forward(entry, platforms)
        (house,) = entry.subentries
        hass.config_entries.async_remove_subentry(entry, house)

    with patch.object(hass.config_entries, "async_forward_entry_setups", slowly):
        entry = await set_up(subentry(shunt, "House"))
    node.advertise(shunt)
    await until(lambda: counters(entry)["not_configured"])
    assert not entry.runtime_data.devices
    assert not counters(entry)["fault"]


async def test_entry_is_removed_with_its_devices_and_issues(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    node.hello["provisioned"] = False
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: state(hass))
    assert issue_registry.issues
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert state(hass) is None
    assert not issue_registry.issues
    assert not node.is_open


async def test_backend_that_fails_in_its_own_way_is_a_port_that_cannot_be_opened(
    hass: HomeAssistant, set_up: SetUp, node: PtyNode
) -> None:
    failure = serialx.UnsupportedSetting("baud rate")
    with patch("serialx.open_serial_connection", side_effect=failure):
        entry = await set_up()
    assert entry.error_reason_translation_key == "cannot_open"
    assert entry.error_reason_translation_placeholders["error"] == "baud rate"
