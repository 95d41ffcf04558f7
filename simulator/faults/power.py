"""Power and resets of the boards, and power that goes in the middle of a write."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from .fault import Course, Fault

if TYPE_CHECKING:
    from ..matrix.stage import Stage
    from ..node import Node

_OFF_S = 3
_ARMED_S = 8  # for the next write to come
type Boards = Callable[[Stage], tuple[Node, ...]]


def _display(stage: Stage) -> tuple[Node, ...]:
    return (stage.display,)


def _sensor(stage: Stage) -> tuple[Node, ...]:
    return (stage.sensor,)


def _both(stage: Stage) -> tuple[Node, ...]:
    return (stage.display, stage.sensor)


def _off(boards: Boards, stage: Stage) -> Course:
    for node in boards(stage):
        node.lose_power()
    yield _OFF_S
    for node in boards(stage):
        node.give_power()
    return True


def _reset(boards: Boards, stage: Stage) -> Course:
    for node in boards(stage):
        node.reset()
    yield 0
    return True


def _flickers(boards: Boards, stage: Stage) -> Course:
    """Power that comes back and goes again while the board starts."""
    for off_s in (0.1, 0.4, 0.7):
        for node in boards(stage):
            node.lose_power()
            node.give_power(off_s)
        yield off_s + 0.35
    return True


def _torn_write(boards: Boards, stage: Stage) -> Course:
    return _cut(boards(stage)[0], lambda node, left: node.chip.cut_after(left, torn=True))


def _lost_commit(boards: Boards, stage: Stage) -> Course:
    return _cut(boards(stage)[0], lambda node, left: node.nvs.cut_after(left))


def _cut(node: Node, arm: Callable[[Node, int | None], None]) -> Course:
    life = node.life
    arm(node, 0)
    for _ in range(_ARMED_S * 10):
        if node.life != life:
            break
        yield 0.1
    arm(node, None)
    if not node.off:
        return False
    yield _OFF_S
    node.give_power()
    return True


def _rows(who: str, boards: Boards) -> list[Fault]:
    rows = (
        ("off", f"The {who} has no power for {_OFF_S} s.", _off),
        ("reset", f"The reset button of the {who}.", _reset),
        ("flicker", f"The power of the {who} goes three times while it starts.", _flickers),
        ("torn write", f"The power of the {who} goes halfway through its next write.", _torn_write),
        ("lost commit", f"… before its next number is in NVS ({who}).", _lost_commit),
    )
    return [
        Fault(f"{boards.__name__.strip('_')} {name}", about, functools.partial(course, boards))
        for name, about, course in rows
    ]


FAULTS = [
    *_rows("display node", _display),
    *_rows("sensor node", _sensor),
    Fault("both off", f"Nothing has power for {_OFF_S} s.", functools.partial(_off, _both)),
]
