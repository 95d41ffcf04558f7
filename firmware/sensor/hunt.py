"""Find the display node: ask on every channel, believe only the answer that proves itself.

A MAC acknowledgement would also come from the neighbouring channel, and from a radio that runs nothing
of ours. The answer carries the true channel and our own random number.
"""

import os

from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.radio_bodies import pack_query, unpack_answer

CHANNELS = range(1, 14)
CHALLENGE_BYTES = 8
WINDOW_MS = 80
TRIES_PRESENT = 3


class Hunt:
    """Questions on channels; keeps what it finds in `home`."""

    def __init__(self, link, downlink, session, home) -> None:
        self._link = link
        self._downlink = downlink
        self._session = session
        self._home = home
        self.sweeps = 0
        self.unproven = 0  # genuine answers to another question than ours

    async def probe(self) -> bool:
        """Ask on the channel the display node was last on."""
        self._downlink.pause_scan()
        try:
            for _ in range(TRIES_PRESENT):
                if await self._ask(self._home.channel or self._link.channel):
                    return True
        finally:
            self._downlink.resume_scan()
        return False

    async def sweep(self) -> bool:
        """Ask on every channel once, the remembered one first."""
        self.sweeps += 1
        self._downlink.pause_scan()
        try:
            for channel in self._order():
                if await self._ask(channel):
                    return True
        finally:
            self._downlink.resume_scan()
        return False

    def _order(self) -> list:
        """Return the channels in the order of hope."""
        first = [self._home.channel] if self._home.channel else []
        return first + [channel for channel in CHANNELS if channel not in first]

    async def _ask(self, channel: int) -> bool:
        """Ask on one channel; True when the display node has answered."""
        if not self._link.set_channel(channel):
            return False
        challenge = os.urandom(CHALLENGE_BYTES)
        length = pack_query(self._session.body, challenge, channel)
        frame = self._session.seal(length, radio_frame.QUERY, radio_frame.BROADCAST)
        _, found = await self._downlink.ask(
            radio_frame.BROADCAST,
            frame,
            1,
            WINDOW_MS,
            lambda opened: self._answer(opened, challenge),
        )
        if not found:
            return False
        mac, (true_channel, floor_epoch, floor_sequence) = found
        self._session.jump_above(floor_epoch, floor_sequence)
        self._link.set_channel(true_channel)
        self._home.remember(mac, true_channel)
        return True

    def _answer(self, opened, challenge: bytes):
        """Return (channel, floor epoch, floor sequence) of an answer to this very question."""
        if opened.kind != radio_frame.ANSWER:
            return None
        try:
            found = unpack_answer(opened.body)
        except ProtocolError as error:
            self._session.refused.add(error.reason)
            return None
        if found[0] != challenge:
            self.unproven += 1
            return None
        return found[1:] if found[1] in CHANNELS else None
