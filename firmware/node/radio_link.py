"""ESP-NOW: the only place that touches `espnow`, and with `display.wifi` the only one for `network`.

Wi-Fi stays active and unassociated, so the channel is ours to choose. Modem sleep is left as it is:
with Bluetooth on, ESP-IDF aborts when it is switched off (esphome/issues#2181).
"""

import asyncio
import random
import time

import espnow
import network

from node.age import age_ms
from node.borrowed import seldom

# A slow serial host can hold the loop for half a second: two frames of 270 bytes of each of eight sensor nodes,
# or three of the longest that strangers send.
RECEIVE_BUFFER = 4608
MOST_PEERS = 16  # the radio takes 20
MOST_STRANGERS = 32  # the driver notes every sender it ever heard
BACK_OFF_MS = (5, 30)
# Receiving can stop without a word when memory is low (#18224). Nobody there looks the same: so ever more rarely.
SILENCE_MS = 60_000
LONGEST_SILENCE_MS = 960_000


class RadioLink:
    """Frames in and out on one channel, with counters."""

    def __init__(self, receive_buffer: int = RECEIVE_BUFFER) -> None:
        self._receive_buffer = receive_buffer
        self._station = network.WLAN(network.WLAN.IF_STA)
        self._radio = espnow.ESPNow()
        self._peers = []  # oldest first
        self.home = 0  # the channel to come back to, while Wi-Fi searches on others
        self.acknowledged = 0
        self.unacknowledged = 0
        self.retries = 0
        self.received = 0
        self.faults = 0
        self.restarts = 0
        self._heard = time.ticks_ms()
        self._patience_ms = SILENCE_MS

    def activate(self) -> None:
        """Start Wi-Fi afresh: a soft reset leaves it in whatever state it was (docs, espnow)."""
        network.WLAN(network.WLAN.IF_AP).active(False)
        self._station.active(False)
        self._station.active(True)

    def open(self) -> None:
        """Start ESP-NOW; only a provisioned node does."""
        self._radio.active(False)
        self._radio.config(rxbuf=self._receive_buffer)  # counts only before the start
        self._radio.active(True)
        self._peers = []

    def close(self) -> None:
        """Switch ESP-NOW and Wi-Fi off, before deep sleep."""
        self._radio.active(False)
        self._station.active(False)

    @seldom
    def restart(self) -> None:
        """Start ESP-NOW afresh; Wi-Fi and the channel stay."""
        self.restarts += 1
        try:
            self.open()
        except (OSError, ValueError):
            self.faults += 1

    @property
    def mac(self) -> bytes:
        """Return our own address."""
        return self._station.config("mac")

    @property
    def channel(self) -> int:
        """Return the channel we are really on."""
        return self._station.config("channel")

    @property
    def lasting_channel(self) -> int:
        """Return the channel we can be found on; a search only passes through the present one."""
        return self.home or self.channel

    def set_channel(self, channel: int) -> bool:
        """Go to a channel; False where the country setting does not allow it."""
        try:
            self._station.config(channel=channel)
        except (OSError, ValueError, RuntimeError):
            self.faults += 1
            return False
        return True

    async def send(self, mac: bytes, frame, tries: int = 1) -> bool:
        """Send until a radio acknowledges; True proves only that some radio near us heard it."""
        for attempt in range(tries):
            if attempt:
                self.retries += 1
                await asyncio.sleep_ms(random.randint(*BACK_OFF_MS))
            if self._send_once(mac, frame):
                self.acknowledged += 1
                return True
        self.unacknowledged += 1
        return False

    def frames(self):
        """Yield (mac, frame, rssi) until nothing waits; the frame is valid until the next one."""
        while True:
            try:
                mac, frame = self._radio.irecv(0)
            except (OSError, ValueError):  # a damaged ring; the driver has emptied it
                self.faults += 1
                return
            if mac is None:
                return
            self.received += 1
            self._heard = time.ticks_ms()
            self._patience_ms = SILENCE_MS
            yield bytes(mac), frame, self._strength(mac)

    async def wait(self, timeout_ms: int) -> None:
        """Wait until a frame is there for `frames`, but no longer than this."""
        try:
            await asyncio.wait_for_ms(self._readable(), timeout_ms)
        except asyncio.TimeoutError:
            self._judge_silence()

    def _judge_silence(self) -> None:
        """Restart ESP-NOW when nothing was received for long."""
        now = time.ticks_ms()
        if age_ms(self._heard, now) > self._patience_ms:
            self._heard = now
            self._patience_ms = min(2 * self._patience_ms, LONGEST_SILENCE_MS)
            self.restart()

    def forget_strangers(self, most: int = MOST_STRANGERS) -> None:
        """Empty the driver's table of everybody heard; it grows with every address, without limit."""
        if len(self._radio.peers_table) > most:
            self._radio.peers_table.clear()

    @seldom
    def counters(self) -> dict:
        """Return what has happened on the radio so far."""
        return {
            "acknowledged": self.acknowledged,
            "unacknowledged": self.unacknowledged,
            "retries": self.retries,
            "received": self.received,
            "faults": self.faults,
            "restarts": self.restarts,
        }

    def _readable(self):
        """Let asyncio wait for the radio as for any stream (micropython-lib, aioespnow)."""
        yield asyncio.core._io_queue.queue_read(self._radio)  # pyright: ignore[reportAttributeAccessIssue]

    def _send_once(self, mac: bytes, frame) -> bool:
        try:
            self._introduce(mac)
            return self._radio.send(mac, frame, True)
        except (OSError, ValueError):
            self.faults += 1
            return False

    def _introduce(self, mac: bytes) -> None:
        """Make a peer of the address; the oldest gives way when the radio's table is nearly full."""
        if mac in self._peers:
            return
        if len(self._peers) >= MOST_PEERS:
            self._radio.del_peer(self._peers.pop(0))
        self._radio.add_peer(mac, channel=0)  # 0: whichever channel we are on
        self._peers.append(mac)

    def _strength(self, mac: bytes) -> int:
        """Return the RSSI the driver noted for the address."""
        noted = self._radio.peers_table.get(bytes(mac))
        return noted[0] if noted else 0
