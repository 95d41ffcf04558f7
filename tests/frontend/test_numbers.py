"""Numbers as people read them, and what they mean to the eye."""

import pytest

from .conftest import Call


@pytest.mark.parametrize(
    ("watts", "value", "unit"),
    [
        (None, "–", "W"),
        (0, "0", "W"),
        (-0.4, "0", "W"),
        (999.4, "999", "W"),
        (999.6, "1.00", "kW"),
        (-1234, "-1.23", "kW"),
        (12_345, "12.3", "kW"),
    ],
)
def test_a_power_is_told_in_watts_or_kilowatts(call: Call, watts, value: str, unit: str):
    assert call("format.js", "power", watts, "en") == {"value": value, "unit": unit}


def test_a_current_tells_its_direction(call: Call):
    assert call("format.js", "current", 9.8, "en")["value"] == "+9.80"
    assert call("format.js", "current", -29.94, "en")["value"] == "-29.9"
    assert call("format.js", "current", 0, "en")["value"] == "0.00"


def test_numbers_follow_the_readers_language(call: Call):
    assert call("format.js", "voltage", 13.325, "de")["value"] == "13,33"
    assert call("format.js", "voltage", 13.325, "en")["value"] == "13.33"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, ""),
        (7.6, "8 min"),
        (60, "1 h 0 min"),
        (5999, "99 h 59 min"),
        (6000, "4 d 4 h"),
    ],
)
def test_a_duration_has_two_units_at_most(call: Call, minutes, text: str):
    assert call("format.js", "duration", minutes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59.9, "59 s"), (60, "1 min"), (7199, "1 h"), (200_000, "2 d")],
)
def test_an_age_has_one_unit(call: Call, seconds: float, text: str):
    assert call("format.js", "age", seconds) == text


@pytest.mark.parametrize(
    ("percent", "level"),
    [
        (None, "unknown"),
        (10, "critical"),
        (10.1, "warning"),
        (20, "warning"),
        (20.1, "fine"),
    ],
)
def test_a_falling_state_of_charge_warns(call: Call, percent, level: str):
    assert call("system.js", "levelOf", percent) == level


def test_only_what_is_worth_it_flows(call: Call):
    assert not call("system.js", "flows", None)
    assert not call("system.js", "flows", 30)
    assert call("system.js", "flows", 30.1)
    assert call("system.js", "flows", -31)


def battery(power: float | None, lost: str = "") -> dict:
    return {"power": power, "lost": lost}


def source(power: float | None, lost: str = "", kind: str = "solar") -> dict:
    return {"power": power, "lost": lost, "kind": kind}


@pytest.mark.parametrize(
    ("monitor", "sources", "loads"),
    [
        (battery(50), [source(200), source(30)], 180),
        (battery(-60), [], 60),
        (battery(52), [source(50)], 0),  # measuring errors feed nobody
        (battery(None), [source(50)], None),
        (battery(50, "radio"), [source(50)], None),
        (battery(-60), [source(50, "radio")], None),  # what may be there is not counted as nothing
        (battery(-60), [source(None, "device", "charger")], 60),  # no mains, which is no fault
        (None, [source(50)], None),
    ],
)
def test_loads_take_what_the_battery_does_not(call: Call, monitor, sources, loads):
    assert call("system.js", "loadPower", {"battery": monitor, "sources": sources}) == loads


def test_every_language_has_its_own_words(call: Call):
    languages = [call("texts.js", "textsOf", one) for one in ("en", "de", "fr", "nl", "es", "it")]
    assert len({one["loads"] for one in languages}) == 6
    assert all(set(one) == set(languages[0]) and all(one.values()) for one in languages)
    assert call("texts.js", "textsOf", "de-CH")["loads"] == "Verbraucher"
    assert call("texts.js", "textsOf", "xx")["loads"] == "Loads"
