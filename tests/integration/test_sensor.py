"""Sensors show what was on the air, and say when it is not of the present."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.victron_espnow.const import (
    CONF_PRODUCT_ID,
    CONF_RECORD_TYPE,
    DOMAIN,
    MAX_SIGNALS,
    STALE_MIN_S,
    TICK_S,
)
from custom_components.victron_espnow.device import WRONG_KEY, Device
from custom_components.victron_espnow.reading import decode

from .conftest import Clock, Compare, SetUp, subentry, until
from .fake_node import SENSOR_MAC, SENSOR_MAC_2, VECTORS, PtyNode, Victron, vector

VOLTAGE = "sensor.it_battery_voltage"
VERDICTS = ("new", "repeat", "late", "not_configured", "not_instant_readout", "malformed_payload")
INTEGRATION = "custom_components.victron_espnow"

# field of a record: the sensor that shows it
SENSOR_OF = {
    "battery_voltage_v": "battery_voltage",
    "battery_current_a": "battery_current",
    "soc_pct": "state_of_charge",
    "ttg_min": "time_to_go",
    "consumed_ah": "consumed_ampere_hours",
    "starter_voltage_v": "starter_voltage",
    "midpoint_voltage_v": "midpoint_voltage",
    "temperature_c": "temperature",
    "pv_power_w": "solar_power",
    "load_current_a": "external_device_load",
    "battery_voltage1_v": "battery_voltage",
    "battery_current1_a": "battery_current",
    "battery_voltage2_v": "battery_2_voltage",
    "battery_current2_a": "battery_2_current",
    "battery_voltage3_v": "battery_3_voltage",
    "battery_current3_a": "battery_3_current",
    "ac_current_a": "ac_current",
}
KINDS = ("real", "real_payload_our_envelope", "synthetic_ours")
CAPTURED = [
    v
    for v in VECTORS
    if v["kind"] in KINDS and v["record_type"] in ("0x01", "0x02", "0x08") and v["key_hex"]
]


@pytest.fixture
async def entry(set_up: SetUp, shunt: Victron) -> MockConfigEntry:
    """Have an entry with a battery monitor, which is called It."""
    return await set_up(subentry(shunt, "It"))


def the(entry: MockConfigEntry) -> Device:
    device: Device = next(iter(entry.runtime_data.devices.values()))
    return device


def state(hass: HomeAssistant, entity_id: str = VOLTAGE) -> str | None:
    found = hass.states.get(entity_id)
    return found and found.state


def by_key(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> Any:
    """Return the state of a sensor by its key, None when there is no such sensor."""
    registry = er.async_get(hass)
    identity = f"{next(iter(entry.subentries))}_{key}"
    entity_id = registry.async_get_entity_id("sensor", DOMAIN, identity)
    return entity_id and hass.states.get(entity_id)


async def hear(node: PtyNode, entry: MockConfigEntry, victron: Victron, *frames: bytes) -> None:
    """Let frames be received, in this order."""

    def taken() -> int:
        """Return how many were, whatever became of them."""
        hub = entry.runtime_data
        counted = [hub.counters, *(one.counters for one in hub.devices.values())]
        return sum(each[name] for each in counted for name in VERDICTS)

    for frame in frames or (victron.frame(),):
        before = taken()
        node.advertise(victron, frame)
        await until(lambda before=before: taken() > before)


def masked(victron: Victron, mask: int) -> bytes:
    """Return a battery monitor's payload with these alarm bits."""
    return victron.payload[:4] + mask.to_bytes(2, "little") + victron.payload[6:]


# Values


