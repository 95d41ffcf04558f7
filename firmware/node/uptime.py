"""Seconds since the start, although the millisecond counter starts again every 12 days."""

import time


class Uptime:
    """Has to be asked at least every few days; health does so every few seconds."""

    def __init__(self) -> None:
        self._seconds = 0
        self._whole = time.ticks_ms()  # the moment up to which seconds are counted

    def seconds(self) -> int:
        """Return the whole seconds since the start."""
        passed = time.ticks_diff(time.ticks_ms(), self._whole) // 1000
        self._whole = time.ticks_add(self._whole, passed * 1000)
        self._seconds += passed
        return self._seconds
