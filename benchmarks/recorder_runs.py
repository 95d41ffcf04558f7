"""One integration in a real Home Assistant with a real recorder, played an hour of advertisements.

pytest runs this for `recorder_rows.py`, once for each integration; each is played while it has its turn.
"""

import asyncio
import gc
import logging
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from recorder_rows import PIPES, SECONDS, TURN_S, Cost, Turns, told

# Before the hass fixture mounts a custom_components of its own.
import custom_components  # noqa: F401

DEVICES = 20
# 17 + 3 + 3 + 3 devices. Core's parser does not know one of them, and fails at another's balancer;
# two are switched off.
SCENARIOS = (("boat", 1, 0), ("day", 1, 4 * 3600), ("day", 2, 4 * 3600), ("day", 3, 4 * 3600))
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


@dataclass(frozen=True)
class Radio:
    """One device of the air: who it is, and what it sends each second."""

    name: str
    address: bytes
    key: bytes
    frames: list[tuple[bytes, int]]


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
            if device.name in NOT_IN_CORE or not device.md or len(radios) == DEVICES:
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
                assert device.md, f"{device.name} fell silent"
                radio.frames.append((device.md, rssi))
    assert len(radios) == DEVICES
    return radios


class VirtualTime:
    """The clock of the event loop and of the integration."""

    def __init__(self) -> None:
        self.now = self._begun_at = time.monotonic()
        self._begun = dt_util.utcnow()
        self.tick(0)

    def tick(self, seconds: float) -> None:
        self.now += seconds
        self.monotonic = repeat(self.now).__next__  # as quick as the real one

    def time(self) -> float:
        return self.now

    def utcnow(self) -> datetime:
        return self._begun + timedelta(seconds=self.now - self._begun_at)

    def apply(self, stack: ExitStack) -> None:
        loop = asyncio.get_running_loop()
        loop.set_debug(False)
        stack.enter_context(patch.object(loop, "time", self.time))
        # Not with freezegun, whose look at the clock costs as much as an advertisement.
        stack.enter_context(patch.object(dt_util, "utcnow", self.utcnow))
        for module in ("device", "devices", "following", "incoming", "node"):
            stack.enter_context(patch(f"{INTEGRATION}.{module}.time", self))


async def play(
    hass: Any,
    turns: Turns,
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
        if second % TURN_S == 0:
            await next_turn(hass, turns)
        batch = prepare(second)
        clock.tick(1)
        begun = time.thread_time()
        for one in batch:
            take(one)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        spent += time.thread_time() - begun
    await next_turn(hass, turns)
    gc.unfreeze()
    return spent


async def next_turn(hass: Any, turns: Turns) -> None:
    """Let the recorder's thread work up what it got, then the others play."""
    from homeassistant.components.recorder import get_instance

    run = asyncio.get_running_loop().run_in_executor
    while get_instance(hass).backlog:
        await run(None, time.sleep, 0.01)
    turns.say("end")
    await run(None, turns.hear)


class Writes:
    """Counts what the recorder is told of."""

    def __init__(self, hass: Any) -> None:
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


@pytest.fixture(scope="session")
def turns() -> Turns:
    inward, outward = os.environ[PIPES].split()
    return Turns(int(inward), int(outward))


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """As Home Assistant has it by default; a test would commit each row by itself."""
    return {"commit_interval": 5}


@pytest.fixture
async def display(hass: Any) -> AsyncGenerator[Callable[..., Any]]:
    """Return a way to set up this integration with a port that somebody else plays."""
    from pytest_homeassistant_custom_component.common import MockConfigEntry

    from custom_components.victron_espnow.const import DOMAIN
    from custom_components.victron_espnow.hello import parse_hello

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

    async def connect(url: str, counters: Any) -> Port:
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
        patch(f"{INTEGRATION}.link_keeper.connect", connect),
        patch("homeassistant.components.usb.USBDiscovery.async_setup"),
    ):
        yield set_up
        for entry in entries:
            await hass.config_entries.async_unload(entry.entry_id)


