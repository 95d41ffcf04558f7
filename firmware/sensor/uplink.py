"""Readings go up: what is unsent, every quarter of a second, in as few frames as possible.

A MAC acknowledgement saves a retry and proves nothing. Every other second a frame asks for a receipt that
only the display node can write; when receipts stay out, it is looked for again. When it is not found, the
readings go out on each channel in turn: it may well hear us where we cannot hear it.
"""

import asyncio
import os
import time

from node.age import age_ms
from node.borrowed import seldom
from node.mac_text import readable
from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.radio_bodies import append_reading, order_of, start_readings, unpack_receipt
from sensor.advert_table import SLOTS, Advert
from sensor.hunt import CHANNELS

PERIOD_MS = 250
TRIES = 4
RETRY_MS = 40  # between frames that no radio acknowledges
LOST_MS = 2500  # of them; most bursts of noise are over by then, and leaving the channel costs more
RECEIPT_EVERY_MS = 2000
RECEIPT_AGAIN_MS = 200
RECEIPT_WINDOW_MS = 80
QUIET_MS = 4000  # without anything to send; then a frame without readings is a sign of life
HURRY_MS = 200  # the same while a receipt is missing
CHALLENGE_BYTES = 4
NO_CHALLENGE = bytes(CHALLENGE_BYTES)
MOST_MISSING = 2
PAUSES_MS = (250, 500, 1000, 2000)
PATIENCE = 3  # sweeps without an answer until readings are broadcast
ALOUD_MS = 1000
LEAP_MS = 300_000  # protocol.md 2.5


