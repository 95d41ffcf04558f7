"""How much of our time the port may have: what is beyond it is a fault or an attack."""

import time

from .const import BYTES_PER_SECOND, LINES_PER_SECOND, WORK_AHEAD_S, WORK_SHARE


class Budget:
    """Lines and bytes are counted anew each second; work may be borrowed from the seconds to come."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._began_at = time.monotonic()
        self._lines = self._bytes = 0
        self._owed_s = 0.0

    def take(self, lines: int, size: int) -> bool:
        """Spend lines and bytes; False when this second has had enough of anything."""
        passed = time.monotonic() - self._began_at
        if passed >= 1:
            self._began_at += passed
            self._lines = self._bytes = 0
            self._owed_s = max(0.0, self._owed_s - WORK_SHARE * passed)
        self._lines += lines
        self._bytes += size
        return (
            self._lines <= LINES_PER_SECOND
            and self._bytes <= BYTES_PER_SECOND
            and self._owed_s <= WORK_AHEAD_S
        )

    def worked(self, seconds: float) -> None:
        """Spend time.

        On a slow machine 400 lines take longer than their second: without this none would ever be too
        many, and Home Assistant would work off the past for minutes.
        """
        self._owed_s += seconds

    @property
    def left_s(self) -> float:
        """Return how much of this second is left."""
        return self._began_at + 1 - time.monotonic()
