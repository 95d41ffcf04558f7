"""A boat whose display node serves its page: real firmware, and devices that say what a test tells them."""

from typing import Any

from simulator import World
from simulator.provision import provision
from tests.simulator.batteries import Device, Devices

from .beside import Beside

BATTERY, SOLAR, CHARGER = 0x02, 0x01, 0x08
NAMES = {BATTERY: "Shunt", SOLAR: "Roof", CHARGER: "Shore"}


def devices() -> list[Device]:
    """Return a battery that is charged by the sun and by a charger."""
    values: dict[int, dict[str, Any]] = {
        BATTERY: {
            "battery_voltage_v": 13.2,
            "battery_current_a": 10.0,
            "soc_pct": 76.4,
            "ttg_min": 754,
        },
        SOLAR: {
            "device_state": 3,
            "pv_power_w": 210,
            "yield_today_wh": 1230,
            "battery_current_a": 15.0,
        },
        CHARGER: {"device_state": 5, "battery_voltage1_v": 13.3, "battery_current1_a": 4.0},
    }
    return [Device(bytes([0xC0, 0, 0, 0xA1, 0xA2, kind]), kind, values[kind]) for kind in values]


class Boat(Beside):
    """Its display node, its sensor node and its devices."""

    def __init__(self) -> None:
        super().__init__()
        self.battery, self.solar, self.charger = devices()
        self.run(self._start())

    async def _start(self) -> None:
        self.world = World(seed=4)
        self.display = await self.world.start_node("display")
        self.sensor = await self.world.start_node("sensor")
        for node, name in ((self.display, "Cabin"), (self.sensor, "Battery box")):
            await provision(node, node.name, name=name)
        await self.display.command("set", wifi_mode="ap")
        self.on_air = Devices(self.battery, self.solar, self.charger)
        for device in self.on_air.devices:
            await self.give_key(device)
        self.world.add_source(self.on_air)

    async def give_key(self, device: Device, key: bytes | None = None) -> None:
        """Give the display node a device's key and name, as Home Assistant does."""
        args = {
            "mac": device.mac,
            "key": (key or device.key).hex(),
            "name": NAMES[device.record_type],
        }
        await self.display.command("key", **args, place=device.record_type % 8)

    def command(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Send the display node a command."""
        return self.run(self.display.command(name, **arguments))

    @property
    def url(self) -> str:
        """Return where the page is."""
        return self.display.web_url

    def close(self) -> None:
        """End everything."""
        self.run(self.world.stop())
        super().close()