class Uplink:
    """Takes from the table, sends to the display node, looks for it when it is lost."""

    def __init__(self, table, link, downlink, session, home, hunt, errands, log) -> None:
        self._table = table
        self._link = link
        self._downlink = downlink
        self._session = session
        self._home = home
        self._hunt = hunt
        self._errands = errands
        self._log = log
        self._advert = Advert()
        self._slots = bytearray(SLOTS)  # whose adverts the present frame holds
        self._held = 0  # of them: taken, and neither sent nor given back
        self._failing = False  # the newest frame was not acknowledged
        self._failing_since = 0
        self._missing = 0  # receipts for frames that were acknowledged
        self._receipt_due = self._spoke = self._proved = time.ticks_ms()
        self.sent = 0
        self.sending = 0  # in the frame that is under way
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
            self._proved = time.ticks_ms()
            self._log.info(f"display node {readable(home.mac)} on channel {home.channel}")
            await self._send_until_lost(pulse)
            # Losing frames on the right channel is common; leaving it costs more than asking there.
            found = await self._hunt.probe()

    @seldom
    async def _search(self, pulse) -> None:
        """Sweep until an answer proves itself; between sweeps the scan goes on."""
        self._log.warning("looking for the display node")
        sweep = 0
        while not await self._hunt.sweep():
            end = time.ticks_add(time.ticks_ms(), PAUSES_MS[min(sweep, len(PAUSES_MS) - 1)])
            sweep += 1
            left = 1
            while left > 0:
                pulse.beat()
                if sweep >= PATIENCE:
                    await self._send_aloud()
                left = time.ticks_diff(end, time.ticks_ms())
                await asyncio.sleep_ms(max(0, min(left, ALOUD_MS)))

    async def _send_until_lost(self, pulse) -> None:
        self._failing = False
        self._missing = 0
        self._receipt_due = time.ticks_ms()
        while self._missing < MOST_MISSING and not self._failing_for_long():
            pulse.beat()
            await self._send_unsent(self._send_frame)
            in_hurry = self._missing or self._failing or self._errands.surveying
            if self._quiet_ms() >= (HURRY_MS if in_hurry else QUIET_MS):
                await self._send_frame(self._start_frame())
            if self._errands.due:
                length = self._errands.pack(self._session.body)
                self._errands.told(await self._send(length, radio_frame.STATE))
            await asyncio.sleep_ms(RETRY_MS if self._failing else PERIOD_MS)

    def _failing_for_long(self) -> bool:
        return self._failing and age_ms(self._failing_since, time.ticks_ms()) >= LOST_MS

    @seldom
    async def _send_aloud(self) -> None:
        """Send on each channel in turn, since no answer comes; numbers get above any ceiling in time."""
        if age_ms(self._proved, time.ticks_ms()) >= LEAP_MS:
            self._proved = time.ticks_ms()
            self._session.leap()
        await self._send_unsent(self._broadcast_frame)
        if self._errands.due or self._quiet_ms() >= QUIET_MS:
            await self._broadcast(self._errands.pack(self._session.body), radio_frame.STATE)
            self._errands.told(True)

    async def _send_unsent(self, send) -> None:
        """Send everything unsent, in one frame or several."""
        try:
            end = self._start_frame()
            for slot in range(len(self._table)):
                while self._table.take(slot, self._advert):
                    self._slots[self._held] = slot
                    self._held += 1
                    after = self._append(end)
                    if after:
                        end = after
                        break
                    self._give_back(self._held - 1)
                    await send(end)
                    end = self._start_frame()
            if self._held:
                await send(end)
        finally:  # memory may run out anywhere
            self._give_back(0)

    def _start_frame(self) -> int:
        return start_readings(self._session.body, NO_CHALLENGE)

    def _give_back(self, kept: int) -> None:
        """Let go again what was taken, but for the first ones."""
        while self._held > kept:
            self._held -= 1
            self._table.give_back(self._slots[self._held])

    def _append(self, end: int) -> int:
        """Put the copied advert into the frame; 0 when it is full."""
        one = self._advert
        return append_reading(
            self._session.body, end, one.mac, one.rssi, one.age_ms, one.md, one.length
        )

    async def _send_frame(self, end: int) -> None:
        """Send one frame; its adverts go again if no radio heard it."""
        length = end - radio_frame.HEADER
        now = time.ticks_ms()
        heard = self._begin_sending()
        try:
            if self._errands.surveying or time.ticks_diff(now, self._receipt_due) >= 0:
                await self._send_asking(length)
            else:
                await self._send(length, radio_frame.READINGS)
        finally:
            self._settle(heard)

    def _begin_sending(self) -> int:
        """Before sealing: the header counts what the frame holds. Return what `_settle` wants to know."""
        self.sending = self._held
        return self._confirmed()

    def _confirmed(self) -> int:
        """Return how often a radio, or a receipt where its acknowledgement was lost, has confirmed a frame."""
        return self._link.acknowledged + self.receipts

    def _settle(self, heard: int) -> None:
        """Count what was heard, give back what was not; memory may have run out before or behind that."""
        self.sending = 0
        if self._confirmed() != heard:
            self.sent += self._held
            self.frames += 1
            self._failing = False
            self._held = 0
            return
        if not self._failing:
            self._failing = True
            self._failing_since = time.ticks_ms()
        self._give_back(0)

    async def _send_asking(self, length: int) -> None:
        """Send a frame that wants a receipt, and listen for it."""
        challenge = os.urandom(CHALLENGE_BYTES)
        while challenge == NO_CHALLENGE:  # zeros ask for nothing
            challenge = os.urandom(CHALLENGE_BYTES)
        start_of_challenge = radio_frame.HEADER + 1
        body = self._session.body
        body[start_of_challenge : start_of_challenge + CHALLENGE_BYTES] = challenge
        frame = self._seal(length, radio_frame.READINGS, self._home.mac)
        self._downlink.pause_scan()
        try:
            acknowledged, found = await self._downlink.ask(
                self._home.mac,
                frame,
                TRIES,
                RECEIPT_WINDOW_MS,
                lambda one: _receipt(one, challenge),
            )
        finally:
            self._downlink.resume_scan()
        now = time.ticks_ms()
        self._receipt_due = time.ticks_add(now, RECEIPT_EVERY_MS if found else RECEIPT_AGAIN_MS)
        if not found:
            self.missing_receipts += 1
            self._missing += acknowledged
            return
        self.receipts += 1
        self._missing = 0
        self._proved = now
        _, (order, epoch) = found
        self._errands.note_epoch(epoch)
        if order:
            self._errands.obey(*order)

    async def _send(self, length: int, kind: int) -> bool:
        """Send to the display node; True when a radio acknowledged."""
        mac = self._home.mac
        return await self._link.send(mac, self._seal(length, kind, mac), TRIES)

    @seldom
    async def _broadcast_frame(self, end: int) -> None:
        """Send readings to whoever hears them, without a challenge; nobody tells whether they arrived."""
        heard = self._begin_sending()
        try:
            await self._broadcast(end - radio_frame.HEADER, radio_frame.READINGS)
        finally:
            self._settle(heard)

    @seldom
    async def _broadcast(self, length: int, kind: int) -> None:
        """Send the same frame on every channel: a copy heard across channels is known by its number."""
        frame = self._seal(length, kind, radio_frame.BROADCAST)
        for channel in CHANNELS:
            if self._link.set_channel(channel):
                await self._link.send(radio_frame.BROADCAST, frame)
                await asyncio.sleep_ms(0)

    def _seal(self, length: int, kind: int, mac: bytes):
        self._spoke = time.ticks_ms()
        return self._session.seal(length, kind, mac)

    def _quiet_ms(self) -> int:
        return age_ms(self._spoke, time.ticks_ms())


def _receipt(opened, challenge: bytes):
    """Return (order or None, epoch) if this is the receipt for the frame with this random number."""
    if opened.kind != radio_frame.RECEIPT:
        return None
    try:
        if unpack_receipt(opened.body)[0] == challenge:
            return order_of(opened.body), opened.epoch
    except ProtocolError:
        pass
    return None
