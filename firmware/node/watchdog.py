"""The watchdog resets the board when a task no longer comes round, or nothing runs at all.

It cannot be stopped once it runs (machine_wdt.c), so in safe mode it is never started.
"""

import time

import machine

# Longer than anything that blocks: a flash erase, a stuck host, a radio that starts.
TIMEOUT_MS = 20_000


class Watchdog:
    """Fed only while every pulse beats."""

    def __init__(self) -> None:
        self._timer = None
        self.pulses = []

    def start(self) -> None:
        """From now on it has to be fed."""
        self._timer = machine.WDT(timeout=TIMEOUT_MS)

    def look(self) -> str:
        """Feed it, or return the name of a task whose beat is missing."""
        now = time.ticks_ms()
        for pulse in self.pulses:
            if pulse.missing(now):
                return pulse.name
        if self._timer:
            self._timer.feed()
        return ""
