"""The card for everybody: in every state, by day and night, on phones of two widths."""

from typing import Any

import pytest
from playwright.sync_api import Page

from .access import obstacles, obstacles_when_narrow
from .test_drawing import TRAILER, card

CARD = "victron-espnow-card"
BOAT = {**TRAILER, "Orion": "converter", "Stern battery with a long name": "battery"}

type States = list[tuple[dict[str, str], dict[str, Any] | None]]

# name: devices, configuration, and what is said of them
STATES: dict[str, tuple[dict[str, str], dict[str, Any], States]] = {
    "fine": (BOAT, {}, []),
    "low": (TRAILER, {}, [({"sensor.shunt_state_of_charge": "15"}, {"unit_of_measurement": "%"})]),
    "warning": (TRAILER, {}, [({"binary_sensor.shunt_problem": "on"}, {"active": ["soc_low"]})]),
    "alarm": (
        TRAILER,
        {},
        [
            ({"sensor.shunt_state_of_charge": "5"}, {"unit_of_measurement": "%"}),
            ({"binary_sensor.shunt_problem": "on"}, {"active": ["voltage_low"]}),
        ],
    ),
    "stale": (
        TRAILER,
        {},
        [
            ({"sensor.shunt_reading_status": "radio_lost"}, None),
            ({"sensor.roof_reading_status": "wrong_key"}, None),
            ({"sensor.shore_reading_status": "link_lost"}, None),
            ({"binary_sensor.box_radio_connection": "off"}, None),
        ],
    ),
    "no mains": (TRAILER, {}, [({"sensor.shore_reading_status": "device_silent"}, None)]),
    "no data": ({}, {}, []),
    "example": ({}, {"demo": True}, []),
    "title": (TRAILER, {"title": "The boat"}, []),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", STATES)
def test_the_card_is_open_to_everybody(blank: Page, name: str, dark: bool):
    devices, config, said = STATES[name]
    blank.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
    one = card(blank, devices, config, dark=dark)
    for states, attributes in said:
        one.say(states, attributes)
    blank.evaluate(
        "() => document.body.getAnimations({ subtree: true }).forEach(one => one.pause())"
    )
    assert obstacles(blank, CARD) == []
    assert obstacles_when_narrow(blank, CARD) == []
    blank.evaluate("document.body.classList.remove('dark')")
