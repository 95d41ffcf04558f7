"""Choosing the port: every wrong choice is told apart, and the next one can be right."""

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, FlowType
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryNotReady

from custom_components.victron_espnow.const import CONF_PUSH_KEYS, DOMAIN
from custom_components.victron_espnow.link import probe
from custom_components.victron_espnow.port import is_network

from .conftest import SetUp, make_entry, until
from .device_dialog import suggested
from .fake_node import BOOT_NOISE, NODE_MAC, PtyNode, TcpNode

type Result = dict[str, Any]


async def choose(hass: HomeAssistant, port: str, flow: Result | None = None) -> Result:
    flow = flow or await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await hass.config_entries.flow.async_configure(flow["flow_id"], {CONF_DEVICE: port})


async def finish(hass: HomeAssistant, result: Result) -> None:
    """End the flow of the first device, and unload."""
    hass.config_entries.subentries.async_abort(result["next_flow"][1])
    await hass.config_entries.async_unload(result["result"].entry_id)


async def test_display_node_on_a_local_port_becomes_an_entry(
    hass: HomeAssistant, node: PtyNode
) -> None:
    result = await choose(hass, node.port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Trailer display"
    assert result["data"] == {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
    assert result["result"].unique_id == NODE_MAC
    assert result["result"].state is ConfigEntryState.LOADED
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    assert hass.config_entries.subentries.async_get(flow_id)["step_id"] == "user"
    await finish(hass, result)
    assert not node.is_open


async def test_node_without_a_name_is_called_by_its_address(
    hass: HomeAssistant, node: PtyNode
) -> None:
    node.hello["name"] = ""
    result = await choose(hass, node.port)
    assert result["title"] == "Display node 00:01"
    await finish(hass, result)


async def test_boot_messages_before_the_hello_do_no_harm(
    hass: HomeAssistant, node: PtyNode
) -> None:
    node.noise = BOOT_NOISE
    result = await choose(hass, node.port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


async def test_node_that_boots_when_the_port_opens_is_waited_for(
    hass: HomeAssistant, node: PtyNode
) -> None:
    node.answers_hello = False
    asyncio.get_running_loop().call_later(0.3, setattr, node, "answers_hello", True)
    result = await choose(hass, node.port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


async def test_network_port_asks_before_keys_travel(hass: HomeAssistant, tcp_node: TcpNode) -> None:
    result = await choose(hass, tcp_node.port)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "network"
    assert result["description_placeholders"] == {"device": tcp_node.port}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {CONF_PUSH_KEYS: False}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_DEVICE: tcp_node.port, CONF_PUSH_KEYS: False}
    await finish(hass, result)
    await until(lambda: not tcp_node.is_open)


def silent(node: PtyNode) -> None:
    node.answers_hello = False


def something_else(node: PtyNode) -> None:
    node.answers_hello = False
    node.noise = b"$GPGGA,123519,4807.038,N\r\n" * 4


def something_else_while_home_assistant_is_busy(node: PtyNode) -> None:
    something_else(node)
    obey, begun = node.obey, []

    def obey_late(number: int, name: str, args: dict[str, Any]) -> None:
        if not begun:
            begun.append(name)
            time.sleep(1.5)  # longer than a hello is waited for
        obey(number, name, args)

    node.obey = obey_late  # type: ignore[method-assign]


def sensor_node(node: PtyNode) -> None:
    node.hello["role"] = "sensor"


def newer_version(node: PtyNode) -> None:
    node.version = 7


def older_version(node: PtyNode) -> None:
    node.version = 0


def unprovisioned(node: PtyNode) -> None:
    node.hello["provisioned"] = False


def unusable_hello(node: PtyNode) -> None:
    node.hello["mac"] = "none"


@pytest.mark.parametrize(
    ("break_it", "error", "words"),
    [
        (silent, "no_answer", {}),
        (something_else, "something_else", {}),
        (something_else_while_home_assistant_is_busy, "something_else", {}),
        (sensor_node, "sensor_node", {}),
        (newer_version, "newer_line_version", {"version": "7", "ours": "1"}),
        (older_version, "older_line_version", {"version": "0", "ours": "1"}),
        (unprovisioned, "not_provisioned", {}),
        (unusable_hello, "something_else", {}),
    ],
)
async def test_wrong_node_is_named_and_the_right_one_accepted_afterwards(
    hass: HomeAssistant, node: PtyNode, tmp_path: Path, break_it: Any, error: str, words: Result
) -> None:
    other = PtyNode(tmp_path / "other")
    break_it(other)
    other.plug()
    result = await choose(hass, other.port)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": error}
    assert result["description_placeholders"] == {"device": other.port, **words}
    assert not other.is_open
    other.unplug()
    result = await choose(hass, node.port, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


@pytest.mark.parametrize(
    ("port", "error"),
    [
        ("/dev/no-such-port", "port_absent"),
        ("/dev/null", "cannot_open"),
        ("nonsense://somewhere", "invalid_url"),
        ("socket://no-port-given", "invalid_url"),
        ("socket://127.0.0.1:1", "network_unreachable"),
    ],
)
async def test_port_that_cannot_be_opened_says_why_and_another_can(
    hass: HomeAssistant, node: PtyNode, socket_enabled: None, port: str, error: str
) -> None:
    result = await choose(hass, port)
    assert result["errors"] == {"base": error}
    assert result["description_placeholders"]["device"] == port
    result = await choose(hass, node.port, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (PermissionError(13, "Permission denied"), "port_permission"),
        (TimeoutError(), "network_unreachable"),
        (OSError(5, "Input/output error"), "cannot_open"),
        (RuntimeError("a backend's own"), "cannot_open"),
        (ConfigEntryNotReady("ESPHome is not loaded"), "cannot_open"),
    ],
)
async def test_rarer_reasons_have_words_too(
    hass: HomeAssistant, node: PtyNode, raised: Exception, error: str
) -> None:
    with patch("serialx.open_serial_connection", side_effect=raised):
        result = await choose(hass, node.port)
    assert result["errors"] == {"base": error}
    result = await choose(hass, node.port, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


async def test_name_that_nobody_knows_is_no_fault_of_the_port(
    hass: HomeAssistant, node: PtyNode
) -> None:
    unknown = socket.gaierror(-2, "Name or service not known")
    with patch("serialx.open_serial_connection", side_effect=unknown):
        result = await choose(hass, "socket://nowhere:1")
    assert result["errors"] == {"base": "network_unreachable"}
    await finish(hass, await choose(hass, node.port, result))


async def test_port_in_use_by_another_program_is_told(hass: HomeAssistant, node: PtyNode) -> None:
    import fcntl

    # Not as our terminal: its end would be that of the tests, where they have none.
    with os.fdopen(os.open(node.port, os.O_RDONLY | os.O_NOCTTY), "rb") as other_program:
        fcntl.flock(other_program, fcntl.LOCK_EX)
        result = await choose(hass, node.port)
        assert result["errors"] == {"base": "port_busy"}
    result = await choose(hass, node.port, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


async def test_port_that_vanishes_while_probing_is_told(hass: HomeAssistant, node: PtyNode) -> None:
    node.answers_hello = False
    asyncio.get_running_loop().call_later(0.3, node.unplug)
    result = await choose(hass, node.port)
    assert result["errors"] == {"base": "lost"}
    node.plug()
    node.answers_hello = True
    result = await choose(hass, node.port, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await finish(hass, result)


async def test_secret_in_an_address_is_not_shown(hass: HomeAssistant) -> None:
    result = await choose(hass, "nonsense://host:6053?key=topsecret")
    assert result["description_placeholders"]["device"] == "nonsense://host:6053"
    assert "topsecret" not in str(result["description_placeholders"])


async def test_configured_port_is_refused_without_probing(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await set_up()
    with patch("custom_components.victron_espnow.config_flow.probe") as probing:
        result = await choose(hass, node.port)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert not probing.called


async def test_port_that_another_dialog_added_meanwhile_is_not_added_again(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp
) -> None:
    asking = await choose(hass, tcp_node.port)
    assert asking["step_id"] == "network"
    entry = await set_up(port=tcp_node.port)
    result = await hass.config_entries.flow.async_configure(
        asking["flow_id"], {CONF_PUSH_KEYS: False}
    )
    assert result["reason"] == "already_configured"
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("loaded", [True, False])
async def test_node_that_was_plugged_in_elsewhere_takes_its_entry_along(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, tmp_path: Path, loaded: bool
) -> None:
    entry = await set_up(port=None if loaded else str(tmp_path / "absent"))
    second = PtyNode(tmp_path / "second")
    second.plug()
    with patch.object(
        hass.config_entries,
        "async_schedule_reload",
        wraps=hass.config_entries.async_schedule_reload,
    ) as reloading:
        result = await choose(hass, second.port)
        await hass.async_block_till_done()
    assert result["reason"] == "moved"
    assert result["description_placeholders"] == {
        "name": "Trailer display",
        "device": second.port,
    }
    reloading.assert_called_once_with(entry.entry_id)
    await until(lambda: entry.state is ConfigEntryState.LOADED and second.is_open)
    assert entry.data == {CONF_DEVICE: second.port, CONF_PUSH_KEYS: True}
    assert not node.is_open
    await hass.config_entries.async_unload(entry.entry_id)
    second.unplug()


@pytest.mark.parametrize("agreed", [True, False])
async def test_node_that_moves_from_network_to_network_keeps_the_consent_that_was_given(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, agreed: bool
) -> None:
    entry = await set_up(port=tcp_node.port, push_keys=agreed)
    result = await choose(hass, tcp_node.port.replace("127.0.0.1", "localhost"))
    assert result["reason"] == "moved"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data[CONF_PUSH_KEYS] is agreed
    await hass.config_entries.async_unload(entry.entry_id)


async def test_node_that_moves_to_a_network_takes_no_consent_along(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp
) -> None:
    entry = await set_up()
    result = await choose(hass, tcp_node.port)
    assert result["reason"] == "moved"
    assert entry.data[CONF_PUSH_KEYS] is False
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_local_port_is_stored_by_its_lasting_name(hass: HomeAssistant, node: PtyNode) -> None:
    with (
        patch("homeassistant.components.usb.get_serial_by_id", return_value=node.port) as lasting,
    ):
        result = await choose(hass, "/dev/ttyUSB7")
    lasting.assert_called_once_with("/dev/ttyUSB7")
    assert result["data"][CONF_DEVICE] == node.port
    await finish(hass, result)


async def test_unreadable_port_names_are_taken_as_they_are(hass: HomeAssistant) -> None:
    with patch("homeassistant.components.usb.get_serial_by_id", side_effect=OSError):
        result = await choose(hass, "/dev/ttyUSB7")
    assert result["errors"] == {"base": "port_absent"}


@pytest.mark.parametrize(
    "spelling", ["SOCKET{}", "Socket{}", " socket{} ", "\tsocket{}", "so\tcket{}"]
)
async def test_network_port_is_one_however_it_is_spelt(
    hass: HomeAssistant, tcp_node: TcpNode, spelling: str
) -> None:
    result = await choose(hass, spelling.format(tcp_node.port.removeprefix("socket")))
    assert result["step_id"] == "network"


@pytest.mark.parametrize(
    ("port", "network"),
    [
        ("/dev/ttyUSB0", False),
        ("/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", False),
        ("COM3", False),
        ("device:///dev/ttyUSB0", False),
        ("socket://host:1", True),
        ("TCP://host:1", True),
        (" rfc2217://host:1", True),
        ("esphome-hass://x?port_name=y", True),
        ("esphome-hass-internal://x", True),
        ("carrier-pigeon://coop", True),
        ("socket:host:1", True),
        ("so\ncket://host:1", True),
        ("//[host", True),
    ],
)
def test_only_what_is_surely_local_needs_no_consent(port: str, network: bool) -> None:
    assert is_network(port) is network


async def test_blanks_around_a_local_port_do_no_harm(hass: HomeAssistant, node: PtyNode) -> None:
    result = await choose(hass, f" {node.port} \n")
    assert result["data"] == {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
    await finish(hass, result)


async def test_consent_is_not_carried_over_from_a_local_port(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    assert suggested(flow, CONF_PUSH_KEYS) is False


@pytest.mark.parametrize("agreed", [True, False])
async def test_consent_for_a_network_is_shown_as_it_was_given(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, agreed: bool
) -> None:
    entry = await set_up(port=tcp_node.port, push_keys=agreed)
    flow = await entry.start_reconfigure_flow(hass)
    assert suggested(flow, CONF_PUSH_KEYS) is agreed
    # What was typed is not lost to an error.
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: "/dev/absent", CONF_PUSH_KEYS: not agreed}
    )
    assert result["errors"] == {"base": "port_absent"}
    assert suggested(result, CONF_DEVICE) == "/dev/absent"
    assert suggested(result, CONF_PUSH_KEYS) is not agreed
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_probe_leaves_the_port_closed(hass: HomeAssistant, node: PtyNode) -> None:
    assert (await probe(node.port)).mac == NODE_MAC
    assert not node.is_open


# Another port for the same node


async def test_node_moved_to_another_port_keeps_its_entry(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    make_entry("/dev/another", unique_id="24:6F:28:00:00:99").add_to_hass(hass)
    moved = PtyNode(tmp_path / "moved")
    moved.plug()
    flow = await entry.start_reconfigure_flow(hass)
    assert flow["step_id"] == "reconfigure"
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: moved.port, CONF_PUSH_KEYS: True}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_DEVICE] == moved.port
    assert entry.state is ConfigEntryState.LOADED
    assert moved.is_open
    assert not node.is_open
    await hass.config_entries.async_unload(entry.entry_id)
    moved.unplug()


async def test_same_port_can_be_confirmed(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_other_node_is_refused_and_the_entry_goes_on(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    other = PtyNode(tmp_path / "other")
    other.hello["mac"] = "246F280000FF"
    other.plug()
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: other.port, CONF_PUSH_KEYS: True}
    )
    assert result["errors"] == {"base": "other_node"}
    assert result["description_placeholders"]["mac"] == "24:6F:28:00:00:FF"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data[CONF_DEVICE] == node.port
    assert not other.is_open
    other.unplug()
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


@pytest.mark.parametrize("where", ["connect", "Connection.greet"])
async def test_entry_goes_on_whatever_a_backend_throws_at_the_flow(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    where: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    with (
        patch(f"custom_components.victron_espnow.link.{where}", side_effect=RuntimeError("odd")),
        pytest.raises(RuntimeError),
    ):
        await hass.config_entries.flow.async_configure(
            flow["flow_id"], {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
        )
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_entry_that_could_not_be_set_up_can_get_another_port(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up(port="/dev/no-such-port")
    assert entry.state is ConfigEntryState.SETUP_RETRY
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: "/dev/nor-this-one", CONF_PUSH_KEYS: True}
    )
    assert result["errors"] == {"base": "port_absent"}
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: node.port, CONF_PUSH_KEYS: True}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_port_of_another_entry_is_refused(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    entry = await set_up()
    make_entry("socket://elsewhere:1").add_to_hass(hass)
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: "socket://elsewhere:1", CONF_PUSH_KEYS: True}
    )
    assert result["reason"] == "already_configured"
