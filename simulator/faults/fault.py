"""A fault: what happens, in steps with seconds between them, and what it may bring about."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..matrix.stage import Stage

# Yields the seconds until its next step; returns False when it had no chance to strike.
type Course = Generator[float, None, bool | None]

RECOVERY_S = (
    10.0  # until every device is fresh at the hub, once it is over: the worst of the recovery bars
)


async def _nothing(stage: Stage) -> None:
    """Need no preparation."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table."""

    name: str
    about: str
    course: Callable[[Stage], Course]
    within_s: float = RECOVERY_S
    prepare: Callable[[Stage], Awaitable[None]] = _nothing
    restarts: int = 0  # that a board may decide on because of it
    exceptions: tuple[str, ...] = ()  # that it may bring into the log
    changes: tuple[str, ...] = ()  # files of settings that it changes itself
