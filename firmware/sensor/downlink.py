"""Ask and listen: the scan pauses, since hardly anything is received while it runs (esp-idf#17874)."""

import time

MOST_OLD = 64  # more frames than the receive buffer holds
UNHEARD_MS = (
    5  # what no radio acknowledged is hardly answered; only the acknowledgement may be lost
)


class Downlink:
    """Short windows in which the antenna belongs to the radio link."""

    def __init__(self, link, scanner, session) -> None:
        self._link = link
        self._scanner = scanner
        self._session = session
        self._since = 0
        self.paused_ms = 0  # the scan, all pauses together
        self.rssi = 0  # of the newest answer

    async def ask(self, mac: bytes, frame, tries: int, window_ms: int, is_answer) -> tuple:
        """Send, then listen; return (acknowledged by MAC, (source, answer) or None)."""
        self._forget_old()
        acknowledged = await self._link.send(mac, frame, tries)
        if not acknowledged:
            window_ms = UNHEARD_MS
        end = time.ticks_add(time.ticks_ms(), window_ms)
        while True:
            answer = self._look(is_answer, end)
            left = time.ticks_diff(end, time.ticks_ms())
            if answer or left <= 0:
                return acknowledged, answer
            await self._link.wait(left)

    def pause_scan(self) -> None:
        """Give the antenna to the radio link."""
        self._since = time.ticks_ms()
        self._scanner.pause()

    def resume_scan(self) -> None:
        """Give the antenna back."""
        self._scanner.start()
        self.paused_ms += time.ticks_diff(time.ticks_ms(), self._since)

    def _forget_old(self) -> None:
        """Drop what arrived before the question: it is no answer; frames may come in faster than this."""
        for number, _ in enumerate(self._link.frames(), 1):
            if number >= MOST_OLD:
                return

    def _look(self, is_answer, end: int):
        """Return the first waiting frame that is genuine and answers the question; look no longer than `end`."""
        for mac, frame, rssi in self._link.frames():
            opened = self._session.open(mac, frame)
            answer = opened and is_answer(opened)
            if answer:
                self.rssi = rssi
                return mac, answer
            if time.ticks_diff(end, time.ticks_ms()) <= 0:
                return None
        return None
