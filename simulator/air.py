"""The medium between the radios: channels, range, losses, acknowledgements, and who is deaf.

Sources: docs of espressif/esp-idf (RF coexistence), espressif/esp-idf#17874 (no ESP-NOW reception
while BLE scans), glenn20/micropython-espnow-utils#2 (acknowledgements from the next channel).

Every frame ends in exactly one fate for each radio it was meant for: `fates` and `pending` together are
`expected`, always.
"""

import functools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .bursts import Fading, FadingLink
from .conditions import Conditions, Link
from .radio import Packet
from .space import Space
from .timeline import Timeline

if TYPE_CHECKING:
    from .node import Node

BROADCAST = b"\xff" * 6
_OVERHEAD_US = 900  # preamble, headers and acknowledgement at 1 Mbit/s
_BACK_OFF_SLOTS = 31
_SLOT_US = 20
_AS_EVERYWHERE = Link()

# Fates beside those of the receive ring (radio.py); an attempt that was received is "heard".
NOBODY = "nobody"  # no radio with this address is on
OUT_OF_RANGE = "out_of_range"
OTHER_CHANNEL = "other_channel"
ADJACENT = "adjacent"  # acknowledged from the next channel, handed to no program
DEAF = "deaf"
ASLEEP = "asleep"
NOISE = "noise"
FADED = "faded"
BURST = "burst"
TAMPERED = "tampered"  # a test took it away
SENDER_GONE = "sender_gone"  # restarted while it tried
HEARD = "heard"


