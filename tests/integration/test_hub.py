"""The link to the display node: whatever comes over it, Home Assistant goes on."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .conftest import SetUp, subentry, until
from .fake_node import PtyNode, Victron


async def test_values_are_there_right_after_setup(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron
) -> None:
    node.advertise(shunt)
    entry = await set_up(subentry(shunt, "House battery"))
    assert entry.state is ConfigEntryState.LOADED
    state = await until(lambda: hass.states.get("sensor.house_battery_battery_voltage"))
    assert state.state == "13.07"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not node.is_open
