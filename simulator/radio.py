"""One node's radio: interfaces, channel, Bluetooth scan, ESP-NOW with its receive buffer."""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

PACKET_OVERHEAD = 14  # bytes a queued packet costs beside its message
DEFAULT_BUFFER = 2 * (8 + 6 + 1470)
V1_LONGEST = 250

DELIVERED = "delivered"
OVERFLOW = "overflow"
WIPED = "wiped"
NOT_LISTENING = "not_listening"


class RingDamagedError(Exception):
    """What the program reads is no packet: the driver empties the ring."""


def _nobody_asks(fate: str) -> None:
    """Let a packet's fate be."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A received ESP-NOW message."""

    source: bytes
    rssi: int
    time_ms: int
    message: bytes
    end: Callable[[str], None] = field(default=_nobody_asks, compare=False)  # told its fate, once

    @property
    def cost(self) -> int:
        """Return the bytes it takes in the receive buffer."""
        return PACKET_OVERHEAD + len(self.message)

    def pack(self, length: int | None = None) -> bytes:
        """Return what the stand-in reads."""
        head = self.source + struct.pack("<bI", self.rssi, self.time_ms)
        return head + self.message[:length]


class Radio:
    """What the air sees of a node."""

    def __init__(self, mac: bytes) -> None:
        self.mac = mac
        self.queue: deque[Packet] = deque()
        self._out_of_step = False
        self.reset()

    def reset(self, keep_wifi: bool = False) -> None:
        """Be as after power-on; a soft reset keeps interfaces and channel."""
        if not keep_wifi:
            self.interfaces = [False, False]
            self.channel = 1
        self.bluetooth = False
        self.scanning = False
        self.scan_duty = 0.0
        self.espnow = False
        self.buffer_size = DEFAULT_BUFFER
        self.empty()
        self.sent = self.responses = self.failures = self.received = self.dropped = 0

    @property
    def on(self) -> bool:
        """Tell whether Wi-Fi is on at all."""
        return any(self.interfaces)

    def owns(self, mac: bytes) -> bool:
        """Tell whether a frame to this address is for an interface that is up."""
        if self.interfaces[0] and mac == self.mac:
            return True
        return self.interfaces[1] and mac == self.access_point_mac

    @property
    def access_point_mac(self) -> bytes:
        """Return the address of the other interface."""
        return self.mac[:5] + bytes([self.mac[5] + 1 & 0xFF])

    def take(self, packet: Packet) -> bool:
        """Queue a packet that the radio has received; full means lost, though acknowledged."""
        if not self.espnow:
            packet.end(NOT_LISTENING)
            return False
        if self.queued + packet.cost > self.buffer_size:
            self.dropped += 1
            packet.end(OVERFLOW)
            return False
        self.received += 1
        self.queued += packet.cost
        self.queue.append(packet)
        return True

    def next(self, ring_of_1_28: bool = False) -> bytes:
        """Give the oldest packet to the program, nothing when there is none.

        Up to 1.28 the ring notes a length in one byte. So a longer frame comes cut to what is left
        of its length, and what stands behind that is no packet.
        """
        if self._out_of_step:
            self.empty()
            raise RingDamagedError
        if not self.queue:
            return b""
        packet = self.queue.popleft()
        self.queued -= packet.cost
        if not ring_of_1_28 or len(packet.message) <= V1_LONGEST:
            packet.end(DELIVERED)
            return packet.pack()
        packet.end(WIPED)
        noted = len(packet.message) & 0xFF
        self._out_of_step = True
        return packet.pack(noted) if 0 < noted <= V1_LONGEST else self.next()

    def first(self) -> bytes:
        """Return the oldest packet, which stays; nothing when there is none."""
        return self.queue[0].pack() if self.queue and not self._out_of_step else b""

    @property
    def waiting(self) -> bool:
        """Tell whether the program finds something, if only damage."""
        return bool(self.queue) or self._out_of_step

    def start_espnow(self, on: bool, buffer_size: int) -> None:
        """Start or stop ESP-NOW; either empties the buffer."""
        self.espnow = on
        self.buffer_size = buffer_size
        self.empty()

    def empty(self) -> None:
        """Throw away what waits."""
        for packet in self.queue:
            packet.end(WIPED)
        self.queue.clear()
        self.queued = 0
        self._out_of_step = False

    @property
    def statistics(self) -> bytes:
        """Return ESPNow.stats()."""
        return struct.pack(
            "<5I", self.sent, self.responses, self.failures, self.received, self.dropped
        )
