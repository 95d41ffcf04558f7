"""The node's serial port: pipes to the process, a small input ring, and whoever listens."""

import fcntl
import os
import struct
import termios
from collections import deque
from collections.abc import Callable

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

    def __init__(self, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self.dropped = 0  # bytes the ring had no room for
        self.output = deque[bytes](maxlen=4096)  # for diagnosis
        self._listeners: list[Callable[[bytes], None]] = []
        self._input: int | None = None

    def listen(self, callback: Callable[[bytes], None]) -> Callable[[], None]:
        """Hear what the node sends; call the result to stop."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def connect(self, input_pipe: int | None) -> None:
        """Use this pipe for input from now on; None while the node is off."""
        self._input = input_pipe

    def emit(self, data: bytes) -> None:
        """Send bytes from the node's side."""
        self.output.append(data)
        for listener in list(self._listeners):
            listener(data)

    def feed(self, data: bytes) -> None:
        """Send bytes to the node."""
        if self._input is None:
            self.dropped += len(data)
            return
        room = RING - self.waiting
        if room < len(data):
            self.dropped += len(data) - max(room, 0)
            data = data[: max(room, 0)]
        if data:
            os.write(self._input, data)
            self._arrived()

    @property
    def waiting(self) -> int:
        """Return how many bytes the program has not read; the pipe itself is the ring."""
        if self._input is None:
            return 0
        answer = fcntl.ioctl(self._input, termios.FIONREAD, bytes(4))
        return int(struct.unpack("i", answer)[0])

    @property
    def text(self) -> str:
        """Return what the node has sent lately."""
        return b"".join(self.output).decode("utf-8", "replace")
