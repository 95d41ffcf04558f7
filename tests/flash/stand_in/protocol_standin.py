"""`standin://1` for pyserial: a port of a board in this process, with DTR, RTS and the speed of a cable."""

import threading
import time
from collections.abc import Callable
from typing import Any

import serial


class Plug:
    """What a port holds on to; `on_loop` hands work to the thread the board lives in."""

    def __init__(self, board: Any, on_loop: Callable[..., None]) -> None:
        self.board = board
        self.on_loop = on_loop
        self.taken = False
        self.is_pulled = False
        self.heard = bytearray()
        self.arrived = threading.Condition()
        board.hear = self._hear

    def pull(self) -> None:
        """Let the port vanish, until `is_pulled` is taken back."""
        with self.arrived:
            self.is_pulled = True
            self.arrived.notify_all()

    def _hear(self, data: bytes) -> None:
        with self.arrived:
            if self.taken:  # nobody there: lost, as on a wire
                self.heard += data
            self.arrived.notify_all()


PULLED = "device reports readiness to read but returned no data"
PLUGS: dict[str, Plug] = {}


class Serial:
    """What esptool, mpremote and the console use of pyserial."""

    fd = None

    def __init__(
        self, _port: None, baudrate: int = 9600, timeout: float | None = None, **_: Any
    ) -> None:
        self.port = ""
        self.baudrate = baudrate
        self.timeout = timeout
        self.write_timeout: float | None = None
        self.is_open = False
        self.dtr = self.rts = True

    @property
    def name(self) -> str:
        return f"rfc2217:{self.port}"  # by this esptool changes DTR and RTS one after the other

    def open(self) -> None:
        plug = PLUGS.get(self.port)
        if plug is None or plug.is_pulled:
            raise serial.SerialException(
                2, f"could not open port {self.port}: [Errno 2] No such file"
            )
        if plug.taken:
            raise serial.SerialException(11, "Could not exclusively lock port: [Errno 11]")
        self._plug = plug
        plug.heard.clear()
        plug.taken = self.is_open = True
        self._set_lines(dtr=True, rts=True)

    def close(self) -> None:
        if self.is_open:
            self.is_open = self._plug.taken = False
            self._set_lines(dtr=False, rts=False)

    isOpen = lambda self: self.is_open  # noqa: E731

    def setDTR(self, on: bool) -> None:
        self.dtr = on
        self._set_lines(dtr=on)

    def setRTS(self, on: bool) -> None:
        self.rts = on
        self._set_lines(rts=on)

    def _set_lines(self, **lines: bool) -> None:
        self._plug.on_loop(lambda: self._plug.board.set_lines(**lines))

    def _check(self) -> None:
        if self._plug.is_pulled:
            raise serial.SerialException(PULLED)

    def inWaiting(self) -> int:
        self._check()
        with self._plug.arrived:
            return len(self._plug.heard)

    in_waiting = property(inWaiting)

    def read(self, size: int = 1) -> bytes:
        plug = self._plug
        end = None if self.timeout is None else time.monotonic() + self.timeout
        with plug.arrived:
            while len(plug.heard) < size:
                self._check()
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    break
                plug.arrived.wait(left)
            data = bytes(plug.heard[:size])
            del plug.heard[: len(data)]
        return data

    def write(self, data: bytes) -> int:
        if not self.is_open:
            raise serial.SerialException("port is closed")
        self._check()
        data = bytes(data)
        self._plug.on_loop(lambda: self._plug.board.feed(data, self.baudrate))
        return len(data)

    def flushInput(self) -> None:
        with self._plug.arrived:
            self._plug.heard.clear()

    reset_input_buffer = flushInput

    def flushOutput(self) -> None:
        pass
