"""Makes one press of a button's samples; pure, and borrowed while the button is down."""

import time

STEADY = 3  # equal samples in a row; contacts bounce for 10 ms or so
LONG_MS = 1000
SHORT, LONG = "short", "long"


class Press:
    """Takes samples until one press is over."""

    def __init__(self) -> None:
        self._steady = 0
        self._level = False
        self._since = None  # when it went down; None while it is up
        self._is_over = False  # counted already

    def take(self, down: bool, now: int) -> str:
        """Take one sample; return SHORT, LONG or nothing."""
        self._steady = self._steady + 1 if down == self._level else 1
        self._level = down
        if self._steady < STEADY:
            return ""
        if down:
            return self._held(now)
        was_short = self._since is not None and not self._is_over
        self._since = None
        self._is_over = False
        return SHORT if was_short else ""

    @property
    def at_rest(self) -> bool:
        """Tell whether the button is up for good."""
        return not self._level and self._steady >= STEADY

    @property
    def counted(self) -> bool:
        """Tell whether only its release is waited for."""
        return self._is_over

    def _held(self, now: int) -> str:
        if self._since is None:
            self._since = now
        if self._is_over or time.ticks_diff(now, self._since) < LONG_MS:
            return ""
        self._is_over = True
        return LONG
