"""So many at once, then one at a time: keeps a fault or an attacker from making us talk for ever."""

import time


class Allowance:
    """A token bucket."""

    def __init__(self, at_once: int, every_ms: int) -> None:
        self._most = at_once
        self._every_ms = every_ms
        self._left = at_once
        self._filled = time.ticks_ms()

    def take(self) -> bool:
        """Use one up; False when none is left."""
        earned = time.ticks_diff(time.ticks_ms(), self._filled) // self._every_ms
        if earned > 0:
            self._filled = time.ticks_add(self._filled, earned * self._every_ms)
            self._left = min(self._most, self._left + earned)
        if not self._left:
            return False
        self._left -= 1
        return True
