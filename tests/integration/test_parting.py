"""What a display node is told last: to forget its keys, with the entry or with the consent."""

from collections.abc import Callable

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import CONF_PUSH_KEYS

from .conftest import SetUp, messages, state, subentry, until
from .fake_node import PtyNode, TcpNode, Victron


async def test_keys_are_taken_back_with_the_entry(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    await until(lambda: len(node.keys) == 2)
    await hass.config_entries.async_remove(entry.entry_id)
    assert node.keys == {}
    assert not node.is_open


def _leave_it(node: PtyNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.unplug()


def _be_another(node: PtyNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.hello["mac"] = "246F280000FF"


def _refuse(node: PtyNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.refuse = {"forget": "broken"}


def _dawdle(node: PtyNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.answers_hello = False
    monkeypatch.setattr("custom_components.victron_espnow.parting.PARTING_S", 0.1)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (_leave_it, "port_absent"),
        (_be_another, "other_node"),
        (_refuse, "broken"),
        (_dawdle, "timeout"),
    ],
)
async def test_keys_that_could_not_be_taken_back_are_told(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[PtyNode, pytest.MonkeyPatch], None],
    why: str,
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    await until(lambda: node.keys)
    await hass.config_entries.async_unload(entry.entry_id)
    happens(node, monkeypatch)
    await hass.config_entries.async_remove(entry.entry_id)
    assert shunt.mac.hex().upper() in node.keys
    assert f"Trailer display keeps the keys that it has ({why})" in messages(caplog)
    assert not node.is_open


async def test_port_that_got_no_keys_is_left_alone_when_its_entry_is_removed(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port, push_keys=False)
    asked = tcp_node.hellos
    await hass.config_entries.async_remove(entry.entry_id)
    assert tcp_node.hellos == asked


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, port: str, *, push_keys: bool
) -> str:
    """Return what is said in the end."""
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_DEVICE: port, CONF_PUSH_KEYS: push_keys}
    )
    return result["reason"]


async def test_keys_are_taken_back_with_the_consent(
    hass: HomeAssistant, tcp_node: TcpNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"), port=tcp_node.port)
    await until(lambda: len(tcp_node.keys) == 2)
    said = await reconfigure(hass, entry, tcp_node.port, push_keys=False)
    assert said == "reconfigure_successful"
    assert tcp_node.keys == {}
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    tcp_node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    assert tcp_node.keys == {}
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("local", [True, False])
async def test_keys_stay_while_nobody_withdraws_a_consent(
    hass: HomeAssistant,
    node: PtyNode,
    tcp_node: TcpNode,
    set_up: SetUp,
    shunt: Victron,
    local: bool,
) -> None:
    """The cable's keys go on serving the OLED when the port becomes one of a network."""
    first = node if local else tcp_node
    entry = await set_up(subentry(shunt, "House"), port=first.port)
    await until(lambda: first.keys)
    tcp_node.keys = dict(first.keys)
    said = await reconfigure(hass, entry, tcp_node.port, push_keys=not local)
    assert said == "reconfigure_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert shunt.mac.hex().upper() in tcp_node.keys
    assert "forget" not in [name for name, _ in tcp_node.commands]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_consent_is_withdrawn_though_the_node_does_not_forget(
    hass: HomeAssistant,
    tcp_node: TcpNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(subentry(shunt, "House"), port=tcp_node.port)
    await until(lambda: tcp_node.keys)
    tcp_node.refuse = {"forget": "broken"}
    assert await reconfigure(hass, entry, tcp_node.port, push_keys=False) == "keys_kept"
    assert entry.data[CONF_PUSH_KEYS] is False
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert "Trailer display keeps the keys that it has (broken)" in messages(caplog)
    await hass.config_entries.async_unload(entry.entry_id)
