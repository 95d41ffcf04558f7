"""What is known of each sensor node: its key, its replay window, its counters, its losses."""

import time

from node.age import age_ms
from node.allowance import Allowance
from node.borrowed import seldom
from protocol.authentication import node_key
from protocol.replay import STRIDE

MOST_NODES = 16
LOST_MS = 30_000  # many times what a scanning node takes between two frames
MISSED_FRAMES = 3  # of a sleeping one
ANSWERS_AT_ONCE = 4  # a hunting node is heard on neighbouring channels too
ANSWER_EVERY_MS = 500


class SensorNode:
    """One authenticated sensor node."""

    @seldom
    def __init__(self, mac: bytes, key: bytes, window) -> None:
        self.mac = mac
        self.key = key
        self.window = window
        self.rssi = 0
        self.heard = time.ticks_ms()
        self.interval_ms = 0  # between two frames, as the node says; 0: it does not sleep
        self.present = False  # has sent a frame that was accepted; a query proves no presence
        self.vanished = False  # and has then been silent for too long
        self.state = b""  # what it tells of itself (protocol/radio_state.py)
        self.frames = 0
        self.refused = 0
        self.repeated = 0
        self.lost = 0
        self.counters = (0, 0, 0, 0)  # its own: seen, replaced, sent, dropped
        self._newest = None
        self._answers = Allowance(ANSWERS_AT_ONCE, ANSWER_EVERY_MS)

    def age_ms(self) -> int:
        """Return how long ago its last accepted frame came."""
        return age_ms(self.heard, time.ticks_ms())

    def is_lost(self) -> bool:
        """Tell whether it is silent for longer than it should be."""
        return self.age_ms() > max(LOST_MS, MISSED_FRAMES * self.interval_ms)

    def note(self, frame, rssi: int) -> None:
        """Take the header of an accepted frame; missing numbers are lost frames, a leap over a ceiling is none."""
        if self._newest and self._newest[0] == frame.epoch:
            self.lost += (frame.sequence - self._newest[1] - 1) % STRIDE
        self._newest = (frame.epoch, frame.sequence)
        self.counters = frame.counters
        self.rssi = rssi
        self.heard = time.ticks_ms()
        self.frames += 1
        self.present = True
        self.vanished = False

    def may_be_answered(self) -> bool:
        """Limit answers: a recorded query must not make us send for ever."""
        return self._answers.take()

    def tell(self) -> tuple:
        """Return what the header of a frame down to this node counts."""
        return self.frames, self.refused, self.repeated, self.lost


class SensorNodes:
    """Nodes by MAC, bounded: the one silent longest gives way."""

    def __init__(self, site_key: bytes, ceilings) -> None:
        self.nodes = {}
        self._site_key = site_key
        self._ceilings = ceilings

    def key_of(self, mac: bytes) -> bytes:
        """Return the key a sender must have; deriving it for a stranger remembers nothing."""
        node = self.nodes.get(mac)
        return node.key if node else node_key(self._site_key, mac)

    def of(self, mac: bytes) -> SensorNode:
        """Return the node of a sender that has proved itself."""
        node = self.nodes.get(mac)
        if node is None:
            if len(self.nodes) >= MOST_NODES:
                oldest = max(self.nodes.values(), key=lambda one: one.age_ms())
                del self.nodes[oldest.mac]  # its ceiling stays in flash
            node = SensorNode(mac, self.key_of(mac), self._ceilings.window(mac))
            self.nodes[mac] = node
        return node

    def forget_silent(self, silence_ms: int) -> None:
        """Drop nodes that are long gone; their ceilings stay in flash."""
        for mac in [mac for mac, node in self.nodes.items() if node.age_ms() > silence_ms]:
            del self.nodes[mac]

    def newly_vanished(self) -> list:
        """Return the nodes that have become silent since this was asked last."""
        found = [node for node in self.present() if not node.vanished and node.is_lost()]
        for node in found:
            node.vanished = True
        return found

    def present(self) -> list:
        """Return the nodes that have sent accepted frames since the start."""
        return [node for node in self.nodes.values() if node.present]
