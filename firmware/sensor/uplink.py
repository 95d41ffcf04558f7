"""Readings go up: what is unsent, every quarter of a second, in as few frames as possible.

A MAC acknowledgement saves a retry and proves nothing. Now and then a frame asks for a receipt that only
the display node can write; when receipts stay out, it is looked for again.
"""

import asyncio
import os
import time

from node.mac_text import readable
from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.radio_bodies import append_reading, start_readings, unpack_receipt
from sensor.advert_table import Advert

PERIOD_MS = 250
TRIES = 4
RECEIPT_EVERY_MS = 10_000
RECEIPT_AGAIN_MS = 1000
RECEIPT_WINDOW_MS = 80
CHALLENGE_BYTES = 4
NO_CHALLENGE = bytes(CHALLENGE_BYTES)
MOST_UNACKNOWLEDGED = 3
MOST_MISSING = 3
PAUSES_MS = (250, 500, 1000, 2000, 3000)


class Uplink:
    """Takes from the table, sends to the display node, looks for it when it is lost."""

    def __init__(self, table, link, downlink, session, home, hunt, log) -> None:
        self._table = table
        self._link = link
        self._downlink = downlink
        self._session = session
        self._home = home
        self._hunt = hunt
        self._log = log
        self._advert = Advert()
        self._in_frame = []  # slots whose adverts the present frame holds
        self._unacknowledged = 0
        self._missing = 0
        self._receipt_due = time.ticks_ms()
        self.sent = 0
        self.frames = 0
        self.receipts = 0
        self.missing_receipts = 0

    async def run(self, pulse) -> None:
        """Find the display node, send until it is lost, find it again."""
        found = self._home.known and await self._hunt.probe()
        while True:
            if not found:
                await self._search(pulse)
            home = self._home
            self._log.info(f"display node {readable(home.mac)} on channel {home.channel}")
            await self._send_until_lost(pulse)
            # Losing frames on the right channel is common; leaving it costs more than asking there.
            found = await self._hunt.probe()

    async def _search(self, pulse) -> None:
        """Sweep until an answer proves itself; between sweeps the scan goes on."""
        self._log.warning("looking for the display node")
        sweep = 0
        while not await self._hunt.sweep():
            pulse.beat()
            await asyncio.sleep_ms(PAUSES_MS[min(sweep, len(PAUSES_MS) - 1)])
            sweep += 1

    async def _send_until_lost(self, pulse) -> None:
        self._unacknowledged = self._missing = 0
        self._receipt_due = time.ticks_ms()
        while self._unacknowledged < MOST_UNACKNOWLEDGED and self._missing < MOST_MISSING:
            pulse.beat()
            await self._send_unsent()
            await asyncio.sleep_ms(PERIOD_MS)

    async def _send_unsent(self) -> None:
        """Send everything unsent, in one frame or several."""
        end = self._start_frame()
        for slot in range(len(self._table)):
            if not self._table.take(slot, self._advert):
                continue
            after = self._append(end)
            if not after:
                await self._send_frame(end)
                after = self._append(self._start_frame())
            end = after
            self._in_frame.append(slot)
        if self._in_frame:
            await self._send_frame(end)

    def _start_frame(self) -> int:
        self._in_frame = []
        return start_readings(self._session.body, NO_CHALLENGE)

    def _append(self, end: int) -> int:
        """Put the copied advert into the frame; 0 when it is full."""
        one = self._advert
        return append_reading(
            self._session.body, end, one.mac, one.rssi, one.age_ms, one.md, one.length
        )

    async def _send_frame(self, end: int) -> None:
        """Send one frame; its adverts go again if no radio heard it."""
        slots = self._in_frame
        self.sent += len(slots)  # before sealing: the header counts what the frame holds
        if time.ticks_diff(time.ticks_ms(), self._receipt_due) >= 0:
            acknowledged = await self._send_asking(end)
        else:
            acknowledged = await self._link.send(self._home.mac, self._seal(end), TRIES)
        if acknowledged:
            self.frames += 1
            self._unacknowledged = 0
            return
        self._unacknowledged += 1
        self.sent -= len(slots)
        for slot in slots:
            self._table.give_back(slot)

    async def _send_asking(self, end: int) -> bool:
        """Send a frame that wants a receipt, and listen for it."""
        challenge = os.urandom(CHALLENGE_BYTES)
        while challenge == NO_CHALLENGE:  # zeros ask for nothing
            challenge = os.urandom(CHALLENGE_BYTES)
        start_of_challenge = radio_frame.HEADER + 1
        body = self._session.body
        body[start_of_challenge : start_of_challenge + CHALLENGE_BYTES] = challenge
        frame = self._seal(end)
        self._downlink.pause_scan()
        try:
            acknowledged, receipt = await self._downlink.ask(
                self._home.mac,
                frame,
                TRIES,
                RECEIPT_WINDOW_MS,
                lambda one: _is_receipt(one, challenge),
            )
        finally:
            self._downlink.resume_scan()
        wait = RECEIPT_EVERY_MS if receipt else RECEIPT_AGAIN_MS
        self._receipt_due = time.ticks_add(time.ticks_ms(), wait)
        if receipt:
            self.receipts += 1
            self._missing = 0
            return True
        self.missing_receipts += 1
        self._missing += 1
        return acknowledged

    def _seal(self, end: int):
        return self._session.seal(end - radio_frame.HEADER, radio_frame.READINGS, self._home.mac)


def _is_receipt(opened, challenge: bytes) -> bool:
    """Tell whether this is the receipt for the frame with this random number."""
    if opened.kind != radio_frame.RECEIPT:
        return False
    try:
        return unpack_receipt(opened.body)[0] == challenge
    except ProtocolError:
        return False
