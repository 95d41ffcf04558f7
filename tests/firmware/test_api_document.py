"""The example of docs/api.md is what a node answers: the same names, the same kinds of values."""

import asyncio
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from simulator import World
from simulator.provision import provision
from tests.simulator.batteries import Device, Devices

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    text = re.search(r"```json example\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert text
    return json.loads(text[1])


async def answer() -> dict[str, Any]:
    """Have a node in trouble say what it knows."""
    async with World(seed=5, real_time=False) as world:
        display = await world.start_node("display", tcp=None)
        sensor = await world.start_node("sensor", tcp=None)
        for node, name in ((display, "Cabin"), (sensor, "Battery box")):
            await provision(node, node.name, name=name)
        values = {"battery_voltage_v": 12.31, "soc_pct": 14.5, "ttg_min": 121}
        shunt = Device(bytes.fromhex("C00000A1A202"), 0x02, values)
        roof = Device(bytes.fromhex("C00000A1A201"), 0x01)
        await display.command("key", mac=shunt.mac, key=shunt.key.hex(), name="Shunt")
        await display.command("set", wifi_mode="ap")
        await display.command("time", unix=1_790_000_000)
        world.add_source(Devices(shunt, roof))
        await world.sleep(60)
        return json.loads(await read(world, display.web_url))


async def read(world: World, url: str) -> bytes:
    """Ask while the world goes on."""

    def ask() -> bytes:
        with urllib.request.urlopen(url + "/api/state", timeout=20) as stream:
            return stream.read()

    asked = asyncio.ensure_future(asyncio.to_thread(ask))
    while not asked.done():
        await world.sleep(0.05)
    return asked.result()


async def test_the_example_has_the_names_and_kinds_of_a_real_answer(example: dict[str, Any]):
    found = await answer()
    assert shape(found) == shape(example)
    macs = [[one["mac"] for one in answer["devices"]] for answer in (found, example)]
    assert macs[0] == macs[1]  # the battery first: nobody has placed them
    (alarm,) = found["alarms"]
    assert alarm.items() >= {"kind": "soc_low", "value": 14.5, "limit": 20.0}.items()
    shunt, roof = sorted(found["devices"], key=lambda one: one["kind"])
    assert list(shunt["values"])[:4] == list(example["devices"][0]["values"])[:4]
    assert (shunt["values"]["soc_pct"], shunt["values"]["power_w"]) == (14.5, -55)
    assert (roof["cause"], "values" in roof) == ("key_missing", False)


def shape(state: dict[str, Any]) -> dict[str, Any]:
    """Return names and types."""
    device, other = sorted(state["devices"], key=lambda one: one["kind"])
    return {
        "state": {name: type(value) for name, value in state.items()},
        "alarm": {name: type(value) for name, value in state["alarms"][0].items()},
        "device": {name: type(value) for name, value in device.items()},
        "silent": {name: type(value) for name, value in other.items()},
        "node": {name: type(value) for name, value in state["nodes"][0].items()},
    }


async def test_no_answer_holds_a_key_or_a_password():
    async with World(seed=6, real_time=False) as world:
        display = await world.start_node("display", tcp=None)
        await provision(display, "display")
        shunt = Device(bytes.fromhex("C00000A1A202"))
        await display.command("key", mac=shunt.mac, key=shunt.key.hex(), name="Shunt")
        await display.command("set", wifi_mode="ap", wifi_ssid="home", wifi_password="secret words")
        await world.sleep(5)
        said = (await read(world, display.web_url)).decode().lower()
        assert "provisioned" in said
        for secret in (shunt.key.hex(), "secret words", "password", '"key"'):
            assert secret not in said
