"""Processor time and memory of Home Assistant with a number of devices; growth.py runs it with pytest."""

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from recorder_rows import Cost
from recorder_runs import (  # noqa: F401 - fixtures
    DEVICES,
    Radio,
    air,
    clock,
    display,
    ours,
    quiet,
    recorder_config,
)

from benchmarks.allocated import allocated
from benchmarks.growth import NUMBERS, SECONDS, InHomeAssistant

KINDS = 5

pytestmark = pytest.mark.usefixtures("recorder_mock", "enable_custom_integrations", "quiet")


class Alone:
    """Stands for the pipes by which several runs take turns: here it is always ours."""

    said = ""

    def say(self, word: str) -> None:
        self.said = word

    def hear(self) -> str:
        return "go"

    @property
    def cost(self) -> Cost:
        """Return what was said last."""
        return Cost(**json.loads(self.said))


@pytest.fixture(scope="session")
def modelled() -> list[Radio]:
    return air(int(os.environ.get(SECONDS, "0")))


@pytest.fixture
def found(request: pytest.FixtureRequest) -> Any:
    plugins = request.config.pluginmanager.get_plugins()
    return next(one for one in plugins if isinstance(one, InHomeAssistant))


def some(modelled: list[Radio], number: int) -> list[Radio]:
    """Return so many devices: the same few again and again, so that five times as many are five times the work."""
    few = modelled[:: DEVICES // KINDS]
    return [
        replace(few[index % KINDS], address=bytes([0xC0, 0, 0, 0, 1, index]))
        for index in range(number)
    ]


def numbers() -> list[Any]:
    """Return the sizes to measure, behind one that warms up."""
    measured = [int(word) for word in os.environ.get(NUMBERS, "1").split()]
    return [pytest.param(1, False, id="warm-up"), *((number, True) for number in measured)]


@pytest.mark.parametrize(("number", "counts"), numbers())
async def test_growth(
    hass: Any, clock: Any, modelled: Any, display: Any, found: Any, number: int, counts: bool  # noqa: F811
) -> None:  # fmt: skip
    turns: Any = Alone()
    before = allocated()
    await ours(hass, turns, clock, some(modelled, number), display, {})
    second_us = turns.cost.processor_s / len(modelled[0].frames) * 1e6
    if counts:
        found.take(number, second_us, (allocated() - before) / 1024)
