"""What people see on the OLED: drawn from the bytes the firmware sends, kept as pictures, and read back from them."""

from pathlib import Path

import pytest
from PIL import Image

from simulator.sh1106 import Sh1106
from simulator.ssd1306 import Ssd1306

from . import reader
from .pictures import GOLDENS, load, panels, shown
from .runner import PROJECT
from .scenes import BATTERY_VALUES, SCENES, SHUNT, SOLAR, SOLAR_VALUES, device, scene

NAMES = [one["name"] for one in SCENES]
DEVICES = ("battery", "solar", "charger", "dcdc", "orion", "multi", "smart", "inverter", "energy")
STALE = [one for one in NAMES if one.endswith(("silent", "lost")) and one.startswith(DEVICES)]
IN_DOCUMENTS = PROJECT / "docs" / "oled"  # by scripts/oled-pictures
LARGE, SECOND = 24, 16  # pixels that a number has at least

# scene: the numbers with their units from the top, then the words
SAID: dict[str, tuple[str, str]] = {
    "battery": ("13.19V 87% -12.3A -163W 20:34h", ""),
    "battery-charging": ("13.19V 54% +7.20A 95W", ""),
    "battery-full": ("13.19V 100% 0.00A 0W", ""),
    "battery-low": ("13.19V 8% -0.05A -1W 0:09h", ""),
    "battery-empty": ("10.40V 0% -1.00A -10W 20:34h", ""),
    "battery-negative": ("-0.02V 87% 0.00A 0W 20:34h", ""),
    "battery-huge": ("327.7V 102% -2097A -687.2kW 45d", ""),
    "battery-huge-charge": ("58.40V 87% +449A 26.2kW 6d", ""),
    "battery-not-available": ("---V -- ---A ---W", ""),
    "battery-silent": ("-- 12m ago", "DEVICE SILENT"),
    "battery-node-lost": ("-- 4h ago", "NODE LOST"),
    "battery-not-heard": ("--", "NOT HEARD YET"),
    "battery-wrong-key": ("--", "WRONG KEY"),
    "battery-checking-key": ("--", "CHECKING KEY"),
    "battery-moved": ("13.19V 87% -12.3A -163W 20:34h", ""),
    "solar": ("13.42V 331W 24.6A 1.25kWh", "BULK"),
    "solar-night": ("13.42V 0W 0.0A 1.25kWh", "OFF"),
    "solar-huge": ("65534W 655kWh", "RECOND"),
    "solar-kilowatt": ("13V 1480W 25A 12.34kWh", "FLOAT"),
    "solar-not-available": ("---V --W ---A ---kWh", ""),
    "solar-unknown-state": ("13.42V 331W 24.6A 1.25kWh", ""),
    "solar-silent": ("-- 45s ago", "DEVICE SILENT"),
    "charger": ("41C 12.3A 14.25V", "ABSORB"),
    "charger-external": ("41C 100.5A 14.25V", "EXTERN"),
    "charger-node-lost": ("-- 3m ago", "NODE LOST"),
    "dcdc": ("14.20V 13.80V in", "BULK"),
    "orion-xs": ("32.5A 14.20V", "BULK"),
    "multi": ("285W 0W 12.98V", "INVERT"),
    "multi-charging": ("-2.3kW 1890W 12.98V", "ABSORB"),
    "multi-huge": ("262kW -262kW 163.8V", "EXTERN"),
    "multi-not-available": ("---W ---W ---V", ""),
    "multi-silent": ("-- 2h ago", "DEVICE SILENT"),
    "smart-lithium": ("13.3V -7C", "EVEN"),
    "battery-protect": ("12.6V 12.70V", "ON"),
    "inverter": ("310VA 12.60V 230.4V", "INVERT"),
    "energy-meter": ("-4.56A 12.70V -58W", ""),
    "energy-meter-huge": ("-2.1kA 327.7V -687kW", ""),
    "unpublished": ("--", "UNKNOWN TYPE"),
    "not-provisioned": ("", "NOT SET UP, CONNECT USB"),
    "no-node": ("", "WAITING FOR, SENSOR NODE"),
    "no-device": ("", "NO VICTRON, DEVICE HEARD"),
    "no-key": ("", "NO KEYS YET"),
    "system": ("-61dBm 2s ago 4m ago", "OK"),
    "system-second-node": ("-84dBm 9s ago 4m ago", "OK"),
    "system-node-lost": ("2h ago", "LOST, NOT YET"),
    "system-host-silent": ("-61dBm 2s ago 2h ago", "SILENT"),
    "system-no-node": ("4m ago", "NONE HEARD, OK"),
    "survey": ("5.0% 180/min -71Bow -88Ster", ""),
    "survey-begins": ("---% ---/min -67Bow", ""),
    "survey-silent": ("5.0% 180/min ---", ""),
    "survey-empty": ("---% ---/min", ""),
    "alarm-charge": ("9.5%", ""),
    "alarm-voltage": ("15.6V", ""),  # 15.54 V: never on the good side of the limit
    "alarm-voltage-low": ("11.4V", ""),  # 11.49 V
    "alarm-device": ("", "LOW, TEMPERATURE"),
    "alarm-device-silent": ("", "DEVICE SILENT"),
    "alarm-node-lost": ("", "SENSOR NODE, LOST"),
    "alarm-test": ("", "TEST ALARM"),
    "dark": ("", ""),
    "woken-by-the-button": ("13.19V 87% -12.3A -163W 20:34h", ""),
    "woken-by-an-alarm": ("19.0%", ""),
}
# scene: labels among those on it
WRITTEN = {
    "battery": ["House", "1s"],
    "battery-silent": ["House", "12m"],
    "battery-alarm-acknowledged": ["House", "!1s"],
    "battery-long-name": ["Batterie Kue", "1s"],
    "battery-long-name-end": ["Kueche vorn", "1s"],
    "battery-cyrillic": ["Bortovaya"],
    "solar-unknown-state": ["code 77"],
    "multi": ["AC out", "AC in", "battery"],
    "no-key": ["add your devices", "in HomeAssistant"],
    "system-second-node": ["Stern", "2/2", "Home Assistant"],
    "wifi-joined": ["Harbour WiFi", "192.168.178.31", "channel 11 17:05"],
    "wifi-own": ["Saloon-0002", "password:", "k7wq3mzt9hbn", "192.168.4.1"],
    "wifi-wrong-password": ["wrong password"],
    "own-network-while-empty": ["k7wq3mzt9hbn"],
    "survey": ["House", "lost"],
    "alarm-charge": ["ALARM", "House", "1m", "charge", "low", "hold button: ok"],
    "alarm-voltage": ["ALARM", "1/2", "voltage", "high"],
    "alarm-device-several": ["low temperature,", "overload, DC", "ripple"],
    "alarm-charger-error": ["WARNING", "Shore", "battery voltage", "too high (2)"],
    "identify": ["here I am", "Saloon", "02:d1:59:", "00:00:02"],
}


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_the_one_that_was_looked_at(name: str) -> None:
    assert panels()[name].rows() == load(GOLDENS / f"{name}.png")


def test_no_picture_is_kept_of_what_is_not_shown() -> None:
    assert sorted(file.stem for file in GOLDENS.glob("*.png")) == sorted(NAMES)


@pytest.mark.parametrize("name", [file.stem for file in IN_DOCUMENTS.glob("*.png")])
def test_the_documents_show_what_the_panel_does(name: str, tmp_path: Path) -> None:
    panels()[name].png(tmp_path / "now.png", 3)
    with Image.open(tmp_path / "now.png") as now, Image.open(IN_DOCUMENTS / f"{name}.png") as kept:
        assert (now.size, now.tobytes()) == (kept.size, kept.convert(now.mode).tobytes())


@pytest.mark.parametrize("name", SAID)
def test_what_the_picture_says_is_what_the_device_said(name: str) -> None:
    rows = panels()[name].rows()
    assert (" ".join(reader.quantities(rows)), ", ".join(reader.words(rows))) == SAID[name]


@pytest.mark.parametrize("name", WRITTEN)
def test_names_ages_and_labels_stand_on_the_picture(name: str) -> None:
    written = reader.labels(panels()[name].rows())
    assert [
        one for one in WRITTEN[name] if one not in written and one not in " ".join(written)
    ] == []


def test_an_sh1106_shows_the_same_pictures() -> None:
    chosen = [
        one
        for one in SCENES
        if one["name"] in ("battery", "battery-moved", "solar", "alarm-charge")
    ]
    for name, panel in shown(chosen, Sh1106).items():
        assert panel.rows() == load(GOLDENS / f"{name}.png")
        assert panel.unknown_commands == []


