"""Alarms of the display node in the twin: from a reading to the serial line, the screen, the buzzer and the button."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulator import Node, World
from simulator.provision import provision, push_key
from simulator.world import FIRMWARE

from .batteries import Device, Devices, device
from .sabotage import Guard, firmware_without_all

BUTTON, BUZZER = 0, 4
QUIET_S = 15


@dataclass
class Boat:
    """A display node, a sensor node, and batteries that do as they are told."""

    world: World
    devices: Devices
    paths: tuple[Path, ...] = FIRMWARE
    alarms: list[dict[str, Any]] = field(default_factory=list)

    async def start(self) -> Boat:
        """Start both nodes and hand the display node the keys."""
        self.display = await self.world.start_node("display", tcp=None, paths=self.paths)
        self.sensor = await self.world.start_node("sensor", tcp=None)
        for node in (self.display, self.sensor):
            await provision(node, node.name)
        await self.devices.push_keys(self.display)
        self.display.on_line(self._note)
        self.world.add_source(self.devices)
        await self.world.sleep(10)
        return self

    def _note(self, line: Any) -> None:
        if line.kind == "alarm":
            self.alarms.append(json.loads(line.payload))

    async def heard(self, seconds: float) -> list[str]:
        """Return what the host hears within a time: "soc_low raised"."""
        self.alarms.clear()
        await self.world.sleep(seconds)
        return [f"{one['kind']} {one['state']}" for one in self.alarms]

    async def press(self, seconds: float) -> None:
        """Press the button for so long."""
        self.display.press(BUTTON, 0)
        await self.world.sleep(seconds)
        self.display.press(BUTTON, 1)
        await self.world.sleep(1)

    async def rings(self) -> bool:
        """Tell whether the buzzer sounds within the next seconds."""
        for _ in range(60):
            await self.world.sleep(0.05)
            if self.display.pins.get(BUZZER):
                return True
        return False


def shows_alarm(node: Node) -> bool:
    """Tell whether the first line of the screen is dark on light."""
    return all(node.oled.rows()[0])


@pytest.fixture
async def battery() -> Device:
    return device(1)


@pytest.fixture
async def boat(world: World, battery: Device) -> Boat:
    return await Boat(world, Devices(battery)).start()


async def test_a_low_charge_interrupts_rings_is_acknowledged_by_the_button_and_goes(
    boat: Boat, battery: Device
):
    await boat.display.command("set", pin_buzzer=BUZZER)
    boat.display.reset()
    await boat.world.sleep(10)
    assert not shows_alarm(boat.display)
    battery.values["soc_pct"] = 19.5
    assert await boat.heard(QUIET_S) == ["soc_low raised"]
    line = boat.alarms[0]
    assert (line["mac"], line["value"], line["limit"], line["severity"]) == (
        battery.mac, 19.5, 20, "warning",
    )  # fmt: skip
    assert shows_alarm(boat.display)
    battery.values["soc_pct"] = 9.5
    assert await boat.heard(QUIET_S) == ["soc_critical raised"]
    assert await boat.rings()
    boat.alarms.clear()
    await boat.press(0.2)  # too short to mean it
    assert shows_alarm(boat.display)
    await boat.press(1.5)
    assert sorted(one["state"] for one in boat.alarms) == ["acknowledged"] * 2
    assert not shows_alarm(boat.display)
    assert not await boat.rings()
    battery.values["soc_pct"] = 21.0  # back, but not far
    assert await boat.heard(QUIET_S) == ["soc_critical cleared"]
    battery.values["soc_pct"] = 23.5
    assert await boat.heard(QUIET_S) == ["soc_low cleared"]


async def test_a_voltage_that_is_pulled_down_for_a_while_is_no_alarm(boat: Boat, battery: Device):
    battery.values["battery_voltage_v"] = 11.2
    assert await boat.heard(50) == []
    battery.values["battery_voltage_v"] = 12.6
    assert await boat.heard(15) == []
    battery.values["battery_voltage_v"] = 11.2
    assert await boat.heard(70) == ["voltage_low raised"]


async def test_a_single_garbled_reading_is_no_alarm(boat: Boat, battery: Device):
    battery.values.update(soc_pct=0.0, alarm_reason=0x3FFF, battery_voltage_v=0.0)
    await boat.world.sleep(1)
    battery.values.clear()
    battery.silent = True  # its last word
    assert await boat.heard(30) == []
    battery.silent = False
    assert await boat.heard(30) == []


async def test_alarms_of_the_device_itself_are_named_on_the_screen(boat: Boat, battery: Device):
    battery.values["alarm_reason"] = 1 << 5 | 1 << 8
    assert await boat.heard(8) == ["device_alarm raised"]
    assert boat.alarms[0]["value"] == 1 << 5 | 1 << 8
    assert shows_alarm(boat.display)
    first = boat.display.oled.rows()
    battery.values["alarm_reason"] |= 1 << 13
    assert await boat.heard(3) == ["device_alarm raised"]
    assert boat.display.oled.rows() != first
    battery.values["alarm_reason"] = 0
    assert await boat.heard(20) == ["device_alarm cleared"]


async def test_a_silent_device_and_a_lost_sensor_node_are_told_apart_once_each(
    world: World, battery: Device
):
    others = [device(number) for number in range(2, 6)]
    boat = await Boat(world, Devices(battery, *others)).start()
    await boat.display.command("limits", mac=battery.mac, silent_s=20)
    battery.silent = True
    assert await boat.heard(40) == ["no_data raised"]
    assert (boat.alarms[0]["mac"], boat.alarms[0]["cause"]) == (battery.mac, "device")
    battery.silent = False
    assert await boat.heard(10) == ["no_data cleared"]
    boat.sensor.lose_power()
    assert await boat.heard(90) == ["no_data raised"]  # once, not for each of its devices
    assert (boat.alarms[0]["mac"], boat.alarms[0]["cause"]) == (
        boat.sensor.mac.hex().upper(),
        "radio",
    )
    boat.sensor.give_power()
    assert await boat.heard(20) == ["no_data cleared"]


async def test_limits_survive_a_restart_and_go_with_the_device(boat: Boat, battery: Device):
    display = boat.display
    in_force = await display.command("limits", mac=battery.mac, soc_low=80, voltage_low=None)
    assert in_force == {
        "soc_low": 80, "soc_critical": 10, "voltage_low": None, "voltage_high": 15.5, "silent_s": 600,
    }  # fmt: skip
    assert await boat.heard(QUIET_S) == ["soc_low raised"]
    display.power_cycle()
    assert await boat.heard(25) == ["soc_low raised"]
    await display.command("forget", mac=battery.mac)
    assert await boat.heard(3) == ["soc_low cleared"]
    await boat.devices.push_keys(display)
    assert await boat.heard(QUIET_S) == []


NOTED: Guard = ("display/notes.py", "and self._covers(alarm):", "and False:")


@pytest.mark.parametrize("guarded", [True, False])
async def test_what_was_acknowledged_does_not_ring_again_when_power_comes_back(
    world: World, tmp_path: Path, battery: Device, guarded: bool
):
    paths = FIRMWARE if guarded else firmware_without_all(tmp_path, [NOTED])
    boat = await Boat(world, Devices(battery), paths).start()
    battery.values["soc_pct"] = 5.0
    await world.sleep(QUIET_S)
    await boat.press(1.5)
    boat.display.power_cycle()
    states = {one.rpartition(" ")[2] for one in await boat.heard(25)}
    assert states == {"acknowledged" if guarded else "raised"}
    assert shows_alarm(boat.display) != guarded
    battery.values["soc_pct"] = 50.0
    await world.sleep(QUIET_S)
    battery.values["soc_pct"] = 5.0
    assert "soc_low raised" in await boat.heard(QUIET_S)  # another time is another alarm


PROVED: Guard = ("display/watch.py", "if reading and (not doubt or", "if reading and (True or")


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_wrong_key_with_the_right_first_byte_rings_nothing_and_is_named(
    world: World, tmp_path: Path, battery: Device, guarded: bool
):
    paths = FIRMWARE if guarded else firmware_without_all(tmp_path, [PROVED])
    boat = await Boat(world, Devices(battery), paths).start()
    assert await boat.heard(60) == []
    await push_key(boat.display, battery.address, battery.key[:1] + bytes(15), "Device 1")
    assert (await boat.heard(60) == []) is guarded
    if guarded:
        await boat.devices.push_keys(boat.display)
        battery.values["soc_pct"] = 5.0
        assert "soc_low raised" in await boat.heard(QUIET_S + 5)


async def test_a_host_that_asks_hears_of_what_stands(boat: Boat, battery: Device):
    battery.values["soc_pct"] = 5.0
    await boat.world.sleep(QUIET_S)
    await boat.display.command("acknowledge")
    await boat.world.sleep(1)
    await boat.display.command("hello")
    assert sorted(await boat.heard(2)) == ["soc_critical acknowledged", "soc_low acknowledged"]


async def test_a_node_that_is_looked_for_says_so_for_some_seconds(boat: Boat):
    await boat.display.command("identify")
    await boat.world.sleep(2)
    assert shows_alarm(boat.display)  # a page with a title
    await boat.world.sleep(10)
    assert not shows_alarm(boat.display)


async def test_a_test_alarm_goes_the_whole_way_and_by_itself(boat: Boat):
    await boat.display.command("alarm_test", severity="warning")
    assert await boat.heard(2) == ["test raised"]
    assert shows_alarm(boat.display)
    assert await boat.heard(12) == ["test cleared"]
    assert not shows_alarm(boat.display)


NEVER_TIRED: Guard = ("display/watch.py", "self._lines.take() and ", "")


@pytest.mark.parametrize("guarded", [True, False])
async def test_many_alarms_at_once_are_all_told_but_not_all_at_once(
    world: World, tmp_path: Path, guarded: bool
):
    devices = [device(number) for number in range(1, 11)]
    paths = FIRMWARE if guarded else firmware_without_all(tmp_path, [NEVER_TIRED])
    boat = await Boat(world, Devices(*devices), paths).start()
    for one in devices:
        one.values.update(soc_pct=5.0, alarm_reason=1, battery_voltage_v=16.0)
    await world.sleep(QUIET_S)
    raised = len(boat.alarms)
    assert (raised < 32) is guarded
    await world.sleep(20)
    assert len({(one["mac"], one["kind"]) for one in boat.alarms}) == 32  # as many as are kept
