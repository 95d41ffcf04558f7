"""The board's button: a short press, or a long one that counts while it is still held."""

import asyncio
import time

from machine import Pin

SAMPLE_MS = 20
STEADY = 3  # equal samples in a row; contacts bounce for 10 ms or so
LONG_MS = 1000
HELD_MS = 200  # between two looks at a button that nobody lets go
SHORT, LONG = "short", "long"


class Press:
    """Makes one press of samples; pure."""

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
        return self._since is None and not self._level and self._steady >= STEADY

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


class Button:
    """Sleeps until the pin changes, then samples it until it is up again."""

    def __init__(self, pin: int, on_press) -> None:
        self._pin = Pin(pin, Pin.IN, Pin.PULL_UP)
        self._on_press = on_press  # called with SHORT or LONG
        self._changed = asyncio.ThreadSafeFlag()
        self._pin.irq(self._notice, Pin.IRQ_FALLING)

    async def run(self, pulse) -> None:
        """Report presses for ever."""
        while True:
            pulse.rest()
            await self._changed.wait()
            press = Press()
            while not press.at_rest:
                pulse.beat()
                kind = press.take(not self._pin.value(), time.ticks_ms())
                if kind:
                    self._on_press(kind)
                await asyncio.sleep_ms(HELD_MS if press.counted else SAMPLE_MS)

    def _notice(self, _pin) -> None:
        self._changed.set()
