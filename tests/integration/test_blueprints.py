"""The automation blueprints are accepted by Home Assistant, and do in it what they say."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.blueprint.const import BLUEPRINT_FOLDER
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

from .conftest import Clock, SetUp, state, subentry, until
from .fake_node import PtyNode, Victron, vector
from .test_pacing import EVERY_CHANGE, shunt_payload

FOLDER = Path(__file__).parents[2] / "blueprints" / AUTOMATION / "victron_espnow"
NAMES = ("device_alarm", "low_battery", "no_data", "shore_power_lost")
TOLD = "told"

type Automate = Callable[..., Awaitable[list[str]]]


def telling(prefix: str) -> list[dict[str, Any]]:
    """Return actions of a user, who makes use of the blueprint's variables."""
    return [{"event": TOLD, "event_data": {"text": prefix + " | {{ message }}"}}]


@pytest.fixture
def automate(hass: HomeAssistant) -> Automate:
    """Return a way to make an automation of a blueprint, and to see what it told."""

    async def run(name: str, **inputs: Any) -> list[str]:
        target = Path(hass.config.path("blueprints", AUTOMATION, "victron_espnow"))
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(FOLDER / f"{name}.yaml", target)
        told: list[str] = []
        hass.bus.async_listen(TOLD, lambda event: told.append(event.data["text"]))
        use = {"path": f"victron_espnow/{name}.yaml", "input": inputs}
        config = {AUTOMATION: [{"alias": name, "use_blueprint": use}]}
        assert await async_setup_component(hass, AUTOMATION, config)
        await hass.async_block_till_done()
        assert state(hass, f"automation.{name}") == "on"
        return told

    return run


def test_there_are_four() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_home_assistant_accepts_it_and_says_what_it_is_for(
    hass: HomeAssistant, name: str
) -> None:
    assert await async_setup_component(hass, AUTOMATION, {})
    schema = async_get_blueprints(hass)._blueprint_schema
    data = load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    blueprint = Blueprint(data, expected_domain=AUTOMATION, schema=schema)
    assert blueprint.validate() is None
    assert blueprint.metadata["source_url"].endswith(
        f"/{BLUEPRINT_FOLDER}/automation/victron_espnow/{name}.yaml"
    )
    assert tuple(map(int, blueprint.metadata["homeassistant"]["min_version"].split("."))) <= tuple(
        int(part) for part in __version__.split(".")[:3]
    )
    for found in blueprint.metadata["input"].values():
        assert found["name"]
        assert "selector" in found


async def test_low_battery_is_told_once_and_so_is_its_recovery(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, automate: Automate
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    hass.config_entries.async_update_entry(entry, options=EVERY_CHANGE)
    charge = "sensor.house_state_of_charge"

    async def hear(soc: float) -> None:
        node.advertise(shunt, shunt.frame(payload=shunt_payload(12.6, -4, soc, 600)))
        await until(lambda: state(hass, charge) == str(soc))
        await hass.async_block_till_done()

    node.advertise(shunt, shunt.frame(payload=shunt_payload(12.6, -4, 60.0, 600)))
    await until(lambda: state(hass, charge) == "60.0")
    told = await automate(
        "low_battery",
        battery=charge,
        minutes=0,
        low_actions=telling("low"),
        recovered_actions=telling("recovered"),
    )
    for soc in (31.0, 29.6, 28.0, 33.0, 29.0, 41.0, 45.0):
        await hear(soc)
    assert told == [
        "low | House is down to 30 %",
        "low | House is down to 29 %",
        "recovered | House is back at 41 %",
    ]


async def test_alarms_are_told_as_they_come_and_go(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, shunt: Victron, automate: Automate
) -> None:
    """Two at once are two messages; those of the display node and those of the device itself."""
    await set_up(subentry(shunt, "House"))
    node.advertise(shunt, shunt.frame(payload=shunt_payload(12.6, -4, 60.0, 600)))
    await until(lambda: hass.states.get("event.house_device_alarm"))
    told = await automate(
        "device_alarm",
        events=["event.house_display_node_alarm", "event.house_device_alarm"],
        raised_actions=telling("!"),
        cleared_actions=telling("ok"),
    )
    node.advertise(shunt, shunt.frame(payload=shunt_payload(11.4, -4, 20.0, 60, alarm=0b101)))
    await until(lambda: len(told) == 2)
    node.send("alarm", '{"mac":"C0FFEE000002","kind":"soc_low","state":"raised","since":1}')
    await until(lambda: len(told) == 3)
    node.advertise(shunt, shunt.frame(payload=shunt_payload(12.6, -4, 60.0, 600)))
    await until(lambda: len(told) == 5)
    assert sorted(told[:2]) == ["! | House: low soc raised", "! | House: low voltage raised"]
    assert told[2] == "! | House: soc low raised"
    assert sorted(told[3:]) == ["ok | House: low soc cleared", "ok | House: low voltage cleared"]


async def test_no_data_is_told_with_its_cause(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    clock: Clock,
    automate: Automate,
) -> None:
    entry = await set_up(subentry(shunt, "House"))
    node.advertise(shunt)
    status = "sensor.house_reading_status"
    await until(lambda: state(hass, status) == "fresh")
    told = await automate(
        "no_data",
        statuses=[status],
        minutes=0,
        lost_actions=telling("lost"),
        back_actions=telling("back"),
    )
    clock.tick(120)
    entry.runtime_data._on_tick()
    await until(lambda: told)
    node.advertise(shunt)
    await until(lambda: len(told) == 2)
    assert told == ["lost | House: it is no longer heard", "back | House: it is back"]


async def test_shore_power_is_missed_and_comes_back(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp, automate: Automate
) -> None:
    captured = vector("VE.Bus")
    multi = Victron(captured, "C0:FF:EE:00:00:0C")
    await set_up(subentry(multi, "Multi"))

    async def hear(ac_in: int) -> None:
        whole = int.from_bytes(multi.payload, "little") & ~(3 << 46) | ac_in << 46
        payload = whole.to_bytes(len(multi.payload), "little")
        node.advertise(multi, multi.frame(payload=payload))
        wanted = ["ac_in_1", "ac_in_2", "not_connected"][ac_in]
        await until(lambda: state(hass, "sensor.multi_ac_in_state") == wanted)
        await hass.async_block_till_done()

    await hear(0)
    told = await automate(
        "shore_power_lost",
        source="sensor.multi_ac_in_state",
        minutes=0,
        lost_actions=telling("gone"),
        back_actions=telling("back"),
    )
    await hear(2)
    await hear(1)
    await hear(0)
    assert told == ["gone | Multi: shore power is gone", "back | Multi: shore power is back"]
