"""What can be set of the display node's screen: how it is asked for, and what the node calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import probatio
from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

_BRIGHTEST = 255  # what the display node calls 100 %

# Options by name (firmware/display/option_table.py).
type Options = Mapping[str, Any]


@dataclass(frozen=True)
class ScreenOption:
    """One option of the node, and the field that asks for it."""

    name: str
    field: NumberSelector | SelectSelector
    shown: Callable[[Any], Any] = lambda value: value
    kept: Callable[[Any], Any] = int


def as_percent(brightness: int) -> int:
    """Return what people call a brightness of the node's."""
    return round(brightness * 100 / _BRIGHTEST)


def as_brightness(percent: float) -> int:
    """Return what the node calls it; what is not off stays so."""
    return max(1, round(percent * _BRIGHTEST / 100)) if percent else 0


def _number(most: int, unit: str | None = None) -> NumberSelector:
    box = NumberSelectorMode.BOX
    config = NumberSelectorConfig(min=0, max=most, step=1, mode=box)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


_PANEL = SelectSelector(
    SelectSelectorConfig(
        options=[
            SelectOptionDict(value="0", label="SSD1306"),
            SelectOptionDict(value="2", label="SH1106"),
        ],
        mode=SelectSelectorMode.LIST,
    )
)
SCREEN_OPTIONS = (
    ScreenOption("page_seconds", _number(3600, UnitOfTime.SECONDS)),
    ScreenOption("saver_minutes", _number(1440, UnitOfTime.MINUTES)),
    ScreenOption("night_brightness", _number(100, PERCENTAGE), as_percent, as_brightness),
    ScreenOption("night_from", _number(23)),
    ScreenOption("night_to", _number(23)),
    ScreenOption("oled_offset", _PANEL, str),
)


def schema(told: Options, kept: Options) -> probatio.Schema:
    """Return what to ask for: whatever the node knows, everything while it is away."""
    known = [one for one in SCREEN_OPTIONS if not told or one.name in {**told, **kept}]
    return probatio.Schema({probatio.Optional(one.name): one.field for one in known})


def shown(told: Options, kept: Options) -> Options:
    """Return what the fields are filled in with."""
    known = {**told, **kept}
    return {
        one.name: one.shown(known[one.name])
        for one in SCREEN_OPTIONS
        if isinstance(known.get(one.name), int)  # whatever a board may tell
    }


def chosen(typed: Options, told: Options, kept: Options) -> Options:
    """Return what is to be kept: what nobody changed stays the node's own business."""
    before = shown(told, kept)
    known = {**told, **kept}
    found = {}
    for one in SCREEN_OPTIONS:
        if one.name not in typed:
            continue
        if typed[one.name] != before.get(one.name):
            found[one.name] = one.kept(typed[one.name])
        elif one.name in kept:  # 207 of 255 are 81 %, which would be another 207
            found[one.name] = known[one.name]
    return found
