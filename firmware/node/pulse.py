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
        self._has_come = None
        self.restarts = 0  # of its task

    def beat(self) -> None:
        """Tell that the task has come round once more."""
        self._last = time.ticks_ms()
        self._resting = False

    def rest(self, has_come=None) -> None:
        """Before a wait that may last for ever, for somebody's command: no beat is due until the next one.

        Unless `has_come()` tells that what is waited for is there.
        """
        self._resting = True
        self._has_come = has_come

    def missing(self, now: int) -> bool:
        """Tell whether a beat is overdue."""
        if not self._resting:
            return age_ms(self._last, now) > self._limit_ms
        if self._has_come and self._has_come():
            self.beat()  # the rest is over
        return False