@pytest.mark.parametrize(
    "captured", CAPTURED, ids=lambda v: f"{v['device']} {v['kind']} {v['nonce']}"
)
async def test_captured_advertisement_is_shown_field_by_field(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, captured: dict[str, Any]
) -> None:
    victron = Victron(captured, "C0:FF:EE:00:00:01")
    node.advertise(victron, victron.captured_frame)
    entry = await set_up(subentry(victron, "It"))
    await until(lambda: by_key(hass, entry, "battery_voltage"))
    expected = captured["expected"]
    for field, key in SENSOR_OF.items():
        shown = by_key(hass, entry, key)
        if expected.get(field) is not None:
            assert float(shown.state) == pytest.approx(expected[field]), field
        elif shown is not None and not any(
            expected.get(other) is not None for other, k in SENSOR_OF.items() if k == key
        ):
            assert shown.state == STATE_UNKNOWN, field
    if "yield_today_wh" in expected:
        shown = by_key(hass, entry, "yield_today")
        assert float(shown.state) * 1000 == pytest.approx(expected["yield_today_wh"])
        assert shown.attributes["unit_of_measurement"] == "kWh"
    for field, key in (("device_state", "charge_state"), ("charger_error", "charger_error")):
        if field in expected:
            assert by_key(hass, entry, key).attributes["code"] == expected[field]
    if "alarm_reason" in expected and "Battery Sense" not in captured["device"]:
        assert by_key(hass, entry, "alarm").attributes["code"] == expected["alarm_reason"]


@pytest.mark.parametrize("device", ["shunt", "solar", "charger"])
async def test_entities_of_the_target_devices(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    request: pytest.FixtureRequest,
    compare: Compare,
    device: str,
) -> None:
    victron: Victron = request.getfixturevalue(device)
    node.advertise(victron, victron.captured_frame)
    with (
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True),
        patch(f"{INTEGRATION}.PLATFORMS", [Platform.SENSOR]),
        patch(f"{INTEGRATION}.sensor.async_add_node_sensors"),
        patch(f"{INTEGRATION}.status_sensors.LastSeen.native_value", None),
    ):
        entry = await set_up({**subentry(victron, "It"), "subentry_id": "01SUBENTRY"})
        await until(lambda: state(hass) not in (None, STATE_UNAVAILABLE))
        await compare(entry)


@pytest.mark.parametrize("platform", [Platform.BINARY_SENSOR, Platform.EVENT])
async def test_complaints_of_a_battery_monitor(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    compare: Compare,
    platform: Platform,
) -> None:
    node.advertise(shunt, shunt.captured_frame)
    with patch(f"{INTEGRATION}.PLATFORMS", [platform]):
        one = {**subentry(shunt, "It"), "subentry_id": "01SUBENTRY"}
        entry = await set_up(one, entry_id="01ENTRY")
        await until(lambda: the(entry).available)
        node.send("health", '{"alarms":0}')
        await until(lambda: the(entry).alarms.complete)
        await compare(entry)


async def test_power_is_voltage_times_current(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.advertise(shunt)
    await set_up(subentry(shunt, "It"))
    power = await until(lambda: hass.states.get("sensor.it_battery_power"))
    assert power.state == str(round(13.07 * -3.341, 1))


@pytest.mark.parametrize(
    ("mask", "shown", "active"),
    [
        (0, "no_alarm", []),
        (1, "low_voltage", ["low_voltage"]),
        (5, "multiple", ["low_voltage", "low_soc"]),
        (0x2000, "bms_lockout", ["bms_lockout"]),
    ],
)
async def test_several_alarms_at_once_are_all_told(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    mask: int,
    shown: str,
    active: list[str],
) -> None:
    node.advertise(shunt, shunt.frame(payload=masked(shunt, mask)))
    await set_up(subentry(shunt, "It"))
    alarm = await until(lambda: hass.states.get("sensor.it_alarm"))
    assert alarm.state == shown
    assert alarm.attributes["active"] == active
    assert alarm.attributes["code"] == mask
    assert state(hass) == "13.07"  # the record is not lost in an alarm


async def test_code_that_nobody_documented_is_shown_with_its_number(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "It"))
    payload = bytes([77]) + solar.payload[1:]
    # Once could be garbage of a device that loses power; twice the same is not.
    await hear(node, entry, solar, *(solar.frame(payload=payload) for _ in range(2)))
    shown = await until(lambda: hass.states.get("sensor.it_charge_state"))
    assert shown.state == "unknown_code"
    assert shown.attributes["code"] == 77


