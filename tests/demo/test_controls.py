"""What the switches say of a fault that is over: only the right reading counts."""

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from simulator import protocol_route
from simulator.demo.controls import Controls
from simulator.node import NodeError

SHUNT, OTHER = bytes(6), bytes([1] * 6)


class Stage:
    """A display node that says what it is told to."""

    def __init__(self) -> None:
        self.world: Any = SimpleNamespace(now=100.0, air=SimpleNamespace(attempts=Counter()))
        self.sensor, self.display = (
            SimpleNamespace(radio=SimpleNamespace(channel=6), off=False) for _ in range(2)
        )
        self.display.on_line = self._listen
        phone: Any = SimpleNamespace(name="Shunt", address=SHUNT)
        self.controls = Controls(self.world, self.sensor, self.display, phone)

    def _listen(self, note: Any) -> None:
        self._note = note

    async def press(self, name: str) -> Any:
        """Return what the page is told when somebody presses a switch."""
        request: Any = SimpleNamespace(match_info={"name": name})
        return json.loads((await self.controls._turn(request)).text)

    def turned(self, name: str) -> Any:
        """Return a switch that has just been turned, off where it can be."""
        switch = self.controls._switches[name]
        switch.at = self.world.now
        self.controls._last = switch
        return switch

    def hear(self, mac: bytes, seconds: float) -> None:
        """Have the display node tell a reading, a while later."""
        self.world.now += seconds
        payload = protocol_route.module("serial_payloads").encode_advert(
            mac, OTHER, -60, 0, OTHER * 2
        )
        self._note(SimpleNamespace(kind="adv", payload=payload))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_only_the_device_itself_is_heard_again(stage: Stage) -> None:
    phone = stage.turned("phone")
    stage.hear(OTHER, 1)
    assert "Waiting for Shunt" in phone.says()
    stage.hear(SHUNT, 1)
    stage.hear(SHUNT, 1)
    assert phone.says().endswith("heard again after 2.0 s.")


def test_the_other_channel_is_found_once_both_are_there(stage: Stage) -> None:
    channel = stage.turned("channel")
    stage.display.radio.channel = 11
    stage.hear(OTHER, 1)
    assert "searches all channels" in channel.says()
    assert "searching" in channel.state()
    stage.sensor.radio.channel = 11
    stage.hear(OTHER, 1)
    assert channel.says().endswith("came after 2.0 s.")


def test_while_a_node_is_off_nothing_has_come_back(stage: Stage) -> None:
    sensor = stage.turned("sensor")
    sensor.on = True
    stage.hear(OTHER, 1)  # was on its way
    assert sensor.again is None
    assert "within a minute" in sensor.says()
    stage.world.now += 70
    assert "all tiles say" in sensor.says()
    assert sensor.state() == "off for 71 s"


async def test_of_a_node_that_does_not_answer_only_that_is_told(stage: Stage) -> None:
    async def command(*_: Any, **__: Any) -> None:
        raise NodeError("display sent no ack line in time.\nIt sent:\nrst:0x1 (POWERON_RESET)")

    stage.display.command = command
    told = await stage.press("alarm")
    assert told["now"] == "That did not work: display sent no ack line in time."
