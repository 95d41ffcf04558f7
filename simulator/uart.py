"""The node's serial port: pipes to the process, a small input ring, and whoever listens.

In virtual time every byte takes its 87 µs. What the program prints goes through the transmitter's
FIFO; when that is full, printing blocks, with no time-out and no notion of a host (ports/esp32/uart.c).
"""

import fcntl
import os
import struct
import termios
from collections import deque
from collections.abc import Callable

from .timeline import Event, Timeline

BYTE_US = 87  # ten bits at 115200 baud
FIFO = 128  # bytes the transmitter holds (ESP32 technical reference, UART)
CTRL_C = 3
_PIECE = 16  # bytes that arrive as one event
RING = 260  # MicroPython's stdin ring; the interrupt handler drops what does not fit, silently
# What an ESP32 sends before any program runs (one byte of it is line noise).
BOOT_NOISE = (
    b"\xf8ets Jul 29 2019 12:21:46\r\n\r\n"
    b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
    b"configsip: 0, SPIWP:0xee\r\n"
    b"clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"
    b"mode:DIO, clock div:2\r\n"
    b"load:0x3fff0030,len:4892\r\n"
    b"entry 0x400805ac\r\n"
)


class Uart:
    """Bytes out of the node go to every listener; bytes into it pass the ring."""

    def __init__(
        self,
        timeline: Timeline,
        arrived: Callable[[], None],
        interrupted: Callable[[], None],
    ) -> None:
        self._timeline = timeline
        self._arrived = arrived
        self._interrupted = interrupted
        self.paced = not timeline.real
        self.ring: int | None = RING  # bytes; None: no end
        self.boot_noise = True
        self.interrupt_byte = CTRL_C  # stops the program; -1: none does
        self.on_open: Callable[[], None] = lambda: None  # a host opens the port
        self.dropped = 0  # bytes the ring had no room for
        self.output = deque[bytes](maxlen=4096)  # for diagnosis
        self._listeners: list[Callable[[bytes], None]] = []
        self._input: int | None = None
        self._is_empty = True  # the ring, for sure
        self._sending: deque[tuple[bytes, Event]] = deque()
        self._sent_until = 0
        self._fed_until = 0

    def listen(self, callback: Callable[[bytes], None]) -> Callable[[], None]:
        """Hear what the node sends; call the result to stop."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def connect(self, input_pipe: int | None) -> None:
        """Use this pipe for input from now on; None while the node is off."""
        self._input = input_pipe
        self._is_empty = True
        self.interrupt_byte = CTRL_C

    # out of the node

    def emit(self, data: bytes) -> None:
        """Let bytes appear on the wire at once."""
        self.output.append(data)
        for listener in list(self._listeners):
            listener(data)

    def print(self, data: bytes) -> None:
        """Send what the program prints, as fast as the line is."""
        if not self.paced:
            self.emit(data)
            return
        # line by line: how the process's output came in pieces must not be seen
        for line in data.splitlines(keepends=True):
            self._sent_until = max(self._sent_until, self._timeline.now_us) + len(line) * BYTE_US
            self._sending.append((line, self._timeline.at(self._sent_until, self._line_is_out)))

    def _line_is_out(self) -> None:
        self.emit(self._sending.popleft()[0])

    @property
    def blocks_until(self) -> int:
        """Return when the program that has printed may go on."""
        return self._sent_until - FIFO * BYTE_US

    def flush(self) -> None:
        """Send all that is left: a restart by software waits for it (esp_restart_noos)."""
        while self._sending:
            line, event = self._sending.popleft()
            event.cancel()
            self.emit(line)
        self._sent_until = 0

    def cut(self) -> None:
        """Lose what is not out yet: power or reset pin."""
        left = self._sent_until - self._timeline.now_us
        waiting = b"".join(line for line, _ in self._sending)
        for _, event in self._sending:
            event.cancel()
        self._sending.clear()
        self._sent_until = 0
        gone = waiting[: len(waiting) - max(0, left) // BYTE_US]
        if gone:
            self.emit(gone)

    # into the node

    def feed(self, data: bytes) -> None:
        """Send bytes to the node."""
        if not self.paced:
            self._take(data)
            return
        for at in range(0, len(data), _PIECE):
            self._feed_later(data[at : at + _PIECE])

    def _feed_later(self, piece: bytes) -> None:
        self._fed_until = max(self._fed_until, self._timeline.now_us) + len(piece) * BYTE_US
        self._timeline.at(self._fed_until, lambda: self._take(piece))

    def _take(self, data: bytes) -> None:
        if self._input is None:
            self.dropped += len(data)
            return
        if self.interrupt_byte >= 0 and self.interrupt_byte in data:
            data = data.replace(bytes([self.interrupt_byte]), b"")
            self._interrupted()
        room = len(data) if self.ring is None else max(self.ring - self.waiting, 0)
        if room < len(data):
            self.dropped += len(data) - room
            data = data[:room]
        if data:
            self._is_empty = False
            os.write(self._input, data)
            self._arrived()

    @property
    def waiting(self) -> int:
        """Return how many bytes the program has not read; the pipe itself is the ring."""
        if self._input is None or self._is_empty:
            return 0
        answer = fcntl.ioctl(self._input, termios.FIONREAD, bytes(4))
        length = int(struct.unpack("i", answer)[0])
        self._is_empty = not length
        return length

    @property
    def text(self) -> str:
        """Return what the node has sent lately."""
        return b"".join(self.output).decode("utf-8", "replace")
