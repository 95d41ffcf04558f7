"""What is wired to the boards, their memory and their clock."""

import functools
from typing import TYPE_CHECKING

from ..node import OLED_ADDRESS
from ..protocol_route import module
from .fault import Course, Fault

if TYPE_CHECKING:
    from ..air import Transmission
    from ..matrix.stage import Stage

_BUTTON = 0
_GONE_S = 5
_STUCK_S = 12
_SHORT_S = 15  # over one look at the memory at least
_LEFT = 2500  # bytes
_GASPS = (
    1450,
    1300,
    1150,
)  # bytes left each time, enough to tell what failed and not for every frame
_HOLES = 16  # bytes that no hole is larger than
_GASP_S, _BETWEEN_S = 0.03, 2.0
_DAY_S = 86_400


def _panel_gone(stage: Stage) -> Course:
    panel = stage.display.i2c.pop(OLED_ADDRESS)
    yield _GONE_S
    panel.lose_power(stage.world.random)
    stage.display.i2c[OLED_ADDRESS] = panel
    return True


def _panel_restart(stage: Stage) -> Course:
    stage.display.oled.lose_power(stage.world.random)
    yield 0
    return True


def _button_stuck(stage: Stage) -> Course:
    stage.display.press(_BUTTON, 0)
    yield _STUCK_S
    stage.display.press(_BUTTON, 1)
    return True


def _button_bounces(stage: Stage) -> Course:
    for number in range(200):
        stage.display.press(_BUTTON, number % 2)
        yield 0.01
    return True


def _clock(stage: Stage) -> Course:
    """The host's clock is a day ahead, a day behind, then right."""
    payloads = module("serial_payloads")
    for number, jump in enumerate((_DAY_S, -_DAY_S, 0)):
        unix = 1_790_000_000 + int(stage.world.now) + jump
        stage.display.uart.feed(payloads.encode_command(0, number, "time", {"unix": unix}))
        yield 1
    return True


def _memory(which: str, stage: Stage) -> Course:
    node = getattr(stage, which)
    node.occupy(_LEFT)
    yield _SHORT_S
    node.occupy(None)
    return True


def _gasps(stage: Stage) -> Course:
    """A few times there is no memory while a frame comes in."""
    display, after = stage.display, stage.world.timeline.after
    due: list[int] = []

    def come(sent: Transmission) -> None:
        if due and sent.sender == stage.sensor.name:
            display.occupy(due.pop(), _HOLES)
            after(round(_GASP_S * 1e6), functools.partial(display.occupy, None))

    stage.world.air.sniff(come)
    for left in _GASPS:
        due[:] = [left]
        yield _BETWEEN_S
    due.clear()
    return True


FAULTS = [
    Fault("OLED gone", f"The OLED is off the bus for {_GONE_S} s.", _panel_gone),
    Fault("OLED restart", "The OLED loses its power for a moment.", _panel_restart),
    Fault("button stuck", f"The button is down for {_STUCK_S} s.", _button_stuck),
    Fault("button bounces", "The button's contacts bounce for 2 s.", _button_bounces),
    Fault("clock", "The host's clock jumps by a day, both ways.", _clock),
    *(
        Fault(
            f"{which} memory", f"{_LEFT} bytes of the {which} node's heap are left, for {_SHORT_S} s.",
            functools.partial(_memory, which), 15, restarts=1, exceptions=("MemoryError",),
        )
        for which in ("display", "sensor")
    ),
    Fault(
        "display gasps", f"There are {_GASPS[-1]} to {_GASPS[0]} bytes left when a frame comes, {len(_GASPS)} times.",
        _gasps, 15, restarts=len(_GASPS), exceptions=("MemoryError",),
    ),
]  # fmt: skip