@pytest.mark.parametrize("tenths", [0, 4, 95, 195, 543, 876, 999, 1000])
def test_every_charge_is_read_back(tenths: int) -> None:
    assert f"{tenths // 10}%" in _charges()[tenths]


def test_another_value_is_another_picture_and_another_reading() -> None:
    for field, other in {
        "soc_pct": 88.0, "battery_voltage_v": 13.18, "battery_current_a": -12.445, "ttg_min": 1235,
    }.items():  # fmt: skip
        changed = scene("changed", device(SHUNT, 0x02, BATTERY_VALUES | {field: other}))
        rows = shown([changed], Ssd1306)["changed"].rows()
        assert rows != load(GOLDENS / "battery.png"), field
        assert " ".join(reader.quantities(rows)) != SAID["battery"][0], field


def test_a_single_pixel_too_many_is_no_digit_any_more() -> None:
    rows = panels()["battery"].rows()
    place = next(one for one in reader.read(rows) if one.text == "87")
    rows[place.y + 16][place.x + 1] = not rows[place.y + 16][place.x + 1]
    assert "87%" not in reader.quantities(rows)


@pytest.mark.parametrize("name", [one for one in SAID if one.startswith(DEVICES)])
def test_a_device_has_one_large_number_and_no_small_one(name: str) -> None:
    texts = reader.read(panels()[name].rows())
    numbers = [one for one in texts if any(sign in one.text for sign in "0123456789-")]
    assert sum(one.height >= LARGE for one in numbers) == 1
    small = [one.text for one in numbers if one.height < SECOND]
    assert [one for one in small if not _is_age(one) and one != "code 77"] == []


@pytest.mark.parametrize(
    "name", [one for one in SAID if one.startswith(("survey", "alarm-charge", "alarm-volt"))]
)
def test_survey_and_alarms_have_a_large_number_too(name: str) -> None:
    assert max(one.height for one in reader.read(panels()[name].rows())) >= LARGE


@pytest.mark.parametrize("name", STALE)
def test_what_is_stale_shows_dashes_its_age_and_its_cause_and_no_number(name: str) -> None:
    rows = panels()[name].rows()
    dashes, age = reader.quantities(rows)
    assert dashes == "--"
    assert age.endswith(" ago")
    assert reader.words(rows) in (["DEVICE SILENT"], ["NODE LOST"])


def test_of_a_stale_reading_nothing_is_left_on_the_picture() -> None:
    other = {"soc_pct": 12.0, "battery_voltage_v": 11.0, "battery_current_a": 1.0, "ttg_min": 5}
    stale = [
        scene("one", device(SHUNT, 0x02, BATTERY_VALUES, age="12m")),
        scene("other", device(SHUNT, 0x02, BATTERY_VALUES | other, age="12m")),
        scene("sun", device(SOLAR, 0x01, SOLAR_VALUES, age="12m")),
    ]
    pictures = [panel.rows() for panel in shown(stale, Ssd1306).values()]
    assert pictures[0] == pictures[1] == pictures[2]


def test_a_dark_screen_is_switched_off_and_keeps_silent_until_it_is_woken() -> None:
    assert not panels()["dark"].on
    assert panels()["woken-by-the-button"].on
    assert panels()["woken-by-an-alarm"].on


def _is_age(text: str) -> bool:
    return text.lstrip("!")[:-1].isdigit() and text[-1] in "smhd"


_read: dict[int, list[str]] = {}


def _charges() -> dict[int, list[str]]:
    """Return what is read for some states of charge, shown in one go."""
    if not _read:
        scenes = [
            scene(str(tenths), device(SHUNT, 0x02, BATTERY_VALUES | {"soc_pct": tenths / 10}))
            for tenths in (0, 4, 95, 195, 543, 876, 999, 1000)
        ]
        for name, panel in shown(scenes, Ssd1306).items():
            _read[int(name)] = reader.quantities(panel.rows())
    return _read
