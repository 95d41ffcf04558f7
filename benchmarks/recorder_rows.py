#!/usr/bin/env python3
"""What 20 devices cost Home Assistant in an hour: rows in its database and processor time, ours and core's.

benchmarks/recorder_rows.py [SECONDS]    prints a table; an hour by default

The same modelled advertisements, one a second and device, go through this integration (as lines of
the serial port) and through core's `victron_ble` (as advertisements that its coordinator is handed,
so without the cost of Home Assistant's Bluetooth stack). Both run in a real Home Assistant with a
real recorder. Time is virtual: a second lasts as long as it takes to compute. What counts is the
processor time of the event loop's thread.

The exit code is 1 when a goal is missed.
"""

import asyncio
import gc
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

if __name__ == "__main__":  # before what only the project's own interpreter has
    from toolchain import ensure
    from toolchain.process import become

    python = ensure().python
    if Path(sys.executable) != Path(python):
        become([python, __file__, *sys.argv[1:]])

import pytest  # noqa: E402
from homeassistant.core import callback  # noqa: E402
from homeassistant.util import dt as dt_util  # noqa: E402

# Before the hass fixture mounts a custom_components of its own.
import custom_components  # noqa: E402, F401

HOUR_S = 3600
DEVICES = 20
SECONDS = "BENCHMARK_SECONDS"
# 17 + 3 + 3 devices. Core's parser does not know one of them, and fails at another's balancer.
SCENARIOS = (("boat", 1, 0), ("day", 1, 4 * 3600), ("day", 2, 4 * 3600))
NOT_IN_CORE = ("Multi RS", "Smart Lithium")
RSSI_NOISE_DB = 2
# What core has a sensor for, by our keys: for the comparison of equal work.
IN_CORE = {
    "ac_apparent_power", "ac_current", "ac_in_power", "ac_in_state", "ac_out_power", "ac_voltage",
    "alarm", "balancer_status", "battery_2_current", "battery_2_voltage", "battery_3_current",
    "battery_3_voltage", "battery_current", "battery_temperature", "battery_voltage",
    "charge_state", "charger_error", "consumed_ampere_hours", "current", "device_state",
    "error_code", "external_device_load", "input_current", "input_voltage", "meter_type",
    "midpoint_voltage", "off_reason", "output_current", "output_voltage", "signal_strength",
    "solar_power", "starter_voltage", "state_of_charge", "temperature", "time_to_go", "voltage",
    "warning", "yield_today", *(f"cell_{number}_voltage" for number in range(1, 9)),
}  # fmt: skip
INTEGRATION = "custom_components.victron_espnow"

OURS = "victron_espnow, as shipped"
EVERY_CHANGE = "victron_espnow, every change of core's sensors"
CORE = "core's victron_ble"


@dataclass(frozen=True)
class Radio:
    """One device of the air: who it is, and what it sends each second."""

    name: str
    address: bytes
    key: bytes
    frames: list[tuple[bytes, int]]


@dataclass
class Cost:
    """What one integration cost."""

    name: str
    rows: int
    writes: int
    adverts: int
    processor_s: float

    @property
    def advert_us(self) -> float:
        """Return the processor time of one advertisement."""
        return self.processor_s / self.adverts * 1e6

    @property
    def line(self) -> str:
        """Return the figures for people."""
        return f"{self.name:48}{self.rows:10}{self.writes:10}{self.advert_us:14.0f}"


class Table:
    """The figures of one run, against the goals."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}

    def goals(self) -> list[tuple[str, float, float]]:
        """Return what is compared, how it came out, and the goal."""
        if not {OURS, EVERY_CHANGE, CORE} <= self.costs.keys():
            return []
        ours, same, core = (self.costs[name] for name in (OURS, EVERY_CHANGE, CORE))
        return [
            ("rows as shipped / core's", ours.rows / core.rows, 0.2),
            ("processor time as shipped / core's", ours.advert_us / core.advert_us, 0.2),
            ("processor time for equal writes / core's", same.advert_us / core.advert_us, 1.0),
        ]

    @property
    def good_enough(self) -> bool:
        """Return whether everything was measured, and every goal reached."""
        goals = self.goals()
        return bool(goals) and all(ratio <= goal for _, ratio, goal in goals)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print where pytest says how it went."""
        say = terminalreporter.write_line
        say(f"{'':48}{'rows':>10}{'writes':>10}{'µs an advert':>14}")
        for cost in self.costs.values():
            say(cost.line)
        for name, ratio, goal in self.goals():
            verdict = "reached" if ratio <= goal else "MISSED"
            say(f"{name:48}{ratio:10.3f}   goal {goal:.1f}: {verdict}")


