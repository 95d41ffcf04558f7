"""Every record type of the vectors in a real Home Assistant: which entities there are, and what they say."""

import logging
from collections import Counter
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.victron_espnow.protocol.keys import format_mac
from simulator.demo.entities import compare

from .conftest import Clock, SetUp, subentry, until
from .fake_node import VECTORS, PtyNode, Victron

PLAIN = "0xFF01"
KINDS = ("real", "real_payload_our_envelope", "synthetic_ours", "synthetic_upstream")
# Two types have no published layout: there is nothing of theirs to show.
RECORDS = [v for v in VECTORS if v["kind"] in KINDS and v["record_type"] not in ("0x07", "0x0E")]
DECODED = sorted({v["record_type"] for v in RECORDS})
ANY_KEY = "00" * 16


def device_of(vector: dict[str, Any], number: int) -> Victron:
    vector = {**vector, "key_hex": vector["key_hex"] or ANY_KEY}
    return Victron(vector, f"C0:FF:EE:00:01:{number:02X}")


def title(vector: dict[str, Any], number: int) -> str:
    return f"{vector['record_type']} {number}"


async def hear_all(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, vectors: list[dict[str, Any]]
) -> MockConfigEntry:
    """Set up a device for each vector, and let each be heard as it was captured, twice."""
    devices = [device_of(vector, number) for number, vector in enumerate(vectors)]
    entry = await set_up(
        *(
            {**subentry(device, title(vector, number)), "subentry_id": f"01SUBENTRY{number:02}"}
            for number, (device, vector) in enumerate(zip(devices, vectors, strict=True))
        )
    )
    sent = Counter(device.mac for device in devices)
    for device, vector in zip(devices, vectors, strict=True):
        node.advertise(device, device.captured_frame)
        if vector["kind"].startswith("synthetic"):
            # Some of them are implausible, which only a second that agrees makes true.
            frame = device.captured_frame
            nonce = (vector["nonce"] + 1) & 0xFFFF
            if vector["record_type"] != PLAIN:
                frame = device.frame(nonce=nonce)
            else:
                frame = frame[:5] + nonce.to_bytes(2, "little") + frame[7:]
            node.advertise(device, frame)
            sent[device.mac] += 1
    hub = entry.runtime_data
    await until(
        lambda: all(
            device.reading and device.counters["new"] == sent[device.mac]
            for device in hub.devices.values()
        )
    )
    await hass.async_block_till_done()
    return entry


def states_of(
    hass: HomeAssistant, entry: MockConfigEntry, device: Victron
) -> dict[str, dict[str, Any]]:
    """Return the states of the device's sensors by key."""
    owner = next(s for s in entry.subentries.values() if s.unique_id == format_mac(device.mac))
    found = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if entity.config_subentry_id != owner.subentry_id or entity.domain not in (
            SENSOR,
            BINARY_SENSOR,
        ):
            continue
        if state := hass.states.get(entity.entity_id):
            found[entity.unique_id.split("_", 1)[1]] = state.as_dict()
    return found


@pytest.mark.parametrize("record_type", DECODED)
async def test_every_field_of_a_record_is_shown_and_nothing_above_info_is_logged(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    snapshot: SnapshotAssertion,
    caplog: pytest.LogCaptureFixture,
    clock: Clock,
    record_type: str,
) -> None:
    """The snapshot has one line an entity: what it says, and what Home Assistant is told of it."""
    clock.stop()  # energy takes time
    vectors = [v for v in RECORDS if v["record_type"] == record_type]
    with patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True):
        entry = await hear_all(hass, node, set_up, vectors)
    lines = []
    for number, vector in enumerate(vectors):
        device = device_of(vector, number)
        states = states_of(hass, entry, device)
        result = compare(device.captured_frame, device.key, states, title(vector, number))
        assert result.wrong == []
        assert result.entities or not any(vector["expected"].values())
        assert not any(state["state"] == STATE_UNAVAILABLE for state in states.values())
        lines.append(f"{vector['device']} ({vector['kind']})")
        lines += [_line(hass, one) for one in _entities(hass, entry, number)]
    assert lines == snapshot
    names = Counter(
        (entity.device_id, entity.original_name)
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    )
    assert [name for name, count in names.items() if count > 1] == []
    loud = [r for r in caplog.records if r.levelno > logging.INFO and r.name != "asyncio"]
    assert [r.name for r in loud] == ["homeassistant.loader"], [r.getMessage() for r in loud]


def _entities(hass: HomeAssistant, entry: MockConfigEntry, number: int) -> list[er.RegistryEntry]:
    found = [
        entity
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if entity.config_subentry_id == f"01SUBENTRY{number:02}"
        and entity.domain in (SENSOR, BINARY_SENSOR)
        and not entity.unique_id.endswith("_problem")  # the display node's alarms
    ]
    return sorted(found, key=lambda entity: entity.domain)  # which platform is first is chance


def _line(hass: HomeAssistant, entity: er.RegistryEntry) -> str:
    state = hass.states.get(entity.entity_id)
    assert state is not None
    said = "now" if entity.unique_id.endswith("last_seen") else state.state
    more = [
        state.attributes.get("unit_of_measurement"),
        state.attributes.get("device_class"),
        state.attributes.get("state_class"),
        entity.entity_category and entity.entity_category.value,
        *(f"{name} {state.attributes[name]}" for name in ("code", "codes", "active")
          if name in state.attributes),
    ]  # fmt: skip
    name = entity.unique_id.split("_", 1)[1]
    return f"  {entity.domain}.{name}: {said} ({', '.join(str(one) for one in more if one)})"