async def test_single_output_charger_has_no_sensors_of_other_outputs(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, charger: Victron
) -> None:
    node.advertise(charger)
    entry = await set_up(subentry(charger, "It"))
    await until(lambda: state(hass) == "13.49")
    assert by_key(hass, entry, "battery_2_voltage") is None
    assert by_key(hass, entry, "battery_3_power") is None
    assert by_key(hass, entry, "ac_current") is None


async def test_load_and_mains_currents_are_shown_once_they_were_ever_sent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, solar: Victron, charger: Victron
) -> None:
    """Most models have neither; whoever has one keeps it also while it is not sent."""
    no_load = solar.payload[:10] + bytes([solar.payload[10] | 0xFF, solar.payload[11] | 0x01])
    entry = await set_up(subentry(solar, "It"))
    await hear(node, entry, solar, solar.frame(payload=no_load))
    await until(lambda: by_key(hass, entry, "solar_power"))
    assert by_key(hass, entry, "external_device_load") is None
    assert by_key(hass, entry, "external_device_power") is None
    await hear(node, entry, solar)
    await until(lambda: by_key(hass, entry, "external_device_load"))
    assert by_key(hass, entry, "external_device_power")
    await hear(node, entry, solar, solar.frame(payload=no_load))
    await until(lambda: by_key(hass, entry, "external_device_load").state == STATE_UNKNOWN)
    await hass.config_entries.async_reload(entry.entry_id)
    assert by_key(hass, entry, "external_device_load") is not None


async def test_nodes_that_no_longer_hear_a_device_are_forgotten_and_inventions_bounded(
    node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    for number in range(40):
        node.advertise(shunt, node=number.to_bytes(6, "big"), rssi=-90 + number)
    await until(lambda: the(entry).rssi == -51)
    assert len(the(entry).signal) == MAX_SIGNALS
    clock.tick(STALE_MIN_S + 1)
    await hear(node, entry, shunt)
    assert list(the(entry).signal) == [SENSOR_MAC]


async def test_three_output_charger_has_them_by_its_product_also_while_silent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    charger = Victron(vector("Blue Smart IP22 12/30 (3)", "synthetic_ours"), "C0:FF:EE:00:00:08")
    known = {CONF_RECORD_TYPE: 8, CONF_PRODUCT_ID: 0xA331}
    entry = await set_up(subentry(charger, "It", **known))
    assert by_key(hass, entry, "battery_3_voltage").state == STATE_UNAVAILABLE
    await hear(node, entry, charger)
    await until(lambda: by_key(hass, entry, "battery_3_voltage").state == "14.39")


async def test_output_of_an_unknown_product_appears_when_it_is_seen_and_stays(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, charger: Victron
) -> None:
    three = vector("Blue Smart IP22 12/30 (3)", "synthetic_ours")["decrypted_payload_hex"]
    entry = await set_up(subentry(charger, "It"))
    await hear(node, entry, charger)
    await until(lambda: state(hass) == "13.49")
    assert by_key(hass, entry, "battery_2_voltage") is None
    await hear(node, entry, charger, charger.frame(payload=bytes.fromhex(three)))
    await until(lambda: by_key(hass, entry, "battery_2_voltage"))
    assert by_key(hass, entry, "ac_current").state == "2.1"
    await hass.config_entries.async_reload(entry.entry_id)
    assert by_key(hass, entry, "battery_2_voltage") is not None


@pytest.mark.parametrize(
    ("nth", "kind", "has"),
    [(1, "real", "starter_voltage"), (2, "real", "temperature"), (0, "real", None)],
)
async def test_auxiliary_input_is_one_sensor_by_its_mode(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, nth: int, kind: str, has: str | None
) -> None:
    shunt = Victron(vector("SmartShunt 500A/50mV", kind, nth), "C0:FF:EE:00:00:02")
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "It"))
    await until(lambda: state(hass))
    for key in ("starter_voltage", "midpoint_voltage", "temperature"):
        assert bool(by_key(hass, entry, key)) is (key == has)


async def test_device_names_product_and_path(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    device_registry: dr.DeviceRegistry,
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "It"))
    await until(lambda: state(hass))
    one = next(iter(entry.subentries.values()))
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, one.subentry_id), entry.entry_id
    )
    assert device is not None
    assert (device.name, device.model, device.model_id) == ("It", "SmartShunt 500A/50mV", "0xA389")
    hub = device_registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device.via_device_id == hub.id
    hass.config_entries.async_update_subentry(entry, one, title="Bow")
    await hass.async_block_till_done()
    assert device_registry.async_get(device.id).name == "Bow"


