"""One node's radio: interfaces, channel, Bluetooth scan, ESP-NOW with its receive buffer."""

import struct
from collections import deque
from dataclasses import dataclass

PACKET_OVERHEAD = 14  # bytes a queued packet costs beside its message
DEFAULT_BUFFER = 2 * (8 + 6 + 1470)


@dataclass(frozen=True, slots=True)
class Packet:
    """A received ESP-NOW message."""

    source: bytes
    rssi: int
    time_ms: int
    message: bytes

    @property
    def cost(self) -> int:
        """Return the bytes it takes in the receive buffer."""
        return PACKET_OVERHEAD + len(self.message)

    def pack(self) -> bytes:
        """Return what the stand-in reads."""
        return self.source + struct.pack("<bI", self.rssi, self.time_ms) + self.message


class Radio:
    """What the air sees of a node."""

    def __init__(self, mac: bytes) -> None:
        self.mac = mac
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
        self.queue: deque[Packet] = deque()
        self.queued = 0
        self.sent = self.responses = self.failures = self.received = self.dropped = 0

    @property
    def on(self) -> bool:
        """Tell whether Wi-Fi is on at all."""
        return any(self.interfaces)

    def owns(self, mac: bytes) -> bool:
        """Tell whether a frame to this address is for an interface that is up."""
        if self.interfaces[0] and mac == self.mac:
            return True
        return self.interfaces[1] and mac == self.mac[:5] + bytes([self.mac[5] + 1 & 0xFF])

    def take(self, packet: Packet) -> bool:
        """Queue a packet that the radio has received; full means lost, though acknowledged."""
        if not self.espnow:
            return False
        if self.queued + packet.cost > self.buffer_size:
            self.dropped += 1
            return False
        self.received += 1
        self.queued += packet.cost
        self.queue.append(packet)
        return True

    def next(self) -> Packet | None:
        """Give the oldest packet to the program."""
        if not self.queue:
            return None
        packet = self.queue.popleft()
        self.queued -= packet.cost
        return packet

    def start_espnow(self, on: bool, buffer_size: int) -> None:
        """Start or stop ESP-NOW; either empties the buffer."""
        self.espnow = on
        self.buffer_size = buffer_size
        self.queue.clear()
        self.queued = 0

    @property
    def statistics(self) -> bytes:
        """Return ESPNow.stats()."""
        return struct.pack(
            "<5I", self.sent, self.responses, self.failures, self.received, self.dropped
        )
