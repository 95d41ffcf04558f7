"""Buzzer and lamp: a rhythm for each severity, silent once somebody took note."""

import asyncio

from machine import Pin

from display.alarm_rules import CRITICAL, WARNING

TICK_MS = 100

# One letter a tick; the rhythm starts again at its end.
RHYTHMS = {
    CRITICAL: "1101101100000000000000000",
    WARNING: "1100000000000000000000000000000000000000000000000000000000000000",
}
REMINDER = "10000000000000000000"  # the lamp, while an acknowledged alarm stands


class Sounder:
    """Plays what the alarms ask for, a tick at a time; -1 stands for a pin that is not there."""

    def __init__(self, alarms, buzzer: int, lamp: int) -> None:
        self._alarms = alarms
        self._buzzer = Pin(buzzer, Pin.OUT, value=0) if buzzer >= 0 else None
        self._lamp = Pin(lamp, Pin.OUT, value=0) if lamp >= 0 else None
        self._wanted = asyncio.Event()

    def look(self) -> None:
        """Something changed: play, or be silent, from the next tick on."""
        self._wanted.set()

    async def run(self, pulse) -> None:
        """Play for ever; costs nothing while there is no alarm."""
        while True:
            pulse.rest(self._wanted.is_set)
            await self._wanted.wait()
            self._wanted.clear()
            tick = 0
            playing = ""
            while self._alarms.active():
                pulse.beat()
                loudest = self._alarms.loudest()
                if loudest != playing:
                    playing = loudest
                    tick = 0
                self._play(loudest, tick)
                tick += 1
                await asyncio.sleep_ms(TICK_MS)
            self._set(self._buzzer, False)
            self._set(self._lamp, False)

    def _play(self, severity: str, tick: int) -> None:
        rhythm = RHYTHMS.get(severity, REMINDER)
        is_on = rhythm[tick % len(rhythm)] == "1"
        self._set(self._lamp, is_on)
        self._set(self._buzzer, is_on and severity != "")

    def _set(self, pin, on: bool) -> None:
        if pin:
            pin.value(on)
