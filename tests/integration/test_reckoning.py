"""What follows from many readings: energy, the time until full, how far a state of charge is true."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant, State
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import mock_restore_cache_with_extra_data

from custom_components.victron_espnow import reckoning
from custom_components.victron_espnow.descriptions import number, product
from custom_components.victron_espnow.reckoning import Confidence, Energy, Reckoning, TimeToFull

from .conftest import Clock, SetUp, state, subentry, until
from .fake_node import PtyNode, Victron
from .test_pacing import EVERY_CHANGE, shunt_payload

HOUR_S = 3600


@dataclass
class Said:
    """What a reckoning asks of a device."""

    fields: dict[str, Any] = field(default_factory=dict)
    read_at: float | None = None
    stale_after: float = 60.0

    def say(self, one: Reckoning, at: float, **fields: Any) -> Any:
        self.read_at, self.fields = at, fields
        one.take(self)  # type: ignore[arg-type]
        return one.value


@pytest.fixture
def said() -> Said:
    return Said()


def energy(sign: int = 1) -> Energy:
    return Energy(number("power"), sign)


# Energy


def test_a_constant_power_for_an_hour_is_its_energy(said: Said) -> None:
    one = energy()
    for second in range(HOUR_S + 1):
        said.say(one, second, power=1500)
    assert one.value == 1.5


def test_between_two_readings_the_power_is_taken_to_go_straight(said: Said) -> None:
    one = energy()
    said.say(one, 0, power=0)
    assert said.say(one, 36, power=2000) == 0.01


def test_each_direction_is_counted_by_itself_also_where_it_turns(said: Said) -> None:
    """From 300 W to −100 W in 40 s: three quarters of the time it flows one way."""
    charged, discharged = energy(), energy(-1)
    for one in (charged, discharged):
        said.say(one, 0, power=300)
        said.say(one, 40, power=-100)
    assert charged.value == pytest.approx(300 / 2 * 30 / 3_600_000, abs=5e-5)
    assert discharged.value == pytest.approx(100 / 2 * 10 / 3_600_000, abs=5e-5)
    assert said.say(discharged, 41, power=-100) >= 0.0001


@pytest.mark.parametrize("sign", [1, -1])
def test_it_never_falls(said: Said, sign: int) -> None:
    one = energy(sign)
    before = 0.0
    for second in range(200):
        value = said.say(one, second * 10, power=(-1) ** second * second * 37)
        assert value >= before
        before = value
    assert before > 0


def test_a_gap_beyond_the_stale_time_counts_nothing(said: Said) -> None:
    one = energy()
    said.say(one, 0, power=1000)
    said.say(one, 60, power=1000)
    counted = one.value
    said.say(one, 121, power=1000)
    assert one.value == counted
    assert said.say(one, 157, power=1000) == pytest.approx(counted + 0.01, abs=1e-4)


def test_an_unknown_power_is_a_gap(said: Said) -> None:
    one = Energy(product(("volts", "amperes")))
    said.say(one, 0, volts=10.0, amperes=100.0)
    said.say(one, 10, volts=None, amperes=100.0)
    assert said.say(one, 20, volts=10.0, amperes=100.0) == 0
    assert said.say(one, 56, volts=10.0, amperes=100.0) == 0.01


def test_the_same_reading_again_counts_nothing(said: Said) -> None:
    one = energy()
    said.say(one, 0, power=1000)
    said.say(one, 36, power=1000)
    assert said.say(one, 36, power=5000) == 0.01
    assert said.say(one, 30, power=5000) == 0.01


def test_before_the_first_reading_nothing_is_counted(said: Said) -> None:
    one = energy()
    one.take(said)  # type: ignore[arg-type]
    assert one.value == 0


def test_it_goes_on_where_an_earlier_life_ended(said: Said) -> None:
    one = energy()
    one.restore(12.3456, {})
    said.say(one, 0, power=1000)
    assert said.say(one, 36, power=1000) == 12.3556
    strange = energy()
    strange.restore("unknown", {})
    assert strange.value == 0


# The time until full


def test_time_to_full_is_what_is_missing_by_the_mean_current(said: Said) -> None:
    one = TimeToFull()
    assert said.say(one, 0, battery_current_a=10.0, consumed_ah=-50.0) == 300
    for second in range(
        1, 1200
    ):  # twice the current: after ten times the mean's length, twice as fast
        said.say(one, second, battery_current_a=20.0, consumed_ah=-50.0)
    assert one.value == 150


def test_a_cloud_of_a_few_seconds_changes_little(said: Said) -> None:
    one = TimeToFull()
    for second in range(300):
        said.say(one, second, battery_current_a=10.0, consumed_ah=-50.0)
    for second in range(300, 305):
        said.say(one, second, battery_current_a=0.0, consumed_ah=-50.0)
    assert 300 < one.value < 320


def test_after_a_silence_the_mean_begins_anew(said: Said) -> None:
    one = TimeToFull()
    said.say(one, 0, battery_current_a=10.0, consumed_ah=-50.0)
    assert said.say(one, 61, battery_current_a=5.0, consumed_ah=-50.0) == 600


@pytest.mark.parametrize(
    ("amperes", "missing", "minutes"),
    [
        (5.0, 0.0, 0),  # full
        (0.05, -50.0, None),  # nothing is charged
        (-5.0, -50.0, None),
        (0.2, -100.0, None),  # longer than a week
        (None, -50.0, None),
        (5.0, None, None),
    ],
)
def test_when_there_is_no_time_to_full(
    said: Said, amperes: float | None, missing: float | None, minutes: int | None
) -> None:
    assert said.say(TimeToFull(), 0, battery_current_a=amperes, consumed_ah=missing) == minutes


# How far a state of charge is true


def battery(soc: float | None, volts: float | None = 13.2, amperes: float | None = -2.0) -> Any:
    return {"soc_pct": soc, "battery_voltage_v": volts, "battery_current_a": amperes}


def test_a_charge_that_ends_full_confirms_it(said: Said) -> None:
    one = Confidence()
    assert said.say(one, 0, **battery(80.0)) == reckoning.UNCONFIRMED
    assert said.say(one, 1, **battery(99.8, 14.2, 3.0)) == reckoning.CONFIRMED
    assert one.attributes["last_full"] == dt_util.utcnow().date().isoformat()
    assert said.say(one, 2, **battery(70.0)) == reckoning.CONFIRMED


@pytest.mark.parametrize("volts", [12.3, 24.6, 49.2])
def test_full_at_rest_with_the_voltage_of_an_empty_one_is_assumed(said: Said, volts: float) -> None:
    """A monitor that just restarted says 100 %, whatever is in the battery."""
    assert said.say(Confidence(), 0, **battery(100.0, volts, 0.0)) == reckoning.ASSUMED_FULL


def test_a_leap_to_full_is_assumed_and_a_real_charge_ends_that(said: Said) -> None:
    one = Confidence()
    said.say(one, 0, **battery(42.0))
    assert said.say(one, 30, **battery(100.0)) == reckoning.ASSUMED_FULL
    assert said.say(one, 60, **battery(97.0)) == reckoning.ASSUMED_FULL
    assert said.say(one, 9000, **battery(100.0, 14.3, 1.0)) == reckoning.CONFIRMED


def test_as_fast_as_a_charger_can_is_no_leap(said: Said) -> None:
    one = Confidence()
    said.say(one, 0, **battery(90.0))
    assert said.say(one, 10 * 36 + 1, **battery(100.0)) == reckoning.UNCONFIRMED


def test_full_after_a_long_silence_may_be_a_charge_or_a_restart(said: Said) -> None:
    one = Confidence()
    said.say(one, 0, **battery(100.0, 14.3, 1.0))
    assert said.say(one, 9000, **battery(60.0)) == reckoning.CONFIRMED
    assert said.say(one, 20_000, **battery(100.0)) == reckoning.UNCONFIRMED
    assert said.say(one, 29_000, **battery(100.0, 14.3, 1.0)) == reckoning.CONFIRMED


def test_full_under_load_with_a_low_voltage_proves_nothing(said: Said) -> None:
    assert said.say(Confidence(), 0, **battery(100.0, 12.3, -60.0)) == reckoning.UNCONFIRMED


@pytest.mark.parametrize(("volts", "amperes"), [(None, 0.0), (12.3, None)])
def test_without_voltage_or_current_nothing_is_judged(
    said: Said, volts: float | None, amperes: float | None
) -> None:
    assert said.say(Confidence(), 0, **battery(100.0, volts, amperes)) == reckoning.UNCONFIRMED


def test_no_state_of_charge_is_not_synchronised(said: Said) -> None:
    one = Confidence()
    assert one.value == reckoning.NOT_SYNCHRONISED
    one.take(said)  # type: ignore[arg-type]
    assert one.value == reckoning.NOT_SYNCHRONISED
    said.say(one, 0, **battery(50.0))
    assert said.say(one, 1, **battery(None)) == reckoning.NOT_SYNCHRONISED
    # What was before it is no base for a leap.
    assert said.say(one, 2, **battery(100.0)) == reckoning.UNCONFIRMED


def test_a_full_battery_of_a_month_ago_is_long_ago(
    said: Said, freezer: FrozenDateTimeFactory
) -> None:
    one = Confidence()
    said.say(one, 0, **battery(100.0, 14.3, 1.0))
    freezer.tick(timedelta(days=30))
    assert one.value == reckoning.CONFIRMED
    freezer.tick(timedelta(days=1))
    assert one.value == reckoning.LONG_AGO


@pytest.mark.parametrize("value", [reckoning.ASSUMED_FULL, reckoning.CONFIRMED])
def test_the_judgement_outlives_a_restart(said: Said, value: str) -> None:
    one = Confidence()
    one.restore(value, {"last_full": dt_util.utcnow().date().isoformat()})
    assert one.value == value
    assert said.say(one, 0, **battery(80.0)) == value


def test_a_strange_memory_is_none() -> None:
    one = Confidence()
    one.restore("nonsense", {"last_full": "yesterday"})
    assert one.value == reckoning.NOT_SYNCHRONISED
    assert one.last_full is None


# In Home Assistant


@pytest.mark.parametrize(
    ("stored", "begins"),
    [(4.5, 4.5), (float("nan"), 0.0), (float("inf"), 0.0), ("unknown", 0.0)],
)
async def test_energy_goes_on_after_a_restart_and_not_through_the_silence(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    clock: Clock,
    stored: Any,
    begins: float,
) -> None:
    hass.set_state(CoreState.not_running)
    charged = "sensor.house_charged_energy"
    extra = {"native_value": stored, "native_unit_of_measurement": "kWh"}
    mock_restore_cache_with_extra_data(hass, [(State(charged, "4.5"), extra)])
    hass.set_state(CoreState.running)
    entry = await set_up(subentry(shunt, "House"))
    hass.config_entries.async_update_entry(entry, options=EVERY_CHANGE)

    def hear(amperes: float) -> None:
        node.advertise(shunt, shunt.frame(payload=shunt_payload(10.0, amperes, 80.0, 600)))

    hear(100.0)
    await until(lambda: state(hass, charged) not in (None, STATE_UNKNOWN))
    assert float(state(hass, charged) or "") == begins
    clock.tick(36)
    hear(100.0)
    await until(lambda: float(state(hass, charged) or "") > begins)
    assert float(state(hass, charged) or "") == pytest.approx(begins + 0.01, abs=0.001)