def air(seconds: int) -> list[Radio]:
    """Let the plants' hour go by, and note what each device would send."""
    from simulator import scenario

    random = Random(1)
    radios: list[Radio] = []
    for name, seed, before_s in SCENARIOS:
        source = scenario.read(name, seed=seed, speed=1).modelled
        assert source is not None
        for minute in range(0, before_s, 60):
            source.advance(minute)
        mine = []
        for device in source.devices:
            if device.name in NOT_IN_CORE or len(radios) == DEVICES:
                continue
            address = bytes([0xC0, 0, 0, 0, 0, len(radios)])
            radio = Radio(device.name, address, device.key, [])
            mine.append((device, radio))
            radios.append(radio)
        for second in range(seconds):
            source.advance(before_s + second)
            for device, radio in mine:
                device.next_second()
                rssi = device.rssi + round(random.gauss(0, RSSI_NOISE_DB))
                radio.frames.append((device.md, rssi))
    return radios


class VirtualTime:
    """The clock of the event loop and of the integration."""

    def __init__(self) -> None:
        self.now = self._begun_at = time.monotonic()
        self._begun = dt_util.utcnow()

    def monotonic(self) -> float:
        return self.now

    def utcnow(self) -> datetime:
        return self._begun + timedelta(seconds=self.now - self._begun_at)

    def apply(self, stack: ExitStack) -> None:
        loop = asyncio.get_running_loop()
        loop.set_debug(False)
        stack.enter_context(patch.object(loop, "time", self.monotonic))
        # Not with freezegun, whose look at the clock costs as much as an advertisement.
        stack.enter_context(patch.object(dt_util, "utcnow", self.utcnow))
        for module in ("device", "following", "hub", "node"):
            stack.enter_context(patch(f"{INTEGRATION}.{module}.time", self))


async def play(
    clock: VirtualTime,
    seconds: int,
    prepare: Callable[[int], list[Any]],
    take: Callable[[Any], None],
) -> float:
    """Hand over one second after the other; return the processor time that it took."""
    spent = 0.0
    gc.collect()
    gc.freeze()
    for second in range(seconds):
        batch = prepare(second)
        clock.now += 1
        begun = time.thread_time()
        for one in batch:
            take(one)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        spent += time.thread_time() - begun
        if second % 60 == 0:  # the recorder's thread wants to keep pace
            await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.05)
    gc.unfreeze()
    return spent


class Writes:
    """Counts what the recorder is told of."""

    def __init__(self, hass: Any) -> None:
        self.by_domain: Counter[str] = Counter()
        self.count = 0
        hass.bus.async_listen("state_changed", self._on_changed)

    @callback
    def _on_changed(self, event: Any) -> None:
        self.count += 1


async def rows(hass: Any) -> int:
    """Return how many states the database holds."""
    from homeassistant.components.recorder import get_instance
    from homeassistant.components.recorder.db_schema import States
    from homeassistant.components.recorder.util import session_scope
    from sqlalchemy import func, select

    def count() -> int:
        with session_scope(hass=hass, read_only=True) as session:
            return int(session.execute(select(func.count()).select_from(States)).scalar_one())

    instance = get_instance(hass)
    await instance.async_block_till_done()
    return await instance.async_add_executor_job(count)


# As pytest knows how to make a Home Assistant

pytestmark = pytest.mark.usefixtures("recorder_mock", "enable_custom_integrations", "quiet")


@pytest.fixture(scope="session")
def radios() -> list[Radio]:
    return air(int(os.environ[SECONDS]))


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def clock() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def costs(request: pytest.FixtureRequest) -> dict[str, Cost]:
    """Return where figures are noted: main() made the table, of a module of another name."""
    plugins = request.config.pluginmanager.get_plugins()
    return next(one.costs for one in plugins if type(one).__name__ == Table.__name__)


@pytest.fixture
async def display(hass: Any) -> AsyncGenerator[Callable[..., Any]]:
    """Return a way to set up this integration with a port that somebody else plays."""
    from pytest_homeassistant_custom_component.common import MockConfigEntry

    from custom_components.victron_espnow.const import DOMAIN
    from custom_components.victron_espnow.link import parse_hello

    class Port:
        async def greet(self) -> Any:
            return parse_hello(
                '{"role":"display","mac":"246F28000001","name":"Display","fw":"1","line":1,'
                '"radio":1,"provisioned":true,"boot":1,"uptime_s":5}'
            )

        async def next_line(self) -> Any:
            await asyncio.Event().wait()

        async def command(self, name: str, args: Any = None) -> Any:
            return {}

        async def close(self) -> None:
            return

    async def open_port(url: str, counters: Any) -> Port:
        return Port()

    entries = []

    async def set_up(radios: list[Radio], options: dict[str, int]) -> Any:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Display",
            unique_id="24:6F:28:00:00:01",
            data={"device": "socket://nowhere:1", "push_keys": False},
            options=options,
            subentries_data=[
                {
                    "data": {"mac": _mac(radio), "key": radio.key.hex()},
                    "subentry_type": "device",
                    "title": f"{radio.name} {radio.address[-1]}",
                    "unique_id": _mac(radio),
                }
                for radio in radios
            ],
        )
        entry.add_to_hass(hass)
        entries.append(entry)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry.runtime_data

    with (
        patch(f"{INTEGRATION}.hub.open_port", open_port),
        patch("homeassistant.components.usb.USBDiscovery.async_setup"),
    ):
        yield set_up
        for entry in entries:
            await hass.config_entries.async_unload(entry.entry_id)


