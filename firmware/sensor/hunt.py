"""Find the display node: ask on every channel, believe only the answer that proves itself.

A MAC acknowledgement would also come from the neighbouring channel, and from a radio that runs nothing
of ours. The answer carries the true channel and our own random number. What an acknowledgement is good
for is haste: where the address we remember acknowledges nothing, it is hardly worth while to listen.
"""

import os

from node.borrowed import seldom
from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.radio_bodies import pack_query, unpack_answer

# a display node without Wi-Fi, then where access points are, then the rest
CHANNELS = (6, 1, 11, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13)
CHALLENGE_BYTES = 8
WINDOW_MS = 80
TRIES_PRESENT = 3
STRANGERS_EVERY = 3  # sweeps: the display node may be another board by now


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
        """Ask the display node where it last was."""
        return await self._ask_on((self._home.channel,) * TRIES_PRESENT, self._home.mac)

    @seldom
    async def sweep(self) -> bool:
        """Ask on every channel: the address we remember, and now and then everybody."""
        self.sweeps += 1
        home = self._home
        if home.known:
            if await self._ask_on(self._order(), home.mac):
                return True
            if self.sweeps % STRANGERS_EVERY:
                return False
        return await self._ask_on(self._order(), radio_frame.BROADCAST)

    @seldom
    def _order(self) -> list:
        """Return the channels in the order of hope; the remembered one once more at the end."""
        home = [self._home.channel] if self._home.known else []
        return home + [channel for channel in CHANNELS if channel not in home] + home

    @seldom
    async def _ask_on(self, channels, mac: bytes) -> bool:
        """Ask on one channel after the other; True when the display node has answered."""
        self._downlink.pause_scan()
        try:
            for channel in channels:
                if self._link.set_channel(channel) and await self._ask(channel, mac):
                    return True
        finally:
            self._downlink.resume_scan()
        return False

    @seldom
    async def _ask(self, channel: int, mac: bytes) -> bool:
        challenge = os.urandom(CHALLENGE_BYTES)
        length = pack_query(self._session.body, challenge, channel)
        frame = self._session.seal(length, radio_frame.QUERY, mac)
        _, found = await self._downlink.ask(
            mac, frame, 1, WINDOW_MS, lambda opened: self._answer(opened, challenge)
        )
        if not found:
            return False
        mac, (true_channel, floor_epoch, floor_sequence) = found
        self._session.jump_above(floor_epoch, floor_sequence)
        self._link.set_channel(true_channel)
        self._home.remember(mac, true_channel)
        return True

    @seldom
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
