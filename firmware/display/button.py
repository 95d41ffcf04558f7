"""The board's button: what a press is, short or long, is read from flash while it is down (display/press.py)."""

import asyncio
import time

from machine import Pin

from node.borrowed import Borrowed, seldom

SAMPLE_MS = 20
HELD_MS = 200  # between two looks at a button that nobody lets go


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
            await self._follow(pulse)

    @seldom
    async def _follow(self, pulse) -> None:
        """Sample the button until it is up again."""
        with Borrowed("display.press") as module:
            press = module.Press()
        while not press.at_rest:
            pulse.beat()
            kind = press.take(not self._pin.value(), time.ticks_ms())
            if kind:
                self._on_press(kind)
            await asyncio.sleep_ms(HELD_MS if press.counted else SAMPLE_MS)

    def _notice(self, _pin) -> None:
        self._changed.set()