def _mac(radio: Radio) -> str:
    return radio.address.hex(":").upper()


async def ours(
    hass: Any,
    clock: VirtualTime,
    radios: list[Radio],
    set_up: Any,
    name: str,
    options: dict[str, int],
) -> Cost:
    """Play the hour through the integration, from the bytes of the serial line on."""
    from custom_components.victron_espnow.lines import LineCutter
    from custom_components.victron_espnow.protocol import serial_line

    hub = await set_up(radios, options)
    with ExitStack() as stack:
        clock.apply(stack)
        node = bytes.fromhex("246F28000002")

        def lines(second: int) -> list[bytes]:
            found = []
            for number, radio in enumerate(radios):
                frame, rssi = radio.frames[second]
                payload = serial_line.encode_advert(radio.address, node, rssi, 0, frame)
                found.append(serial_line.encode(number, "adv", payload))
            return found

        cutter = LineCutter()

        def take(data: bytes) -> None:
            for line in cutter.feed(data):
                hub.handle(serial_line.parse(line))

        for line in lines(0):  # the entities come into being
            take(line)
        before, writes = await _begin(hass)
        spent = await play(clock, len(radios[0].frames), lines, take)
    return await _cost(hass, name, before, writes, radios, spent)


async def _begin(hass: Any) -> tuple[int, Writes]:
    for _ in range(20):
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.01)
    return await rows(hass), Writes(hass)


async def _cost(
    hass: Any, name: str, before: int, writes: Writes, radios: list[Radio], spent: float
) -> Cost:
    told = writes.count
    adverts = sum(len(radio.frames) for radio in radios)
    return Cost(name, await rows(hass) - before, told, adverts, spent)


async def test_ours_as_shipped(
    hass: Any, clock: Any, radios: Any, display: Any, costs: dict[str, Cost]
) -> None:
    costs[OURS] = await ours(hass, clock, radios, display, OURS, {})


async def test_ours_every_change(
    hass: Any, clock: Any, radios: Any, display: Any, costs: dict[str, Cost]
) -> None:
    from custom_components.victron_espnow import sensor

    every_change = {"power_every_s": 0, "others_every_s": 0}
    same = tuple(one for one in sensor.SENSORS if one.key in IN_CORE)
    with (
        patch.object(sensor, "SENSORS", same),
        patch(f"{INTEGRATION}.PLATFORMS", ["sensor"]),
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True),
    ):
        costs[EVERY_CHANGE] = await ours(hass, clock, radios, display, EVERY_CHANGE, every_change)


async def test_core(
    hass: Any, clock: Any, radios: Any, costs: dict[str, Cost], enable_bluetooth: None
) -> None:
    from habluetooth import BluetoothServiceInfoBleak
    from homeassistant.components.bluetooth import BluetoothChange
    from homeassistant.components.bluetooth.passive_update_processor import (
        PassiveBluetoothProcessorCoordinator,
    )
    from pytest_homeassistant_custom_component.common import MockConfigEntry

    coordinators: dict[bytes, PassiveBluetoothProcessorCoordinator[Any]] = {}
    entries = []
    for radio in radios:
        entry = MockConfigEntry(
            domain="victron_ble",
            title=f"{radio.name} {radio.address[-1]}",
            unique_id=_mac(radio),
            data={"access_token": radio.key.hex()},
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        coordinators[radio.address] = entry.runtime_data
        entries.append(entry)
    await hass.async_block_till_done()

    def adverts(second: int) -> list[tuple[Any, Any]]:
        found = []
        for radio in radios:
            frame, rssi = radio.frames[second]
            info = BluetoothServiceInfoBleak(
                radio.name, _mac(radio), rssi, {0x02E1: frame}, {}, [], "local", None, None,
                False, clock.now, None, None,
            )  # fmt: skip
            found.append((coordinators[radio.address], info))
        return found

    def take(one: tuple[Any, Any]) -> None:
        coordinator, info = one
        coordinator._async_handle_bluetooth_event(info, BluetoothChange.ADVERTISEMENT)

    with ExitStack() as stack:
        clock.apply(stack)
        for one in adverts(0):
            take(one)
        before, writes = await _begin(hass)
        spent = await play(clock, len(radios[0].frames), adverts, take)
    costs[CORE] = await _cost(hass, CORE, before, writes, radios, spent)
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)


def main() -> int:
    """Run all three, print the table."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else HOUR_S
    os.environ[SECONDS] = str(seconds)
    table = Table()
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore", "-o", "timeout=0"]
    code = pytest.main([str(Path(__file__)), *options], plugins=[table])
    return int(code) or int(not table.good_enough)


if __name__ == "__main__":
    sys.exit(main())