async def test_entities_are_there_after_a_restart_while_the_device_is_silent(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "It"))
    await until(lambda: state(hass) == "13.07")
    await hass.async_block_till_done()
    node.snapshot.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert state(hass) == STATE_UNAVAILABLE
    assert node.hellos == 2


async def test_another_kind_of_device_in_the_same_role_is_read_by_the_same_sensors(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, charger: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(charger, "It"))
    await hear(node, entry, charger)
    await until(lambda: state(hass) == "13.49")
    replacement = subentry(solar, "It")
    hass.config_entries.async_update_subentry(
        entry, next(iter(entry.subentries.values())), data=replacement["data"]
    )
    await hass.async_block_till_done()
    await hear(node, entry, solar)
    await until(lambda: state(hass) == "13.88")
    await until(lambda: state(hass, "sensor.it_solar_power") == "19")


# The present


async def tick(hass: HomeAssistant, clock: Clock, seconds: float) -> None:
    clock.tick(seconds)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=clock.ahead))
    await hass.async_block_till_done()


async def test_silent_device_becomes_unavailable_with_one_line_and_returns_with_one(
    hass: HomeAssistant,
    node: PtyNode,
    clock: Clock,
    entry: MockConfigEntry,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        await hear(node, entry, shunt)
        clock.tick(1)
    await until(lambda: state(hass) == "13.07")
    await tick(hass, clock, 55)
    assert state(hass) == "13.07"
    await tick(hass, clock, 10)
    assert state(hass) == STATE_UNAVAILABLE
    await tick(hass, clock, 10)
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    lines = [record.message for record in caplog.records if record.message.startswith("It is")]
    assert lines == ["It is no longer heard", "It is back"]


async def test_device_that_sends_seldom_is_given_ten_of_its_intervals(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    for _ in range(4):
        await hear(node, entry, shunt)
        clock.tick(20)
    await until(lambda: state(hass) == "13.07")
    await tick(hass, clock, 160)
    assert state(hass) == "13.07"
    await tick(hass, clock, 40)
    assert state(hass) == STATE_UNAVAILABLE


async def test_patience_has_an_end(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    await hear(node, entry, shunt)
    clock.tick(1000)
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    assert the(entry).stale_after == 1800


async def test_age_that_the_node_tells_counts(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    """A snapshot after a restart may hold what was heard long ago."""
    node.advertise(shunt, age_ms=120_000)
    await until(lambda: the(entry).reading)
    await hass.async_block_till_done()
    assert state(hass) == STATE_UNAVAILABLE
    node.advertise(shunt, age_ms=1_000)
    await until(lambda: state(hass) == "13.07")


async def test_an_absence_before_the_start_is_no_rhythm(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    """Else one reading after a quarter of an hour would look fresh for half an hour."""
    node.advertise(shunt, age_ms=900_000)
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
    await tick(hass, clock, STALE_MIN_S + TICK_S)
    assert state(hass) == STATE_UNAVAILABLE
    # What came while we were there is.
    for _ in range(2):
        await hear(node, entry, shunt)
        clock.tick(300)
    await hear(node, entry, shunt)
    await tick(hass, clock, 300)
    assert state(hass) == "13.07"


async def test_repeats_keep_a_reading_fresh_but_are_no_news(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    frame = shunt.frame()
    await hear(node, entry, shunt, frame)
    clock.tick(40)
    await hear(node, entry, shunt, frame)
    await tick(hass, clock, 40)
    await until(lambda: the(entry).counters["repeat"] == 1)
    assert state(hass) == "13.07"
    assert the(entry).counters["new"] == 1


async def test_many_readings_in_a_moment_are_looked_at_together(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    """Twenty values in a moment cost the entities a few looks, and the last of them is told."""
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    looks: list[float] = []

    def look(now: float) -> tuple[float, float]:
        looks.append(now)
        return now, now

    the(entry).followers.add(look)
    with patch("custom_components.victron_espnow.following.UPDATE_SPACING_S", 0.9):
        for number in range(1, 21):
            voltage = (1380 + number).to_bytes(2, "little")
            node.advertise(
                shunt, shunt.frame(payload=shunt.payload[:2] + voltage + shunt.payload[4:])
            )
        await until(lambda: the(entry).counters["new"] == 21)
        await until(lambda: state(hass) == "14.0")
    assert len(looks) <= 4
    assert the(entry).fields["battery_voltage_v"] == 14.0


# Several nodes


async def test_first_copy_of_a_reading_wins_and_the_best_signal_is_shown(
    node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    frame = shunt.frame()
    node.advertise(shunt, frame, rssi=-80)
    node.advertise(shunt, frame, rssi=-55, node=SENSOR_MAC_2)
    await until(lambda: the(entry).counters["repeat"] == 1)
    assert the(entry).counters["new"] == 1
    assert the(entry).rssi == -55
    older = shunt.frame(nonce=shunt.nonce - 5)
    node.advertise(shunt, older, node=SENSOR_MAC_2)
    await until(lambda: the(entry).counters["late"] == 1)
    assert the(entry).counters["new"] == 1


async def test_signal_strength_is_diagnostic_and_disabled(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    entity_registry: er.EntityRegistry,
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "It"))
    await until(lambda: state(hass))
    registered = entity_registry.async_get("sensor.it_signal_strength")
    assert registered.entity_category is EntityCategory.DIAGNOSTIC
    assert registered.disabled
    assert the(entry).rssi == -60


# Keys that stop fitting


def issue(registry: ir.IssueRegistry, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return registry.async_get_issue(DOMAIN, f"invalid_key_{next(iter(entry.subentries))}")


def rekeyed(victron: Victron) -> Victron:
    other = Victron({**victron.captured}, "C0:FF:EE:00:00:02")
    other.key = bytes([victron.key[0] ^ 0x55]) + victron.key[1:]
    other.nonce = victron.nonce
    return other


async def test_new_key_of_the_device_is_an_issue_after_three_frames_until_one_fits(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hear(node, entry, shunt)
    other = rekeyed(shunt)
    await hear(node, entry, other, other.frame(), other.frame())
    await until(lambda: the(entry).counters["key_mismatch"] == 2)
    assert issue(issue_registry, entry) is None
    await hear(node, entry, other)
    found = await until(lambda: issue(issue_registry, entry))
    assert found.translation_key == "invalid_key"
    assert found.translation_placeholders == {
        "name": "It",
        "mac": "C0:FF:EE:00:00:02",
        "entry": "Trailer display",
        "typed": shunt.key.hex()[:2].upper(),
        "used": other.key.hex()[:2].upper(),
    }
    shunt.nonce = other.nonce
    await hear(node, entry, shunt)
    await until(lambda: issue(issue_registry, entry) is None)
    assert state(hass) == "13.07"


async def test_repeats_of_one_refused_frame_are_no_proof(
    node: PtyNode, entry: MockConfigEntry, shunt: Victron, issue_registry: ir.IssueRegistry
) -> None:
    frame = rekeyed(shunt).frame()
    await hear(node, entry, shunt, *[frame] * 6)
    await until(lambda: the(entry).counters["repeat"] == 5)
    assert issue(issue_registry, entry) is None


async def test_what_is_no_whole_record_says_nothing_about_the_key(
    node: PtyNode, entry: MockConfigEntry, shunt: Victron, issue_registry: ir.IssueRegistry
) -> None:
    other = rekeyed(shunt)
    await hear(node, entry, shunt, *[other.frame()[:-3] for _ in range(6)])
    await until(lambda: the(entry).counters["truncated_record"] == 6)
    assert issue(issue_registry, entry) is None


async def test_device_with_a_refused_key_becomes_unavailable(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    """It is heard, but what it says is not known."""
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    other = rekeyed(shunt)
    for _ in range(12):
        clock.tick(10)
        frame = other.frame()
        await hear(node, entry, other, frame, frame)
    await tick(hass, clock, TICK_S)
    assert state(hass) == STATE_UNAVAILABLE
    assert the(entry).status == WRONG_KEY
    assert the(entry).counters["repeat"] == 12


async def test_one_refused_frame_that_is_heard_again_and_again_keeps_nothing_fresh(
    hass: HomeAssistant, node: PtyNode, clock: Clock, entry: MockConfigEntry, shunt: Victron
) -> None:
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    frame = rekeyed(shunt).frame()
    for _ in range(12):
        clock.tick(10)
        await hear(node, entry, shunt, frame)
    await tick(hass, clock, TICK_S)
    assert state(hass) == STATE_UNAVAILABLE


async def test_wrong_key_that_passes_the_check_byte_shows_no_nonsense_and_is_an_issue(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    wrong = subentry(shunt, "It")
    wrong = {**wrong, "data": {**wrong["data"], "key": shunt.key.hex()[:2] + "1234567890" * 3}}
    entry = await set_up(wrong)
    for _ in range(8):
        await hear(node, entry, shunt)
    await until(lambda: issue(issue_registry, entry))
    assert the(entry).reading is None
    # Now and then what a wrong key makes of a frame looks like a reading.
    key = bytes.fromhex(wrong["data"]["key"])
    seeming = [nonce for nonce in range(600) if decode(shunt.frame(nonce * 100), key).plausible]
    assert len(seeming) > 2
    for nonce in seeming:
        frames = [shunt.frame(nonce * 100), *(shunt.frame() for _ in range(8))]
        await hear(node, entry, shunt, *frames)
        assert the(entry).reading is None
    assert issue(issue_registry, entry)


async def test_issue_goes_with_its_device(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    issue_registry: ir.IssueRegistry,
) -> None:
    other = rekeyed(shunt)
    await hear(node, entry, other, *(other.frame() for _ in range(3)))
    await until(lambda: issue(issue_registry, entry))
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    await hass.async_block_till_done()
    assert not issue_registry.issues


async def test_one_implausible_frame_is_not_shown_a_second_that_agrees_is(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await hear(node, entry, shunt)
    await until(lambda: state(hass) == "13.07")
    odd = masked(shunt, 0x4001)  # bit 14 is unknown
    await hear(node, entry, shunt, shunt.frame(payload=odd))
    await until(lambda: the(entry).counters["implausible"] == 1)
    assert state(hass, "sensor.it_alarm") == "no_alarm"
    await hear(node, entry, shunt, shunt.frame(payload=odd))
    await until(lambda: state(hass, "sensor.it_alarm") == "multiple")
    assert hass.states.get("sensor.it_alarm").attributes["active"] == [
        "low_voltage",
        "unknown_code",
    ]
    # It goes on saying so, while its other values change.
    volts = odd[:2] + (1340).to_bytes(2, "little") + odd[4:]
    await hear(node, entry, shunt, shunt.frame(payload=odd), shunt.frame(payload=volts))
    assert the(entry).fields["battery_voltage_v"] == 13.4
    assert the(entry).counters["implausible"] == 1
    # What it says next is another thing, to be said twice again.
    await hear(node, entry, shunt, shunt.frame(), shunt.frame(payload=odd))
    assert the(entry).counters["implausible"] == 2


async def test_no_frame_whatever_is_in_it_raises(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    """Every malformed vector, every length, every record type; the key fits the check byte."""
    frames = [bytes.fromhex(v["manufacturer_data_hex"]) for v in VECTORS]
    full = shunt.frame() + bytes(4)
    frames += [full[:length] for length in range(8, 28)]
    frames += [full[:4] + bytes([kind]) + full[5:] for kind in range(256)]
    frames = [frame[:27] for frame in frames if len(frame) >= 8]
    for nonce, frame in enumerate(frames):
        node.advertise(shunt, frame[:5] + (nonce * 100 % 65536).to_bytes(2, "little") + frame[7:])
    shunt.nonce = 40000
    for _ in range(4):  # a key that met so much nonsense has to prove itself
        node.advertise(shunt)
    await until(lambda: the(entry).heard_at and state(hass) == "13.07", 10)
    assert entry.runtime_data.connected
    node.advertise(shunt)
    await until(lambda: state(hass) == "13.07")
