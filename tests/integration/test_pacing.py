"""Values are written as often as is worth a row, and never older or further off than promised."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.victron_espnow.const import (
    CONF_OTHERS_EVERY,
    CONF_POWER_EVERY,
    EVERY_S,
    LAST_SEEN_EVERY_S,
)
from custom_components.victron_espnow.device import Advert, Device
from custom_components.victron_espnow.following import Followers
from custom_components.victron_espnow.pacing import quick, slow
from custom_components.victron_espnow.sensor import SENSORS

from .conftest import Clock, SetUp, subentry, until
from .fake_node import SENSOR_MAC, PtyNode, Victron

EVERY_CHANGE = {CONF_POWER_EVERY: 0, CONF_OTHERS_EVERY: 0}
PACES = {one.key: one.pace for one in SENSORS}
SHOWN = (
    "battery_voltage",
    "battery_current",
    "battery_power",
    "state_of_charge",
    "consumed_ampere_hours",
    "time_to_go",
    "charged_energy",
    "discharged_energy",
    "starter_voltage",
)


def shunt_payload(volts: float, amperes: float, soc: float, ttg: int, alarm: int = 0) -> bytes:
    """Return a battery monitor's payload."""
    whole = ttg | round(volts * 100) << 16 | alarm << 32 | round(volts * 99) << 48
    whole |= (round(amperes * 1000) & 0x3FFFFF) << 66 | round(soc * 2) << 88
    whole |= round(soc * 10) << 108 | 3 << 118
    return whole.to_bytes(15, "little")