def _mac(radio: Radio) -> str:
    return radio.address.hex(":").upper()


async def ours(
    hass: Any,
    turns: Turns,
    clock: VirtualTime,
    radios: list[Radio],
    set_up: Any,
    options: dict[str, int],
) -> None:
    """Play the hour through the integration, from the bytes of the serial line on."""
    from custom_components.victron_espnow.lines import LineCutter, parse
    from custom_components.victron_espnow.protocol import serial_line

    handle = (await set_up(radios, options)).incoming.handle
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
                handle(parse(line))

        for line in lines(0):  # the entities come into being
            take(line)
        before, writes = await _begin(hass)
        spent = await play(hass, turns, clock, len(radios[0].frames), lines, take)
    await _tell(hass, turns, before, writes, radios, spent)


async def _begin(hass: Any) -> tuple[int, Writes]:
    for _ in range(20):
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.01)
    return await rows(hass), Writes(hass)


async def _tell(
    hass: Any, turns: Turns, before: int, writes: Writes, radios: list[Radio], spent: float
) -> None:
    count = writes.count
    adverts = sum(len(radio.frames) for radio in radios)
    turns.say(told(Cost(await rows(hass) - before, count, adverts, spent)))


async def test_ours_as_shipped(
    hass: Any, turns: Turns, clock: Any, radios: Any, display: Any
) -> None:
    await ours(hass, turns, clock, radios, display, {})


async def test_ours_every_change(
    hass: Any, turns: Turns, clock: Any, radios: Any, display: Any
) -> None:
    from custom_components.victron_espnow import sensor

    every_change = {"power_every_s": 0, "others_every_s": 0}
    same = tuple(one for one in sensor.SENSORS if one.key in IN_CORE)
    with (
        patch.object(sensor, "SENSORS", same),
        patch(f"{INTEGRATION}.PLATFORMS", ["sensor"]),
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True),
    ):
        await ours(hass, turns, clock, radios, display, every_change)


async def test_core(
    hass: Any, turns: Turns, clock: Any, radios: Any, enable_bluetooth: None
) -> None:
    from homeassistant.components.bluetooth.api import async_get_advertisement_callback

    hand_over = async_get_advertisement_callback(hass)
    await core(hass, turns, clock, radios, lambda _, info: hand_over(info))


async def test_coordinators_of_core(
    hass: Any, turns: Turns, clock: Any, radios: Any, enable_bluetooth: None
) -> None:
    from homeassistant.components.bluetooth import BluetoothChange

    def hand_over(coordinator: Any, info: Any) -> None:
        coordinator._async_handle_bluetooth_event(info, BluetoothChange.ADVERTISEMENT)

    await core(hass, turns, clock, radios, hand_over)


async def core(
    hass: Any,
    turns: Turns,
    clock: VirtualTime,
    radios: list[Radio],
    hand_over: Callable[[Any, Any], None],
) -> None:
    """Play the hour through core's integration."""
    from bleak.backends.device import BLEDevice
    from habluetooth import BluetoothServiceInfoBleak
    from homeassistant.components.bluetooth.passive_update_processor import (
        PassiveBluetoothProcessorCoordinator,
    )
    from pytest_homeassistant_custom_component.common import MockConfigEntry

    known = {one.address: BLEDevice(_mac(one), one.name, {}) for one in radios}
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
                radio.name, _mac(radio), rssi, {0x02E1: frame}, {}, [], "local", known[radio.address], None,
                False, clock.now, None, None,
            )  # fmt: skip
            found.append((coordinators[radio.address], info))
        return found

    def take(one: tuple[Any, Any]) -> None:
        hand_over(*one)

    with ExitStack() as stack:
        clock.apply(stack)
        for one in adverts(0):
            take(one)
        before, writes = await _begin(hass)
        spent = await play(hass, turns, clock, len(radios[0].frames), adverts, take)
    await _tell(hass, turns, before, writes, radios, spent)
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)
