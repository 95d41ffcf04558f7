"""Frames from sensor nodes: authenticate, refuse what is old, hand on the readings, answer questions."""

import asyncio
import time

from node.age import age_ms
from node.borrowed import Borrowed, seldom
from node.tally import Tally
from protocol import radio_frame
from protocol.authentication import site_tag
from protocol.errors import ProtocolError
from protocol.radio_bodies import (
    append_order,
    challenge_of,
    pack_answer,
    pack_receipt,
    readings,
    unpack_query,
)
from protocol.replay import Repeated, Replayed

LOOK_MS = 1000  # the radio wakes us; should it ever fail to, a second is soon enough
PAUSE_MS = 10  # after a wake without a frame, so that a radio gone wrong takes no more than this
AT_ONCE = 16  # frames handled before the other tasks get their turn
REPLY_TRIES = 2
APPEARED, VANISHED, TOLD = "appeared", "vanished", "told"  # what is new about a sensor node
FOREIGN_MS = 600_000  # for how long another version is worth telling


class AnswerLimit(ProtocolError):
    """More questions than a hunting node asks."""

    reason = "answer_limit"


class NotStored(ProtocolError):
    """The replay ceiling could not be written, so the frame must not be used."""

    reason = "not_stored"


class Gateway:
    """The radio side of the display node."""

    def __init__(self, link, config, epoch, nodes, ceilings, on_reading, on_node, orders) -> None:
        self._link = link
        self._epoch = epoch
        self._nodes = nodes
        self._ceilings = ceilings
        self._on_reading = on_reading  # (node MAC, mac, rssi, age_ms, md)
        self._on_node = on_node  # (node, what is new)
        self._orders = orders
        self._mac = link.mac
        self._site_tag = site_tag(config.key)
        self._sequence = 0
        self._buffer = bytearray(radio_frame.MAX_FRAME)
        self._foreign = 0
        self._foreign_heard = self._looked = time.ticks_ms()
        self.refused = Tally()
        self.most_at_once = 0
        self.read = 0  # frames, to their end
        self.untold = 0  # readings of frames that were used: an exception came first

    async def run(self, pulse) -> None:
        """Handle frames for ever."""
        while True:
            pulse.beat()
            drained = 0
            for mac, frame, rssi in self._link.frames():
                drained += 1
                reply = self.take(mac, frame, rssi)
                self.read += 1
                if reply:
                    await self._link.send(mac, reply, REPLY_TRIES)
                if drained % AT_ONCE == 0:
                    pulse.beat()
                    self._link.forget_strangers()
                    await asyncio.sleep_ms(0)
            self._link.forget_strangers()
            self._look_for_silence()
            self.most_at_once = max(self.most_at_once, drained)
            if not drained:
                await asyncio.sleep_ms(PAUSE_MS)
            await self._link.wait(LOOK_MS)

    def take(self, mac: bytes, raw, rssi: int):
        """Handle one frame; return the sealed reply it deserves, or None."""
        try:
            frame = radio_frame.open_frame(
                raw, mac, self._mac, self._site_tag, self._nodes.key_of, False
            )
        except ProtocolError as error:
            if isinstance(error, radio_frame.UnknownVersion):
                self._foreign = error.version
                self._foreign_heard = time.ticks_ms()
            self.refused.add(error.reason)
            return None
        node = self._nodes.of(mac)
        try:
            if frame.kind == radio_frame.QUERY:
                return self._answer(node, frame)
            if frame.kind == radio_frame.STATE:
                return self._take_state(node, frame, rssi)
            return self._take_readings(node, frame, rssi)
        except ProtocolError as error:
            self._count(node, error)
            return None

    @property
    def foreign_version(self) -> int:
        """Return the version of our site that we cannot speak, lately heard; 0 if there was none.

        Nothing proves such a frame: a hint for the user, no more.
        """
        if age_ms(self._foreign_heard, time.ticks_ms()) > FOREIGN_MS:
            self._foreign = 0
        return self._foreign

    @seldom
    def _answer(self, node, frame):
        """Tell a hunting node our true channel, and what it must send above."""
        challenge, _ = unpack_query(frame.body)
        if not node.may_be_answered():
            raise AnswerLimit
        floor_epoch, floor_sequence = node.window.floor
        length = pack_answer(
            self._buffer, challenge, self._link.lasting_channel, floor_epoch, floor_sequence
        )
        return self._seal(node, length, radio_frame.ANSWER)

    def _take_readings(self, node, frame, rssi: int):
        """Use a frame that has never been used before; return the receipt it asks for."""
        self._accept(node, frame)
        challenge = challenge_of(frame.body)
        found = readings(frame.body)
        self.untold += len(found)  # each until it is told: memory may run out anywhere
        self._note(node, frame, rssi)
        for reading in found:
            self._on_reading(node.mac, *reading)
            self.untold -= 1
        if challenge is None:
            return None
        length = pack_receipt(self._buffer, challenge, frame.sequence, self._link.lasting_channel)
        order = self._orders.next(node.mac)
        if order:
            length = append_order(self._buffer, length, *order)
        return self._seal(node, length, radio_frame.RECEIPT)

    @seldom
    def _take_state(self, node, frame, rssi: int) -> None:
        """Keep what a node tells of itself, and which order it has carried out."""
        self._accept(node, frame)
        with Borrowed("protocol.radio_state") as radio_state:
            state = radio_state.unpack_state(frame.body)
        node.state = bytes(frame.body)
        node.interval_ms = state["interval_s"] * 1000
        self._note(node, frame, rssi)
        self._orders.confirm(node.mac, state["order"], state["result"])
        self._on_node(node, TOLD)

    def _accept(self, node, frame) -> None:
        """Let a frame pass that is above everything before, once its ceiling is in flash."""
        node.window.accept(frame.epoch, frame.sequence)
        try:
            self._ceilings.keep(node.mac, node.window)
        except OSError:
            raise NotStored from None

    def _note(self, node, frame, rssi: int) -> None:
        is_new = node.vanished or not node.present
        node.note(frame, rssi)
        if is_new:
            self._on_node(node, APPEARED)

    def _look_for_silence(self) -> None:
        """Tell which sensor nodes are no longer heard; once a second is often enough."""
        now = time.ticks_ms()
        if age_ms(self._looked, now) < LOOK_MS:
            return
        self._looked = now
        for node in self._nodes.newly_vanished():
            self._on_node(node, VANISHED)

    @seldom
    def _count(self, node, error: ProtocolError) -> None:
        self.refused.add(error.reason)
        if isinstance(error, Repeated):
            node.repeated += 1
        elif isinstance(error, Replayed):
            node.refused += 1

    def _seal(self, node, length: int, kind: int):
        """Close a frame down to one node, with that node's own key."""
        self._sequence += 1
        total = radio_frame.seal(
            self._buffer,
            length,
            kind,
            radio_frame.DOWN_FLAG,
            self._site_tag,
            self._epoch.value,
            self._sequence,
            node.tell(),
            node.key,
            self._mac,
            node.mac,
        )
        return memoryview(self._buffer)[:total]
