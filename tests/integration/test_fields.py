"""Every field of every record has an entity, or a reason to have none."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from custom_components.victron_espnow.device import Device
from custom_components.victron_espnow.protocol.records import RECORDS, fields
from custom_components.victron_espnow.reading import layout
from custom_components.victron_espnow.reason_entities import BINARY_SENSORS
from custom_components.victron_espnow.sensor import SENSORS

TEST_RECORD = "what Victron's own test firmware sends; no product does"
WITHOUT_ENTITY = {
    (0x00, "uptime_s"): TEST_RECORD,
    (0x00, "temperature_c"): TEST_RECORD,
    (0xFF01, "unspecified_remnant"): "one bit, whose meaning is not published",
}
DECODED = [record for record in RECORDS if fields(record)]


class Asked(dict[str, Any]):
    """The fields of a reading, which remember what somebody wanted to know."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def device_of(hass: HomeAssistant, record_type: int, aux_mode: int) -> tuple[Device, Asked]:
    """Return a device that has sent everything its record holds."""
    data: Any = {"mac": "C0:FF:EE:00:00:01", "key": "00" * 16, "record_type": record_type}
    device = Device(
        hass, ConfigSubentry(data=data, subentry_type="device", title="It", unique_id="1")
    )
    values = dict.fromkeys(layout(record_type).names, 1)
    asked = Asked(values | {"aux_mode": aux_mode} if "aux_mode" in values else values)
    if "cell_voltages_v" in asked:
        asked["cell_voltages_v"] = [3.3] * 8
    device.fields = asked
    device.read_at = 1.0
    device.seen = set(values) | {f"cell_voltages_v[{cell}]" for cell in range(8)}
    return device, asked


@pytest.mark.parametrize("record_type", DECODED)
async def test_every_field_is_asked_for_by_an_entity_or_there_is_a_reason(
    hass: HomeAssistant, record_type: int
) -> None:
    told: set[str] = set()
    for aux_mode in range(4):
        device, asked = device_of(hass, record_type, aux_mode)
        for one in SENSORS:
            if not one.fits(device) or not (one.has_fn is None or one.has_fn(device)):
                continue
            asked.names.clear()
            if one.reckoning_fn:
                one.reckoning_fn().take(device)
            one.value_fn(device)
            if one.attributes_fn:
                one.attributes_fn(device)
            told |= asked.names
        for one in BINARY_SENSORS:
            if one.fits(device):
                asked.names.clear()
                one.value_fn(device)
                told |= asked.names
    missing = layout(record_type).names - told
    assert missing == {name for record, name in WITHOUT_ENTITY if record == record_type}
