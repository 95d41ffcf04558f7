"""Processor time and memory of Home Assistant with a number of devices; growth.py runs it with pytest."""

import os
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.allocated import allocated
from benchmarks.recorder_rows import (  # noqa: F401 - fixtures
    DEVICES,
    Radio,
    air,
    clock,
    display,
    ours,
    quiet,
)

SECONDS, NUMBER = "GROWTH_SECONDS", "GROWTH_NUMBER"
KINDS = 5

pytestmark = pytest.mark.usefixtures("recorder_mock", "enable_custom_integrations", "quiet")


class Found:
    """What was measured; a plugin of the run, where the test finds it."""

    def __init__(self) -> None:
        self.second_us = 0.0
        self.kilobytes = 0.0


@pytest.fixture(scope="session")
def modelled() -> list[Radio]:
    return air(int(os.environ.get(SECONDS, "0")))


@pytest.fixture
def found(request: pytest.FixtureRequest) -> Any:
    plugins = request.config.pluginmanager.get_plugins()
    return next(one for one in plugins if type(one).__name__ == Found.__name__)


def some(modelled: list[Radio], number: int) -> list[Radio]:
    """Return so many devices: the same few again and again, so that five times as many are five "
    "times the work.
    """
    few = modelled[:: DEVICES // KINDS]
    return [
        replace(few[index % KINDS], address=bytes([0xC0, 0, 0, 0, 1, index]))
        for index in range(number)
    ]


@pytest.mark.parametrize(
    "number", [1, int(os.environ.get(NUMBER, "1"))], ids=["warm-up", "measured"]
)
async def test_growth(
    hass: Any, clock: Any, modelled: Any, display: Any, found: Found, number: int  # noqa: F811
) -> None:  # fmt: skip
    before = allocated()
    cost = await ours(hass, clock, some(modelled, number), display, "", {})
    found.second_us = cost.processor_s / len(modelled[0].frames) * 1e6
    found.kilobytes = (allocated() - before) / 1024