@dataclass(frozen=True, slots=True)
class Transmission:
    """One frame as a sniffer sees it."""

    time_us: int
    channel: int
    source: bytes
    destination: bytes
    message: bytes
    sender: str = "stranger"  # who really sent it; a source address can be forged


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one frame at one receiver; "" when there is none."""

    frame: Transmission
    receiver: str
    fate: str


@dataclass(slots=True)
class _Sending:
    frame: Transmission
    name: str  # of who sends
    done: Callable[[bool], None]
    node: Node | None = None  # unless it is a stranger
    life: int = 0
    attempt: int = 0
    served: set[bytes] = field(default_factory=set)  # a radio drops MAC-level repeats
    receiver: str = ""
    failure: str = NOBODY  # of the newest attempt

    @property
    def broadcast(self) -> bool:
        return self.frame.destination == BROADCAST

    @property
    def sender_gone(self) -> bool:
        return self.node is not None and self.node.life != self.life


class Air:
    """Carries frames from one radio to the others."""

    def __init__(self, timeline: Timeline, nodes: list[Node], seed: int) -> None:
        self.conditions = Conditions()
        self.space = Space()
        self.counters: Counter[str] = Counter()  # sent, injected, acknowledged, …: world-side truth
        self.attempts: Counter[str] = Counter()  # by what became of each
        self.fates: Counter[str] = Counter()
        self.expected = 0  # frames times the radios each was meant for
        self.pending = 0  # of these, on the air or in a receive ring
        self._timeline = timeline
        self._nodes = nodes
        self._seed = seed
        self._random = random.Random(seed)
        self._fading: dict[tuple[Fading, str], FadingLink] = {}
        self._sniffers: list[Callable[[Transmission], None]] = []
        self._corrupters: list[Callable[[Transmission], bytes | None]] = []
        self._watchers: list[Callable[[Outcome], None]] = []
        self._listeners: list[Callable[[Transmission, bool], None]] = []

    def sniff(self, callback: Callable[[Transmission], None]) -> None:
        """Have every frame shown once, when it is sent for the first time."""
        self._sniffers.append(callback)

    def corrupt(self, callback: Callable[[Transmission], bytes | None]) -> None:
        """Have the callback change what arrives; None loses it, though acknowledged."""
        self._corrupters.append(callback)

    def watch(self, callback: Callable[[Outcome], None]) -> None:
        """Have the callback told what became of every frame."""
        self._watchers.append(callback)

    def acknowledgements(self, callback: Callable[[Transmission, bool], None]) -> None:
        """Have the callback told of every frame whether its sender heard an acknowledgement."""
        self._listeners.append(callback)

    def send(
        self, node: Node, destination: bytes, message: bytes, done: Callable[[bool], None]
    ) -> None:
        """Send a frame with retries; `done` is told whether some radio acknowledged."""
        radio = node.radio
        frame = Transmission(
            self._timeline.now_us, radio.channel, radio.mac, destination, message, node.name
        )
        self._begin(_Sending(frame, node.name, done, node, node.life))

    def emit(
        self,
        source: bytes,
        destination: bytes,
        message: bytes,
        channel: int,
        name: str = "stranger",
        done: Callable[[bool], None] = lambda acknowledged: None,
    ) -> None:
        """Send a frame from somebody who is no board, under any address; `name` has the place."""
        frame = Transmission(self._timeline.now_us, channel, source, destination, message, name)
        self._begin(_Sending(frame, name, done))

    def inject(self, node: Node, source: bytes, message: bytes) -> bool:
        """Let a node's radio receive a frame from nowhere; False when it is deaf, off or full."""
        frame = Transmission(
            self._timeline.now_us, node.radio.channel, source, node.radio.mac, message
        )
        self.counters["injected"] += 1
        self._expect(1)
        obstacle = NOBODY if not node.radio.on else DEAF if self._is_deaf(node) else None
        if obstacle:
            self._end(frame, node.name, obstacle)
            return False
        return self._deliver(node, frame, self.conditions.rssi + self._flicker())

    # one frame

    def _begin(self, sending: _Sending) -> None:
        for sniffer in self._sniffers:
            sniffer(sending.frame)
        self.counters["broadcast" if sending.broadcast else "sent"] += 1
        if not sending.broadcast:
            self._expect(1)
        self._plan(sending)

    def _plan(self, sending: _Sending) -> None:
        airtime = _OVERHEAD_US + 8 * len(sending.frame.message)
        airtime += self._random.randrange(_BACK_OFF_SLOTS) * _SLOT_US
        self._timeline.after(airtime, lambda: self._attempt(sending))

    def _attempt(self, sending: _Sending) -> None:
        if sending.sender_gone:
            if not sending.broadcast and not sending.served:
                self._end(sending.frame, sending.receiver, SENDER_GONE)
            return
        sending.attempt += 1
        if sending.broadcast:
            self._broadcast(sending)
        elif self._unicast(sending):
            self.counters["acknowledged"] += 1
            self._finish(sending, True)
        elif sending.attempt >= self.conditions.attempts:
            self.counters["unacknowledged"] += 1
            self._finish(sending, False)
        else:
            self._plan(sending)

    def _finish(self, sending: _Sending, acknowledged: bool) -> None:
        if not sending.served:
            self._end(sending.frame, sending.receiver, sending.failure)
        for listener in self._listeners:
            listener(sending.frame, acknowledged)
        sending.done(acknowledged)

    def _broadcast(self, sending: _Sending) -> None:
        frame = sending.frame
        for node in self._nodes:
            if node is sending.node or not node.radio.on:
                continue
            self._expect(1)
            strength = self._strength(sending.name, node.name)
            obstacle = self._obstacle(sending, node, strength)
            self.attempts[obstacle or HEARD] += 1
            if obstacle:
                self._end(frame, node.name, obstacle)
            else:
                self._deliver(node, frame, strength)
        sending.done(True)

    def _unicast(self, sending: _Sending) -> bool:
        """Let the addressee receive; True when its acknowledgement came back."""
        node = self._owner(sending)
        if node is None:
            sending.failure = NOBODY
            self.attempts[NOBODY] += 1
            return False
        sending.receiver = node.name
        strength = self._strength(sending.name, node.name)
        obstacle = self._obstacle(sending, node, strength)
        self.attempts[obstacle or HEARD] += 1
        if obstacle and obstacle != ADJACENT:
            sending.failure = obstacle
            return False
        if not obstacle:
            self._hand_over(sending, node, strength)
        else:
            sending.failure = obstacle
            self.counters["false_acknowledgements"] += 1
        # the radio acknowledges by itself, whether or not a program wants the frame
        if self._lost(node.name, sending.name) or not self._in_range(node.name, sending.name):
            self.counters["acknowledgements_lost"] += 1
            return False
        return True

    def _hand_over(self, sending: _Sending, node: Node, strength: int) -> None:
        """Give the frame to the receiver, which knows a MAC-level repeat by its number."""
        if node.radio.mac in sending.served:
            self.counters["repeats"] += 1
            if self.conditions.mac_filter:
                return
            self._expect(1)
        sending.served.add(node.radio.mac)
        self._deliver(node, sending.frame, strength)

    def _deliver(self, node: Node, frame: Transmission, strength: int) -> bool:
        for corrupter in self._corrupters:
            message = corrupter(frame)
            if message is None:
                self._end(frame, node.name, TAMPERED)
                return False
            frame = replace(frame, message=message)
        end = functools.partial(self._end, frame, node.name)
        return node.receive(Packet(frame.source, strength, node.uptime_ms, frame.message, end))

    # accounts

    def _expect(self, number: int) -> None:
        self.expected += number
        self.pending += number

    def _end(self, frame: Transmission, receiver: str, fate: str) -> None:
        self.pending -= 1
        self.fates[fate] += 1
        for watcher in self._watchers:
            watcher(Outcome(frame, receiver, fate))

    # what is between a sender and a receiver

    def _owner(self, sending: _Sending) -> Node | None:
        for node in self._nodes:
            if node is not sending.node and node.radio.owns(sending.frame.destination):
                return node
        return None

    def _obstacle(self, sending: _Sending, node: Node, strength: int) -> str | None:
        """Return what keeps this attempt from the receiver; None when it is received."""
        if strength < self.space.propagation.wifi_sensitivity_dbm:
            return OUT_OF_RANGE
        apart = abs(node.radio.channel - sending.frame.channel)
        if apart > 1:
            return OTHER_CHANNEL
        if self._is_deaf(node):
            return DEAF
        if self.conditions.power_save and node.station.is_asleep(self._timeline.now_us):
            return ASLEEP
        if cause := self._lost(sending.name, node.name):
            return cause
        return self._beside(sending.broadcast) if apart else None

    def _beside(self, broadcast: bool) -> str | None:
        """Return what a radio one channel off makes of a frame."""
        now = self.conditions
        if not self._chance(now.adjacent_ack):
            return OTHER_CHANNEL
        if self._chance(now.adjacent_delivery):
            return None
        return OTHER_CHANNEL if broadcast else ADJACENT

    def _lost(self, sender: str, receiver: str) -> str | None:
        """Return the kind of bad luck on this way, if any."""
        now, link = self.conditions, self._link(sender, receiver)
        if (
            now.bursts is not None
            and now.bursts.is_bad(self._timeline.now_us)
            and self._chance(now.bursts.loss)
        ):
            return BURST
        fading = link.fading or now.fading
        if (
            fading is not None
            and self._state(fading, sender, receiver).is_bad(self._timeline.now_us)
            and self._chance(fading.loss)
        ):
            return FADED
        return NOISE if self._chance(now.loss if link.loss is None else link.loss) else None

    def _state(self, fading: Fading, sender: str, receiver: str) -> FadingLink:
        """Return the state of a link: it is bad in both directions."""
        key = (fading, "<>".join(sorted((sender, receiver))))
        if key not in self._fading:
            self._fading[key] = FadingLink(fading, f"{self._seed} {key[1]}")
        return self._fading[key]

    def can_hear(self, sender: str, receiver: str) -> bool:
        """Tell whether the one is in range of the other."""
        return self.mean_strength(sender, receiver) >= self.space.propagation.wifi_sensitivity_dbm

    def mean_strength(self, sender: str, receiver: str) -> float:
        """Return the RSSI without its flicker."""
        loss = self.space.path_loss(sender, receiver)
        if loss is None:
            strength: float = self.conditions.rssi
        else:
            strength = self.space.propagation.wifi_dbm - loss
        return strength - self._link(sender, receiver).attenuation_db

    def _strength(self, sender: str, receiver: str) -> int:
        """Return the RSSI of one attempt."""
        return max(-127, round(self.mean_strength(sender, receiver)) + self._flicker())

    def _in_range(self, sender: str, receiver: str) -> bool:
        return self._strength(sender, receiver) >= self.space.propagation.wifi_sensitivity_dbm

    def _link(self, sender: str, receiver: str) -> Link:
        return self.conditions.links.get(f"{sender}>{receiver}", _AS_EVERYWHERE)

    def _flicker(self) -> int:
        noise = self.conditions.rssi_noise
        return self._random.randint(-noise, noise)

    def _is_deaf(self, node: Node) -> bool:
        return self.conditions.deaf_while_scanning and node.radio.scanning

    def _chance(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability
