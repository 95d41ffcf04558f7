"""Adding a Victron device: its key is judged on live frames before it is saved."""

import asyncio
from unittest.mock import patch

import pytest
from homeassistant.const import CONF_MAC, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.choosing import CONF_PASTE
from custom_components.victron_espnow.const import CONF_KEY, CONF_LIMITS
from custom_components.victron_espnow.protocol.keys import format_mac

from .conftest import SetUp, subentry, until
from .device_dialog import Result, begin, choose, confirm, enter, heard, only, options
from .fake_node import PtyNode, Victron


async def test_heard_device_with_the_right_key_is_saved_and_shown(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    for age_ms in (4000, 2000, 0):
        node.advertise(shunt, age_ms=age_ms)
    await until(lambda: (h := entry.runtime_data.heard.get(shunt.mac)) and len(h.frames) == 3)
    flow = await begin(hass, entry)
    assert options(flow) == [
        {
            "value": "C0:FF:EE:00:00:02",
            "label": "SmartShunt 500A/50mV · C0:FF:EE:00:00:02 · −60 dBm · 30/min",
        }
    ]
    result = await enter(hass, flow, "C0:FF:EE:00:00:02", shunt.key.hex(), **{CONF_NAME: "House"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).title == "House"
    assert only(entry).unique_id == "C0:FF:EE:00:00:02"
    assert only(entry).data[CONF_KEY] == shunt.key.hex()
    await hass.async_block_till_done()
    assert hass.states.get("sensor.house_battery_voltage").state == "13.07"
    assert node.hellos == 1  # the port was not opened again
    # Configured, it is no longer offered.
    flow = await begin(hass, entry)
    assert options(flow) == []


async def test_device_without_a_name_is_called_by_product_and_address(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt)
    await enter(hass, await begin(hass, entry), format_mac(shunt.mac), shunt.key.hex())
    assert only(entry).title == "SmartShunt 500A/50mV 0002"


async def test_strongest_device_is_offered_first_and_unknown_products_by_number(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, frames=1)
    stranger = bytearray(solar.frame())
    stranger[2:4] = b"\xfe\xfe"
    node.advertise(solar, bytes(stranger), rssi=-40)
    await until(lambda: solar.mac in entry.runtime_data.heard)
    labels = [option["label"] for option in options(await begin(hass, entry))]
    assert labels == [
        "Victron 0xFEFE · C0:FF:EE:00:00:01 · −40 dBm",
        "SmartShunt 500A/50mV · C0:FF:EE:00:00:02 · −60 dBm",
    ]


@pytest.mark.parametrize(
    "mac",
    ["C0:FF:EE:00:00:02", "c0ffee000002", "C0-FF-EE-00-00-02", " MAC c0:ff:ee:00:00:02 \n"],
)
@pytest.mark.parametrize("spelling", ["{}", "Encryption key: {}", "colons", "lines"])
async def test_address_and_key_are_taken_in_any_spelling(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, mac: str, spelling: str
) -> None:
    key = shunt.key.hex()
    written = {
        "colons": ":".join(key[i : i + 2] for i in range(0, 32, 2)).upper(),
        "lines": f"{key[:16]}\n{key[16:]}",
    }.get(spelling, spelling.format(key))
    entry = await set_up()
    await heard(node, entry, shunt)
    result = await enter(hass, await begin(hass, entry), mac, written)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(only(entry).data).items() >= {CONF_MAC: "C0:FF:EE:00:00:02", CONF_KEY: key}.items()


@pytest.mark.parametrize(
    ("mac", "key", "errors", "words"),
    [
        ("C0:FF:EE", "k", {"base": "nothing_chosen"}, {}),
        ("C0:FF:EE:00:00:02:11", "k", {CONF_PASTE: "unreadable"}, {"line": "1", "digits": "14"}),
        ("m", "5d12", {CONF_KEY: "key_wrong_length"}, {"digits": "4"}),
        ("m", "not a key", {CONF_KEY: "key_wrong_length"}, {}),
    ],
)
async def test_what_is_no_address_or_key_is_told_and_can_be_corrected(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    mac: str,
    key: str,
    errors: Result,
    words: Result,
) -> None:
    await heard(node, entry, shunt)
    right = (format_mac(shunt.mac), shunt.key.hex())
    flow = await begin(hass, entry)
    result = await enter(
        hass, flow, right[0] if mac == "m" else mac, right[1] if key == "k" else key
    )
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert result["description_placeholders"].items() >= words.items()
    result = await enter(hass, flow, *right)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_wrong_key_is_told_with_the_digits_that_differ(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt)
    flow = await begin(hass, entry)
    wrong = f"{shunt.key[0] ^ 0xFF:02x}" + shunt.key.hex()[2:]
    result = await enter(hass, flow, format_mac(shunt.mac), wrong)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    words = result["description_placeholders"]
    assert (words["typed"], words["used"]) == (wrong[:2].upper(), shunt.key.hex()[:2].upper())
    assert not entry.subentries
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_wrong_key_that_passes_the_check_byte_is_found_by_its_nonsense(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt, frames=8)
    flow = await begin(hass, entry)
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex()[:2] + "1234567890" * 3)
    assert result["errors"] == {CONF_KEY: "wrong_key_content"}
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_key_of_a_heard_neighbour_is_named(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, solar: Victron
) -> None:
    await heard(node, entry, shunt, solar)
    flow = await begin(hass, entry)
    result = await enter(hass, flow, format_mac(shunt.mac), solar.key.hex())
    assert result["errors"] == {CONF_KEY: "key_of_other_device"}
    assert "C0:FF:EE:00:00:01" in result["description_placeholders"]["owner"]
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_key_of_a_configured_device_is_named_by_its_title(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "Roof"))
    await heard(node, entry, shunt)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), solar.key.hex())
    assert result["errors"] == {CONF_KEY: "key_of_other_device"}
    assert result["description_placeholders"]["owner"] == "Roof"


async def test_device_that_is_configured_already_is_told_by_name(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House battery"))
    result = await enter(hass, await begin(hass, entry), "c0ffee000002", shunt.key.hex())
    assert result["errors"] == {"base": "already_configured"}
    assert result["description_placeholders"]["name"] == "House battery"


@pytest.mark.parametrize("missing", [0, 1, 13, 31])
async def test_missing_digit_is_found_and_offered(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, missing: int
) -> None:
    await heard(node, entry, shunt)
    key = shunt.key.hex()
    result = await enter(
        hass, await begin(hass, entry), format_mac(shunt.mac), key[:missing] + key[missing + 1 :]
    )
    assert result["step_id"] == "repaired"
    words = result["description_placeholders"]
    assert words["digit"] == key[missing].upper()
    # In a row of equal digits any of them may be the missing one.
    assert key[int(words["position"]) - 1 : missing + 1].strip(key[missing]) == ""
    assert not entry.subentries
    result = await confirm(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).data[CONF_KEY] == key


async def test_missing_digit_waits_for_frames_and_then_is_found(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    for at in (0.1, 0.15):
        hass.loop.call_later(at, node.advertise, shunt)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), shunt.key.hex()[1:])
    assert result["step_id"] == "repaired"


async def test_missing_digit_that_cannot_be_found_is_told(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    flow = await begin(hass, entry)
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex()[1:])
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "key_31_digits"}
    await heard(node, entry, shunt)
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("missing", [0, 1, 31])
async def test_31_digits_of_no_device_are_told_from_a_lack_of_frames(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    solar: Victron,
    missing: int,
) -> None:
    await heard(node, entry, shunt, frames=8)
    await heard(node, entry, solar)
    flow = await begin(hass, entry)
    digits = shunt.key.hex()[:2] + "1234567890" * 3
    result = await enter(
        hass, flow, format_mac(shunt.mac), digits[:missing] + digits[missing + 1 :]
    )
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "key_31_wrong"}
    assert result["description_placeholders"]["used"] == shunt.key.hex()[:2].upper()
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex()[1:])
    assert result["step_id"] == "repaired"


@pytest.mark.parametrize("chosen_is_heard", [True, False])
async def test_31_digits_of_a_heard_neighbour_name_it(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    solar: Victron,
    chosen_is_heard: bool,
) -> None:
    await heard(node, entry, shunt) if chosen_is_heard else None
    await heard(node, entry, solar)
    flow = await begin(hass, entry)
    result = await enter(
        hass, flow, format_mac(shunt.mac), solar.key.hex()[:9] + solar.key.hex()[10:]
    )
    assert result["errors"] == {CONF_KEY: "key_31_of_other_device"}
    assert "C0:FF:EE:00:00:01" in result["description_placeholders"]["owner"]


async def test_31_digits_of_a_configured_device_name_it(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "Roof"))
    await heard(node, entry, shunt)
    result = await enter(
        hass, await begin(hass, entry), format_mac(shunt.mac), solar.key.hex()[:-1]
    )
    assert result["errors"] == {CONF_KEY: "key_31_of_other_device"}
    assert result["description_placeholders"]["owner"] == "Roof"


@pytest.mark.parametrize("frames", [0, 1])
async def test_key_of_a_neighbour_is_named_although_the_chosen_device_proves_nothing(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    solar: Victron,
    frames: int,
) -> None:
    """With one digit of the address mistyped nothing is heard; with one frame little is proved."""
    solar.key = shunt.key[:1] + solar.key[1:]  # passes the check byte
    await heard(node, entry, shunt, frames=frames) if frames else None
    await heard(node, entry, solar)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), solar.key.hex())
    assert result["step_id"] == "device"
    assert result["errors"] == {CONF_KEY: "key_of_other_device"}
    assert "C0:FF:EE:00:00:01" in result["description_placeholders"]["owner"]


async def test_key_of_a_configured_device_is_named_also_while_the_node_is_away(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(solar, "Roof"))
    await hass.config_entries.async_unload(entry.entry_id)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), solar.key.hex())
    assert result["errors"] == {CONF_KEY: "key_of_other_device"}
    assert result["description_placeholders"]["owner"] == "Roof"


async def test_flow_that_is_given_up_stops_listening(
    hass: HomeAssistant, entry: MockConfigEntry, shunt: Victron
) -> None:
    flow = await begin(hass, entry)
    typed = {CONF_KEY: shunt.key.hex()}
    await choose(hass, flow, paste=format_mac(shunt.mac))
    with patch("custom_components.victron_espnow.key_trial.KEY_WAIT_S", 60):
        await hass.config_entries.subentries.async_configure(flow["flow_id"], typed)
        listening = hass.config_entries.subentries._progress[flow["flow_id"]]._listening
        assert not listening.done()
        hass.config_entries.subentries.async_abort(flow["flow_id"])
        await asyncio.wait((listening,), timeout=1)
        assert listening.cancelled()


async def test_key_is_judged_by_frames_that_come_while_the_flow_waits(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    flow = await begin(hass, entry)
    for at in (0.1, 0.15):
        hass.loop.call_later(at, node.advertise, shunt)
    wrong = f"{shunt.key[0] ^ 1:02x}" + shunt.key.hex()[2:]
    result = await enter(hass, flow, format_mac(shunt.mac), wrong)
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    node.advertise(shunt)
    result = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("frames", "step"), [(0, "not_heard"), (1, "too_little")])
async def test_key_that_could_not_be_checked_is_saved_only_on_request(
    hass: HomeAssistant,
    node: PtyNode,
    entry: MockConfigEntry,
    shunt: Victron,
    frames: int,
    step: str,
) -> None:
    await heard(node, entry, shunt, frames=frames) if frames else None
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), shunt.key.hex())
    assert result["step_id"] == step
    assert "C0:FF:EE:00:00:02" in result["description_placeholders"]["device"]
    assert not entry.subentries
    result = await confirm(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).title.endswith("0002")


async def test_repeated_frame_is_one_fact_about_a_key(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    frame = shunt.frame()
    for _ in range(5):
        node.advertise(shunt, frame)
    await until(lambda: shunt.mac in entry.runtime_data.heard)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), shunt.key.hex())
    assert result["step_id"] == "too_little"


@pytest.mark.parametrize("right", [True, False])
async def test_frames_of_before_a_silence_do_not_judge(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron, right: bool
) -> None:
    key = shunt.key.hex() if right else "ab" * 16
    for _ in range(3):
        node.advertise(shunt, age_ms=100_000)
    await until(lambda: (h := entry.runtime_data.heard.get(shunt.mac)) and len(h.frames) == 3)
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), key)
    assert result["step_id"] == "not_heard"


async def test_frames_of_an_earlier_key_do_not_refuse_the_present_one(
    hass: HomeAssistant, node: PtyNode, entry: MockConfigEntry, shunt: Victron
) -> None:
    await heard(node, entry, shunt)
    shunt.key = bytes([shunt.key[0] ^ 0x55]) + shunt.key[1:]
    for _ in range(3):
        node.advertise(shunt)
    await until(
        lambda: (
            {f[7] for f in entry.runtime_data.heard[shunt.mac].data} == {shunt.key[0]}
            and len(entry.runtime_data.heard[shunt.mac].data) == 3
        )
    )
    result = await enter(hass, await begin(hass, entry), format_mac(shunt.mac), shunt.key.hex())
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_device_can_be_added_while_the_node_is_away(
    hass: HomeAssistant, entry: MockConfigEntry, shunt: Victron
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    flow = await begin(hass, entry)
    assert options(flow) == []
    # There is nothing to wait for.
    with patch("custom_components.victron_espnow.key_trial.KEY_WAIT_S", 60):
        async with asyncio.timeout(10):
            not_heard = await enter(hass, flow, format_mac(shunt.mac), shunt.key.hex())
    assert not_heard["step_id"] == "not_heard"
    result = await confirm(hass, not_heard)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only(entry).title == "Victron 0002"


# Change a device


async def change(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    return await entry.start_subentry_reconfigure_flow(hass, only(entry).subentry_id)


async def test_new_name_is_taken_without_judging(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    flow = await change(hass, entry)
    assert flow["step_id"] == "reconfigure"
    result = await enter(hass, flow, "C0:FF:EE:00:00:02", "", **{CONF_NAME: "Bow"})
    assert result["reason"] == "reconfigure_successful"
    assert only(entry).title == "Bow"
    assert only(entry).data[CONF_KEY] == shunt.key.hex()


async def test_mistyped_address_can_be_corrected_without_being_told_whose_key_it_is(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(Victron(shunt.captured, "C0:FF:EE:00:00:77"), "House"))
    result = await enter(hass, await change(hass, entry), "C0:FF:EE:00:00:02", "")
    assert result["step_id"] == "not_heard"
    result = await confirm(hass, result)
    assert result["reason"] == "reconfigure_successful"


async def test_new_key_is_judged_and_entities_stay(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    old = subentry(shunt, "House")
    shunt.key = bytes([shunt.key[0] ^ 0x55]) + shunt.key[1:]
    entry = await set_up(old)
    subentry_id = only(entry).subentry_id
    await heard(node, entry, shunt)
    flow = await change(hass, entry)
    result = await enter(hass, flow, "C0:FF:EE:00:00:02", "ab" * 16)
    assert result["step_id"] == "reconfigure"
    assert result["errors"] == {CONF_KEY: "wrong_key"}
    result = await enter(hass, flow, "C0:FF:EE:00:00:02", shunt.key.hex(), **{CONF_NAME: "House"})
    assert result["reason"] == "reconfigure_successful"
    assert only(entry).subentry_id == subentry_id
    await hass.async_block_till_done()
    assert hass.states.get("sensor.house_battery_voltage").state == "13.07"


async def test_another_shunt_takes_the_role_and_the_history(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House", **{CONF_LIMITS: {"soc_low": 30.0}}))
    await heard(node, entry, shunt)
    await until(lambda: hass.states.get("sensor.house_battery_voltage"))
    from .fake_node import vector

    spare = Victron(vector("SmartShunt 500A/50mV"), "C0:FF:EE:00:00:99")
    await heard(node, entry, spare)
    flow = await change(hass, entry)
    result = await enter(hass, flow, "C0:FF:EE:00:00:99", spare.key.hex(), **{CONF_NAME: "House"})
    assert result["reason"] == "reconfigure_successful"
    assert only(entry).unique_id == "C0:FF:EE:00:00:99"
    assert only(entry).data[CONF_LIMITS] == {"soc_low": 30.0}
    await hass.async_block_till_done()
    assert hass.states.get("sensor.house_battery_voltage").state == "12.53"


async def test_what_is_no_address_is_told_in_a_change_and_can_be_corrected(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    flow = await change(hass, entry)
    result = await enter(hass, flow, "C0:FF:EE", "")
    assert result["errors"] == {CONF_MAC: "bad_mac"}
    result = await enter(hass, flow, format_mac(shunt.mac), "")
    assert result["reason"] == "reconfigure_successful"


async def test_address_of_another_device_is_refused_in_a_change(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, solar: Victron
) -> None:
    entry = await set_up(subentry(shunt, "House"), subentry(solar, "Roof"))
    first = next(iter(entry.subentries))
    flow = await entry.start_subentry_reconfigure_flow(hass, first)
    result = await enter(hass, flow, format_mac(solar.mac), shunt.key.hex())
    assert result["errors"] == {CONF_MAC: "already_configured"}
    assert result["description_placeholders"]["name"] == "Roof"
