"""How much of a second the port may have: what is beyond it is a fault or an attack."""

import time

from .const import BYTES_PER_SECOND, LINES_PER_SECOND, WORK_PER_SECOND_S


class Budget:
    """Lines, bytes and time of work, counted anew each second."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._begin(time.monotonic())

    def _begin(self, now: float) -> None:
        self._began_at = now
        self._lines = self._bytes = 0
        self._worked_s = 0.0

    def take(self, lines: int, size: int) -> bool:
        """Spend lines and bytes; False when this second has had enough of anything."""
        now = time.monotonic()
        if now - self._began_at >= 1:
            self._begin(now)
        self._lines += lines
        self._bytes += size
        return (
            self._lines <= LINES_PER_SECOND
            and self._bytes <= BYTES_PER_SECOND
            and self._worked_s <= WORK_PER_SECOND_S
        )

    def worked(self, seconds: float) -> None:
        """Spend time.

        On a slow machine 400 lines take longer than their second: without this none would ever be too
        many, and Home Assistant would work off the past for minutes.
        """
        self._worked_s += seconds

    @property
    def left_s(self) -> float:
        """Return how much of this second is left."""
        return self._began_at + 1 - time.monotonic()
