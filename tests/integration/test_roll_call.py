"""After a hello every alarm is named again, or taken for gone, once there was time enough for it."""

from datetime import datetime, timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.victron_espnow.alarms import Alarm, Alarms, parse_alarm
from custom_components.victron_espnow.roll_call import RollCall

ROLL_CALL = "custom_components.victron_espnow.roll_call"
SETTLE = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def settles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROLL_CALL}.ALARMS_SETTLE_S", SETTLE.total_seconds())


@pytest.fixture
def alarms() -> Alarms:
    """One alarm stands, and all were named."""
    found = Alarms()
    found.settle()
    found.take(named())
    return found


def named() -> Alarm:
    return parse_alarm({"kind": "soc_low", "state": "raised"})


async def pass_until(hass: HomeAssistant, moment: datetime) -> None:
    async_fire_time_changed(hass, moment)
    await hass.async_block_till_done()


async def test_what_was_not_named_again_is_over_when_the_time_is_up(
    hass: HomeAssistant, alarms: Alarms
) -> None:
    began = dt_util.utcnow()
    roll_call = RollCall(hass, lambda: [alarms], lambda: True)
    roll_call.begin()
    assert roll_call.is_under_way
    await pass_until(hass, began + SETTLE / 2)
    assert alarms.standing
    await pass_until(hass, began + SETTLE * 1.1)
    assert not roll_call.is_under_way
    assert not alarms.standing


async def test_what_was_named_again_stands(hass: HomeAssistant, alarms: Alarms) -> None:
    roll_call = RollCall(hass, lambda: [alarms], lambda: True)
    roll_call.begin()
    alarms.take(named())
    await pass_until(hass, dt_util.utcnow() + SETTLE * 1.1)
    assert set(alarms.standing) == {"soc_low"}


async def test_firmware_that_names_no_alarms_ends_none(hass: HomeAssistant, alarms: Alarms) -> None:
    roll_call = RollCall(hass, lambda: [alarms], lambda: False)
    roll_call.begin()
    await pass_until(hass, dt_util.utcnow() + SETTLE * 1.1)
    assert not roll_call.is_under_way
    assert alarms.standing


async def test_another_hello_gives_the_whole_time_again(
    hass: HomeAssistant, alarms: Alarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that restarts twice names its alarms behind the second hello."""
    began = dt_util.utcnow()
    roll_call = RollCall(hass, lambda: [alarms], lambda: True)
    roll_call.begin()
    monkeypatch.setattr(f"{ROLL_CALL}.ALARMS_SETTLE_S", 2 * SETTLE.total_seconds())
    roll_call.begin()
    await pass_until(hass, began + SETTLE * 1.1)
    assert roll_call.is_under_way
    assert alarms.standing
    await pass_until(hass, began + SETTLE * 2.2)
    assert not alarms.standing


async def test_stopped_it_judges_nothing_any_more(hass: HomeAssistant, alarms: Alarms) -> None:
    roll_call = RollCall(hass, lambda: [alarms], lambda: True)
    roll_call.begin()
    roll_call.stop()
    assert not roll_call.is_under_way
    await pass_until(hass, dt_util.utcnow() + SETTLE * 1.1)
    assert alarms.standing
    roll_call.stop()  # again is no fault