class Bench:
    """One battery monitor in a real Home Assistant whose clock only we move."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, victron: Victron, clock: Clock):
        self.hass = hass
        self.entry = entry
        self.victron = victron
        self.clock = clock
        self.ids = {
            one.unique_id.split("_", 1)[1]: one.entity_id
            for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
            if one.domain in ("sensor", "binary_sensor")
        }
        self.writes: list[tuple[float, str, str]] = []
        self._names = {entity_id: key for key, entity_id in self.ids.items()}
        hass.bus.async_listen("state_changed", self._on_changed)

    @callback
    def _on_changed(self, event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) and state.entity_id in self._names:
            at = self.clock.monotonic()
            self.writes.append((at, self._names[state.entity_id], state.state))

    @property
    def device(self) -> Device:
        device: Device = next(iter(self.entry.runtime_data.devices.values()))
        return device

    def hear(self, payload: bytes) -> None:
        """Let the device be heard now."""
        frame = self.victron.frame(payload=payload)
        now = self.clock.monotonic()
        devices = self.entry.runtime_data.devices
        devices.deliver(self.device, Advert(self.victron.mac, SENSOR_MAC, -60, now, frame))

    def let_timers_run(self) -> None:
        """Do what the event loop would."""
        followers = self.device.followers
        if followers._wake is not None and followers._wake_at <= self.clock.monotonic():
            followers._wake.cancel()
            followers._on_wake()

    def shown(self, key: str) -> str:
        found = self.hass.states.get(self.ids[key])
        assert found is not None
        return found.state

    def source(self, key: str) -> Any:
        """Return what the entity would say now, in the unit it is written in."""
        component = self.hass.data["entity_components"]["sensor"]
        entity = component.get_entity(self.ids[key])
        return entity.native_value

    def writes_of(self, key: str) -> list[tuple[float, str]]:
        return [(at, state) for at, name, state in self.writes if name == key]


@pytest.fixture
def quiet_loop() -> Iterator[None]:
    """Let no timer of the device run but those that the test lets run."""
    with patch("custom_components.victron_espnow.following.UPDATE_SPACING_S", 0.9):
        yield


@pytest.fixture
async def bench(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, clock: Clock
) -> Bench:
    entry = await set_up(subentry(shunt, "It"))
    node.advertise(shunt)
    await until(lambda: hass.states.get("sensor.it_battery_voltage"))
    await until(lambda: entry.runtime_data.connected)
    await hass.async_block_till_done()
    return Bench(hass, entry, shunt, clock)


def drive(bench: Bench, seconds: int, seed: int = 1, pause: range = range(0)) -> Iterator[int]:
    """Let an hour of a lively battery go by, second after second; in the pause nothing is heard."""
    random = Random(seed)
    volts, amperes, soc = 13.1, -4.0, 80.0
    for second in range(seconds):
        volts += random.gauss(0, 0.02) + (13.1 - volts) / 50
        amperes += random.gauss(0, 0.5) + (-4.0 - amperes) / 30
        amperes += random.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, -40, 40))
        soc = max(20.0, soc - abs(random.gauss(0, 0.02)))
        bench.clock.tick(1)
        bench.let_timers_run()
        if second not in pause:
            bench.hear(shunt_payload(volts, amperes, soc, round(soc * 12)))
        yield second


@pytest.mark.usefixtures("quiet_loop")
@pytest.mark.parametrize("options", [{}, {CONF_POWER_EVERY: 10, CONF_OTHERS_EVERY: 60}])
async def test_no_written_value_is_older_or_further_off_than_promised(
    hass: HomeAssistant, bench: Bench, options: dict[str, int]
) -> None:
    """Against the source, every value, every second, also while the device is silent."""
    hass.config_entries.async_update_entry(bench.entry, options=options)
    await hass.async_block_till_done()
    # key: what the source said in the last seconds, the newest last
    said: dict[str, list[Any]] = {key: [bench.source(key)] for key in SHOWN}
    for second in drive(bench, 400, pause=range(200, 245)):
        for key in SHOWN:
            pace = PACES[key]
            every = round(pace.every(options))
            value = bench.source(key)
            said[key] = [*said[key], value][-every - 1 :]
            shown = float(bench.shown(key))
            was_right = any(not pace.differs(one, shown) for one in said[key])
            assert was_right, f"{key} in second {second}: {shown}"


@pytest.mark.usefixtures("quiet_loop")
@pytest.mark.parametrize("options", [{}, {CONF_POWER_EVERY: 10, CONF_OTHERS_EVERY: 60}])
async def test_no_value_is_written_more_often_than_the_option_says(
    hass: HomeAssistant, bench: Bench, options: dict[str, int]
) -> None:
    hass.config_entries.async_update_entry(bench.entry, options=options)
    await hass.async_block_till_done()
    bench.writes.clear()
    for _ in drive(bench, 300):
        pass
    await hass.async_block_till_done()
    for key in SHOWN:
        times = [at for at, _ in bench.writes_of(key)]
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps, default=1e9) > PACES[key].every(options) - 0.5, key
    assert (
        len(bench.writes_of("battery_current")) > 20
    )  # and the lively ones are as often as may be


@pytest.mark.usefixtures("quiet_loop")
async def test_with_zero_every_change_is_written_at_once(hass: HomeAssistant, bench: Bench) -> None:
    hass.config_entries.async_update_entry(bench.entry, options=EVERY_CHANGE)
    await hass.async_block_till_done()
    for _ in drive(bench, 60):
        for key in SHOWN:
            assert bench.shown(key) == str(bench.source(key)), key


@pytest.mark.usefixtures("quiet_loop")
async def test_readings_that_crowd_are_written_once_a_second_the_newest_last(
    hass: HomeAssistant, bench: Bench
) -> None:
    """Several nodes that hear one device, or a faulty one, are no reason for more rows."""
    hass.config_entries.async_update_entry(bench.entry, options=EVERY_CHANGE)
    await hass.async_block_till_done()
    bench.clock.tick(1)
    bench.hear(shunt_payload(13.5, -4.0, 80.0, 900))
    assert bench.shown("battery_voltage") == "13.5"
    for volts in (13.6, 13.7, 13.8):
        bench.clock.tick(0.2)
        bench.hear(shunt_payload(volts, -4.0, 80.0, 900))
        bench.let_timers_run()
        assert bench.shown("battery_voltage") == "13.5"
    bench.clock.tick(0.4)
    bench.let_timers_run()
    assert bench.shown("battery_voltage") == "13.8"


@pytest.mark.usefixtures("quiet_loop")
async def test_what_is_waited_for_is_not_waited_for_anew_with_every_reading(bench: Bench) -> None:
    """Timers cost more than readings do."""
    timers = set()
    for _ in range(4):
        bench.clock.tick(0.1)
        bench.hear(shunt_payload(13.1, -4.0, 80.0, 900))
        timers.add(bench.device.followers._wake)
    assert len(timers) <= 2  # one was pending perhaps, for later than the crowd needs


@pytest.mark.usefixtures("quiet_loop")
async def test_a_value_that_came_soon_after_the_device_was_back_is_written_in_time(
    bench: Bench,
) -> None:
    """Also when it was the last one for a while."""
    bench.clock.tick(40)
    bench.hear(shunt_payload(13.5, -4.0, 80.0, 900))
    for link_up in (False, True):
        bench.device.update_availability(link_up, lambda: True)
    assert bench.shown("battery_voltage") == "13.5"
    bench.clock.tick(2)
    bench.hear(shunt_payload(13.9, -4.0, 80.0, 900))
    bench.let_timers_run()
    assert bench.shown("battery_voltage") == "13.5"
    bench.clock.tick(5)
    bench.let_timers_run()
    bench.clock.tick(25)
    bench.let_timers_run()
    assert bench.shown("battery_voltage") == "13.9"


@pytest.mark.usefixtures("quiet_loop")
async def test_another_record_is_told_at_once_though_its_codes_are_the_same_number(
    bench: Bench,
) -> None:
    noughts = bytes(16)
    bench.hear(noughts)
    told: list[int | None] = []
    bench.device.followers.codes.add(lambda: told.append(bench.device.record_type))
    bench.hear(noughts)
    assert told == []
    bench.victron.head = bench.victron.head[:4] + b"\x08"
    bench.hear(noughts)
    assert told == [0x08]


async def test_a_code_that_stayed_is_not_written_because_another_changed(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, solar: Victron, clock: Clock
) -> None:
    entry = await set_up(subentry(solar, "It"))
    node.advertise(solar)
    await until(lambda: hass.states.get("sensor.it_charger_error"))
    bench = Bench(hass, entry, solar, clock)
    bench.hear(solar.payload)
    before, stayed = bench.shown("charge_state"), hass.states.get("sensor.it_charger_error")
    assert stayed
    reported = stayed.last_reported
    bench.hear(bytes([solar.payload[0] ^ 7]) + solar.payload[1:])
    assert bench.shown("charge_state") != before
    assert stayed.last_reported == reported


async def test_who_was_called_with_the_last_reading_is_not_called_without_a_new_one(
    hass: HomeAssistant, clock: Clock
) -> None:
    clock.stop()
    followers = Followers(hass)
    called: list[str] = []

    def eager(now: float) -> tuple[float, float]:
        called.append("eager")
        return now, now

    def patient(now: float) -> tuple[float, float]:
        called.append("patient")
        return now + 5, now + 5

    followers.add(eager)
    followers.add(patient)
    followers.tell(at_once=True)
    clock.tick(1)
    followers.tell(at_once=True)
    assert called == ["eager", "patient", "eager"]
    clock.tick(4)
    followers._on_wake()
    assert called == ["eager", "patient", "eager", "patient"]
    followers.close()


@pytest.mark.usefixtures("quiet_loop")
async def test_two_alarms_at_once_are_written_at_once_both_and_nothing_is_lost(
    hass: HomeAssistant, bench: Bench
) -> None:
    """Core loses the whole record then: entities go stale exactly in an alarm."""
    for _ in drive(bench, 10):
        pass
    bench.clock.tick(40)  # so that everything is due
    bench.hear(shunt_payload(13.1, -4.0, 80.0, 900))
    bench.clock.tick(40)
    bench.hear(shunt_payload(11.4, -31.0, 12.3, 42, alarm=0b101))
    assert bench.shown("alarm") == "multiple"
    alarm = hass.states.get(bench.ids["alarm"])
    assert alarm is not None
    assert alarm.attributes["active"] == ["low_voltage", "low_soc"]
    assert bench.shown("device_alarm") == "on"
    assert bench.shown("battery_voltage") == "11.4"
    assert bench.shown("battery_current") == "-31.0"
    assert bench.shown("state_of_charge") == "12.3"
    assert bench.shown("time_to_go") == "42"
    bench.hear(shunt_payload(11.4, -31.0, 12.3, 42, alarm=0))  # within the same second
    assert bench.shown("alarm") == "no_alarm"
    assert bench.shown("device_alarm") == "off"


@pytest.mark.usefixtures("quiet_loop")
async def test_last_seen_is_written_now_and_then_whatever_else_is_written(bench: Bench) -> None:
    """It changes with every reading, and the values say already that the device is there."""
    begun = dt_util.utcnow()
    with patch.object(dt_util, "utcnow", lambda: begun + timedelta(seconds=bench.clock.ahead)):
        for _ in drive(bench, 1):  # the first reading after the set-up is told
            pass
        bench.writes.clear()
        for _ in drive(bench, 500):
            pass
    await bench.hass.async_block_till_done()
    assert len(bench.writes_of("battery_current")) > 50
    assert len(bench.writes_of("last_seen")) in (1, 2)
    seen = dt_util.parse_datetime(bench.shown("last_seen") or "")
    assert seen is not None
    assert seen > begun + timedelta(seconds=bench.clock.ahead - LAST_SEEN_EVERY_S - 2)


@pytest.mark.usefixtures("quiet_loop")
async def test_what_is_written_for_another_reason_counts_as_written(bench: Bench) -> None:
    """Behind a return of the device, or a change of the options, the time begins anew."""
    for second in drive(bench, 60):
        if second % 7 == 0:
            told_at = bench.clock.monotonic()
            bench.device.tell()
            bench.writes.clear()
        for at, _ in bench.writes_of("battery_current"):
            assert at - told_at > EVERY_S[CONF_POWER_EVERY] - 0.5 or at == pytest.approx(
                told_at, abs=0.4
            )


@pytest.mark.usefixtures("quiet_loop")
async def test_the_last_word_before_a_silence_is_written_in_time(bench: Bench) -> None:
    """It came when nobody looked: a moment after a look that found nothing new."""
    for volts in (13.0, 13.0, 13.0, 13.5):
        bench.hear(shunt_payload(volts, -4.0, 80.0, 900))
        bench.clock.tick(31 if volts == 13.0 else 1)
        bench.let_timers_run()
        if volts == 13.0:
            bench.hear(shunt_payload(volts, -4.0, 80.0, 900))  # looked at, and found equal
    assert bench.shown("battery_voltage") == "13.0"
    for _ in range(30):
        bench.clock.tick(1)
        bench.let_timers_run()
    assert bench.shown("battery_voltage") == "13.5"
    later = bench.device.followers._wake_at - bench.clock.monotonic()
    assert later > 60  # and then nothing but last seen is waited for


@pytest.mark.usefixtures("quiet_loop")
async def test_a_change_after_a_quiet_time_is_written_soon(bench: Bench) -> None:
    """Long before the time is over that the option allows."""
    bench.clock.tick(31)
    bench.hear(shunt_payload(13.0, -4.0, 80.0, 900))
    bench.clock.tick(31)
    bench.hear(shunt_payload(13.0, -4.0, 80.0, 900))  # looked at, and found equal
    bench.clock.tick(7)
    bench.hear(shunt_payload(13.5, -4.0, 80.0, 900))
    assert bench.shown("battery_voltage") == "13.5"


@pytest.mark.usefixtures("quiet_loop")
async def test_a_shorter_time_between_two_writes_holds_from_now_on(
    hass: HomeAssistant, bench: Bench
) -> None:
    hass.config_entries.async_update_entry(bench.entry, options={CONF_OTHERS_EVERY: 3600})
    await hass.async_block_till_done()
    for _ in drive(bench, 5):
        pass
    hass.config_entries.async_update_entry(bench.entry, options={CONF_OTHERS_EVERY: 5})
    await hass.async_block_till_done()
    bench.clock.tick(6)
    bench.hear(shunt_payload(14.4, -1.0, 80.0, 900))
    assert bench.shown("battery_voltage") == "14.4"


async def test_what_changes_less_than_its_resolution_is_no_change() -> None:
    volts = slow(0.02)
    assert not volts.differs(13.08, 13.07)
    assert volts.differs(13.09, 13.07)
    amperes = quick(0.05)
    assert not amperes.differs(100.9, 100.0)
    assert amperes.differs(101.0, 100.0)
    assert amperes.differs(0.05, 0.0)
    assert amperes.differs(None, 0.0)


async def test_options_ask_how_often_and_entities_follow_without_a_reload(
    hass: HomeAssistant, bench: Bench, node: PtyNode
) -> None:
    flow = await hass.config_entries.options.async_init(bench.entry.entry_id)
    flow = await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": "pace"}
    )
    assert flow["type"] is FlowResultType.FORM
    defaults = {key.schema: key.default() for key in flow["data_schema"].schema}
    assert defaults == EVERY_S
    done = await hass.config_entries.options.async_configure(flow["flow_id"], EVERY_CHANGE)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert bench.entry.options == EVERY_CHANGE
    bench.clock.tick(1)
    bench.hear(shunt_payload(13.5, -1.0, 80.0, 900))
    assert bench.shown("battery_voltage") == "13.5"
    assert node.hellos == 1  # the port was not opened anew


def test_everything_with_a_unit_has_a_pace_and_everything_coded_none() -> None:
    for one in SENSORS:
        paced = one.pace.option is not None
        assert paced == bool(one.native_unit_of_measurement), one.key
        if paced:
            assert one.pace.resolution > 0, one.key
