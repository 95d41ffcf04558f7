"""The sign of life that every task gives; the watchdog is fed only while none is missing."""

import time

from node.age import age_ms

LIMIT_MS = 30_000


class Pulse:
    """Belongs to one task; its loop beats it at least every `limit_ms`."""

    def __init__(self, name: str, limit_ms: int = LIMIT_MS) -> None:
        self.name = name
        self._limit_ms = limit_ms
        self._last = time.ticks_ms()
        self._resting = False
        self.restarts = 0  # of its task

    def beat(self) -> None:
        """Tell that the task has come round once more."""
        self._last = time.ticks_ms()
        self._resting = False

    def rest(self) -> None:
        """Before a wait that may last for ever, for somebody's command: no beat is due until the next one."""
        self._resting = True

    def missing(self, now: int) -> bool:
        """Tell whether a beat is overdue."""
        return not self._resting and age_ms(self._last, now) > self._limit_ms
