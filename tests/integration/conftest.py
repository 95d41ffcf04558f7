"""A real Home Assistant, a node on a real port, and short waits."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE, CONF_MAC
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

# Before the hass fixture mounts a custom_components of its own.
import custom_components  # noqa: F401
from custom_components.victron_espnow.const import CONF_KEY, CONF_PUSH_KEYS, DOMAIN
from custom_components.victron_espnow.hub import Hub
from custom_components.victron_espnow.protocol.keys import format_mac

from .fake_node import NODE_MAC, PtyNode, TcpNode, Victron, vector

# What takes seconds on the road takes fractions here. Order and ratios stay.
SHORT = {
    "link.HELLO_TIMEOUT_S": 1.0,
    "link.HELLO_EVERY_S": 0.2,
    "commands.ACK_TIMEOUT_S": 0.15,
    "link_keeper.RETRY_FIRST_S": 0.1,
    "link_keeper.RETRY_MAX_S": 0.8,
    "roll_call.ALARMS_SETTLE_S": 0.2,
    "push.RETRY_FIRST_S": 0.1,
    "push.RETRY_MAX_S": 0.8,
    "following.UPDATE_SPACING_S": 0.0,
    "key_trial.KEY_WAIT_S": 0.6,
    "key_trial.LISTEN_EVERY_S": 0.02,
    "nearby.LISTEN_EVERY_S": 0.02,
    "nearby._SNAPSHOT_S": 0.1,
}


@pytest.fixture(autouse=True)
def _custom(enable_custom_integrations: None) -> None:
    return


@pytest.fixture(autouse=True)
def short_waits() -> Generator[None]:
    patches = [
        patch(f"custom_components.victron_espnow.{name}", value) for name, value in SHORT.items()
    ]
    for one in patches:
        one.start()
    yield
    for one in patches:
        one.stop()


@pytest.fixture(autouse=True)
def no_usb_scan() -> Generator[None]:
    """This machine's own ports are no business of the tests."""
    with (
        patch("homeassistant.components.usb.USBDiscovery.async_setup"),
        patch("homeassistant.components.usb.scan_serial_ports", return_value=[]),
    ):
        yield


