"""The medium between the radios: channels, losses, acknowledgements, and who is deaf.

Sources: docs of espressif/esp-idf (RF coexistence), espressif/esp-idf#17874 (no ESP-NOW reception
while BLE scans), glenn20/micropython-espnow-utils#2 (acknowledgements from the next channel).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .radio import Packet, Radio
from .timeline import Timeline

if TYPE_CHECKING:
    from .node import Node

BROADCAST = b"\xff" * 6
_OVERHEAD_US = 900  # preamble, headers and acknowledgement at 1 Mbit/s
_BACK_OFF_SLOTS = 31
_SLOT_US = 20


@dataclass(slots=True)
class Conditions:
    """How nasty the air is."""

    loss: float = 0.0  # of a frame, and of an acknowledgement, each attempt
    attempts: int = 7  # 802.11's usual retry limit
    deaf_while_scanning: bool = True
    adjacent_ack: float = 0.3  # a radio one channel off acknowledges, each attempt
    adjacent_delivery: float = 0.1  # … and also hands the frame to its program
    rssi: int = -58
    rssi_noise: int = 3


@dataclass(frozen=True, slots=True)
class Transmission:
    """One frame as a sniffer sees it."""

    time_us: int
    channel: int
    source: bytes
    destination: bytes
    message: bytes


@dataclass(slots=True)
class _Sending:
    node: Node
    frame: Transmission
    done: Callable[[bool], None]
    attempt: int = 0
    served: set[bytes] = field(default_factory=set)  # a radio drops MAC-level repeats


class Air:
    """Carries frames from one radio to the others."""

    def __init__(self, timeline: Timeline, nodes: list[Node], seed: int) -> None:
        self.conditions = Conditions()
        self._timeline = timeline
        self._nodes = nodes
        self._random = random.Random(seed)
        self._sniffers: list[Callable[[Transmission], None]] = []
        self._corrupters: list[Callable[[Transmission], bytes | None]] = []

    def sniff(self, callback: Callable[[Transmission], None]) -> None:
        """Have every frame shown once, when it is sent for the first time."""
        self._sniffers.append(callback)

    def corrupt(self, callback: Callable[[Transmission], bytes | None]) -> None:
        """Have the callback change what arrives; None loses it, though acknowledged."""
        self._corrupters.append(callback)

    def send(
        self, node: Node, destination: bytes, message: bytes, done: Callable[[bool], None]
    ) -> None:
        """Send a frame with retries; `done` is told whether some radio acknowledged."""
        radio = node.radio
        frame = Transmission(self._timeline.now_us, radio.channel, radio.mac, destination, message)
        for sniffer in self._sniffers:
            sniffer(frame)
        self._plan(_Sending(node, frame, done))

    def inject(self, node: Node, source: bytes, message: bytes) -> bool:
        """Let a node's radio receive a frame from nowhere; False when it is deaf, off or full."""
        frame = Transmission(
            self._timeline.now_us, node.radio.channel, source, node.radio.mac, message
        )
        return not self._is_deaf(node.radio) and self._deliver(node, frame)

    def _plan(self, sending: _Sending) -> None:
        airtime = _OVERHEAD_US + 8 * len(sending.frame.message)
        airtime += self._random.randrange(_BACK_OFF_SLOTS) * _SLOT_US
        self._timeline.after(airtime, lambda: self._attempt(sending))

    def _attempt(self, sending: _Sending) -> None:
        sending.attempt += 1
        acknowledged = False
        for node in self._nodes:
            if node is not sending.node and self._reach(node, sending):
                acknowledged = True
        if sending.frame.destination == BROADCAST:
            sending.done(True)
        elif acknowledged or sending.attempt >= self.conditions.attempts:
            sending.done(acknowledged)
        else:
            self._plan(sending)

    def _reach(self, node: Node, sending: _Sending) -> bool:
        """Let one radio receive; True when its acknowledgement came back."""
        frame, radio, now = sending.frame, node.radio, self.conditions
        broadcast = frame.destination == BROADCAST
        if not radio.on or not (broadcast or radio.owns(frame.destination)):
            return False
        if self._is_deaf(radio) or self._chance(now.loss):
            return False
        apart = abs(radio.channel - frame.channel)
        if apart > 1 or (apart == 1 and not self._chance(now.adjacent_ack)):
            return False
        handed = apart == 0 or self._chance(now.adjacent_delivery)
        if handed and radio.mac not in sending.served:
            sending.served.add(radio.mac)
            self._deliver(node, frame)
        # the radio acknowledges by itself, whether or not a program wants the frame
        return not broadcast and not self._chance(now.loss)

    def _deliver(self, node: Node, frame: Transmission) -> bool:
        message: bytes | None = frame.message
        for corrupter in self._corrupters:
            message = corrupter(frame)
            if message is None:
                return False
            frame = Transmission(
                frame.time_us, frame.channel, frame.source, frame.destination, message
            )
        noise = self.conditions.rssi_noise
        rssi = self.conditions.rssi + self._random.randint(-noise, noise)
        return node.receive(Packet(frame.source, rssi, node.uptime_ms, frame.message))

    def _is_deaf(self, radio: Radio) -> bool:
        return not radio.on or (self.conditions.deaf_while_scanning and radio.scanning)

    def _chance(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability
