"""The boards themselves in Home Assistant: what the real firmware tells, takes and does."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from custom_components.victron_espnow.const import DOMAIN
from simulator.world import World

from .thread import Thread, captured_vectors

PATIENCE_S = 20
ONE_SHUNT = [one for one in captured_vectors() if one["record_type"] == "0x02"][:1]


@pytest.fixture
async def thread(hass: HomeAssistant, socket_enabled: None) -> AsyncGenerator[Thread]:
    async with World() as world:
        thread = Thread(hass, world, ONE_SHUNT)
        await thread.start()
        assert await thread.wrong() == []
        yield thread
        await hass.config_entries.async_unload(thread.entry.entry_id)


async def until(look: Callable[[], Any]) -> Any:
    """Wait for what the boards do in their own time."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := look()):
            await asyncio.sleep(0.05)
    return found


def entity(hass: HomeAssistant, platform: str, identity: str) -> str:
    """Return the entity id of what ends so."""
    registry = er.async_get(hass)
    return next(
        one.entity_id
        for one in registry.entities.values()
        if one.domain == platform and one.unique_id.endswith(identity)
    )


async def call(hass: HomeAssistant, service: str, entity_id: str, **data: Any) -> None:
    domain, name = service.split(".")
    await hass.services.async_call(domain, name, {"entity_id": entity_id, **data}, blocking=True)


async def test_boards_limits_and_alarms_are_what_the_firmware_makes_of_them(
    hass: HomeAssistant, thread: Thread, issue_registry: ir.IssueRegistry
) -> None:
    entry = thread.entry
    sensor = thread.sensor.mac.hex()

    def state(platform: str, identity: str) -> str | None:
        found = hass.states.get(entity(hass, platform, identity))
        return found and found.state

    def event() -> Any:
        found = hass.states.get(entity(hass, "event", f"{entry.entry_id}_alarm"))
        return found and found.attributes.get("event_type")

    async def press(identity: str) -> None:
        await call(hass, "button.press", entity(hass, "button", identity))

    # Alarms: the test alarm rings for ten seconds
    await until(lambda: entry.runtime_data.nodes.sensors)
    await press(f"{entry.entry_id}_alarm_test")
    await until(lambda: event() == "raised")
    assert state("binary_sensor", f"{entry.entry_id}_problem") == "on"
    await press(f"{entry.entry_id}_acknowledge")
    await until(lambda: event() == "acknowledged")

    # Orders for the sensor node: it tells the number of the one that it carried out
    await press(f"{entry.entry_id}_identify")
    await press(f"{sensor}_identify")
    await until(lambda: entry.runtime_data.nodes.sensors[thread.sensor.mac].data.get("order"))

    # Limits: the firmware's own, then one that is set, then one that makes no sense
    await until(lambda: state("number", "_soc_low") == "20.0")
    await call(hass, "number.set_value", entity(hass, "number", "_soc_low"), value=35)
    limits = entry.runtime_data.settings.limits
    await until(lambda: [one["soc_low"] for one in limits.in_force.values()] == [35])
    assert state("number", "_soc_critical") == "10.0"
    await call(hass, "number.set_value", entity(hass, "number", "_soc_critical"), value=60)
    issue_id = f"limits_refused_{entry.entry_id}"
    issue = await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    assert issue.translation_placeholders["error"] == "bad_soc_critical"

    # What they tell of themselves, every ten seconds
    assert state("binary_sensor", f"{sensor}_connection") == "on"
    assert state("sensor", f"{entry.entry_id}_reset_cause") == "reset"  # it was provisioned
    await until(lambda: state("sensor", f"{sensor}_devices_heard") == "1")
    await until(lambda: event() == "cleared")


async def test_values_are_there_two_seconds_after_the_port_opens_again(
    hass: HomeAssistant, thread: Thread
) -> None:
    """Nothing is on the air meanwhile: what the display node remembers has to be enough."""
    entry = thread.entry
    voltage = entity(hass, "sensor", "_battery_voltage")
    value = hass.states.get(voltage)
    life = entry.runtime_data.hello.data["boot"]
    thread.devices.on_air = {}
    took = []
    for _ in range(3):  # a busy machine may be slow now and then
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert hass.states.get(voltage).state == "unavailable"
        began = time.monotonic()
        assert await hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: hass.states.get(voltage).state == value.state)
        took.append(time.monotonic() - began)
    print("seconds from opening the port to the value:", *(f"{one:.2f}" for one in took))
    assert min(took) <= 2
    assert entry.runtime_data.hello.data["boot"] == life  # it was not reset