@pytest.fixture(autouse=True)
def nothing_goes_wrong(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """No input, however bad, may leave an error or a traceback in the log."""
    caplog.set_level(logging.INFO)
    yield
    for record in [*caplog.get_records("setup"), *caplog.get_records("call")]:
        assert record.levelno < logging.ERROR, record.getMessage()
        assert record.exc_info is None or record.levelno <= logging.DEBUG, record.getMessage()


@pytest.fixture
async def node(hass: HomeAssistant, tmp_path: Path) -> AsyncGenerator[PtyNode]:
    node = PtyNode(tmp_path / "display")
    node.plug()
    yield node
    node.unplug()


@pytest.fixture
async def tcp_node(hass: HomeAssistant, socket_enabled: None) -> AsyncGenerator[TcpNode]:
    node = TcpNode()
    await node.start()
    yield node
    await node.stop()


@pytest.fixture
def shunt() -> Victron:
    return Victron(vector("SmartShunt 500A", "real_payload_our_envelope", 1), "C0:FF:EE:00:00:02")


@pytest.fixture
def solar() -> Victron:
    return Victron(vector("BlueSolar MPPT 75/15"), "C0:FF:EE:00:00:01")


@pytest.fixture
def charger() -> Victron:
    return Victron(vector("Blue Smart IP22 Charger 12/30"), "C0:FF:EE:00:00:08")


def subentry(victron: Victron, title: str, **data: Any) -> ConfigSubentryData:
    mac = format_mac(victron.mac)
    return ConfigSubentryData(
        data={CONF_MAC: mac, CONF_KEY: victron.key.hex(), **data},
        subentry_type="device",
        title=title,
        unique_id=mac,
    )


def make_entry(
    port: str,
    *subentries: ConfigSubentryData,
    push_keys: bool = True,
    unique_id: str = NODE_MAC,
    entry_id: str | None = None,
) -> MockConfigEntry:
    return MockConfigEntry(
        entry_id=entry_id,
        domain=DOMAIN,
        title="Trailer display",
        unique_id=unique_id,
        data={CONF_DEVICE: port, CONF_PUSH_KEYS: push_keys},
        subentries_data=subentries,
    )


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


type Compare = Callable[[MockConfigEntry], Awaitable[None]]


@pytest.fixture
def compare(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> Compare:
    """Compare all entities of an entry with those that were noted, and unload it."""

    async def run(entry: MockConfigEntry) -> None:
        await hass.async_block_till_done()
        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
        await hass.config_entries.async_unload(entry.entry_id)

    return run


class Clock:
    """Hours in a moment, for what reckons silence; the event loop keeps its own time."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._stopped_at = 0.0

    def monotonic(self) -> float:
        return (self._stopped_at or time.monotonic()) + self.ahead

    def stop(self) -> None:
        """Go on only when told to."""
        self._stopped_at = time.monotonic()

    def tick(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture
def clock() -> Generator[Clock]:
    clock = Clock()
    with (
        patch("custom_components.victron_espnow.device.time", clock),
        patch("custom_components.victron_espnow.following.time", clock),
        patch("custom_components.victron_espnow.devices.time", clock),
        patch("custom_components.victron_espnow.incoming.time", clock),
        patch("custom_components.victron_espnow.link_keeper.time", clock),
        patch("custom_components.victron_espnow.node.time", clock),
    ):
        yield clock


VOLTAGE = "sensor.house_battery_voltage"
LOGGER_NAME = "custom_components.victron_espnow"

type SetUp = Callable[..., Awaitable[MockConfigEntry]]


@pytest.fixture
async def set_up(hass: HomeAssistant, node: PtyNode) -> AsyncGenerator[SetUp]:
    """Set up an entry for the node with the given subentries; unload it at the end."""
    entries: list[MockConfigEntry] = []

    async def run(
        *subentries: ConfigSubentryData, port: str | None = None, **more: Any
    ) -> MockConfigEntry:
        entry = make_entry(port or node.port, *subentries, **more)
        entry.add_to_hass(hass)
        entries.append(entry)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    yield run
    for entry in entries:
        if entry.state.recoverable and hass.config_entries.async_get_entry(entry.entry_id):
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def entry(set_up: SetUp) -> MockConfigEntry:
    """Have an entry without devices; where a test needs others, it overrides this."""
    return await set_up()


async def until(condition: Callable[[], Any], timeout: float = 15) -> Any:
    """Wait for what happens on the other side of a real port."""
    async with asyncio.timeout(timeout):
        while not (result := condition()):
            await asyncio.sleep(0.01)
    return result


async def reload(hass: HomeAssistant, entry: MockConfigEntry, timeout: float = 30) -> None:
    """Reload until it works: on a busy machine a hello may come too late for our short waits."""
    async with asyncio.timeout(timeout):
        while not await hass.config_entries.async_reload(entry.entry_id):
            pass


def counters(entry: MockConfigEntry) -> Counter[str]:
    """Return what the link counted."""
    hub: Hub = entry.runtime_data
    return hub.counters


def told(entry: MockConfigEntry) -> dict[str, Any]:
    """Return what the display node said of itself."""
    hub: Hub = entry.runtime_data
    return hub.nodes.display.data


def state(hass: HomeAssistant, entity_id: str = VOLTAGE) -> str | None:
    """Return the state of an entity, None when there is no such entity."""
    found = hass.states.get(entity_id)
    return found and found.state


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration logged."""
    return [record.message for record in caplog.records if record.name == LOGGER_NAME]


def events_of(hass: HomeAssistant, entity_id: str, *attributes: str) -> list[tuple[str, ...]]:
    """Return these attributes of every event that an automation would see from now on."""
    seen: list[tuple[str, ...]] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] == entity_id and new and attributes[-1] in new.attributes:
            seen.append(tuple(new.attributes[name] for name in attributes))

    hass.bus.async_listen("state_changed", note)
    return seen
