"""A serial port that leads straight to a board, for esptool in the same process: nothing has to be waited for."""

import serial

from .board import Board


class Port:
    """What esptool uses of pyserial."""

    port = name = "rfc2217:stand-in"  # by this name esptool sets DTR and RTS one after the other

    def __init__(self, board: Board) -> None:
        self.board = board
        self.baudrate = 115200
        self.timeout = self.write_timeout = 1.0
        self.is_open = True
        self._waiting = bytearray()
        self._charged: list = []
        board.hear = self._waiting.extend
        board.later = self._charged.append

    @property
    def dtr(self) -> bool:
        return self.board.dtr

    def setDTR(self, on: bool) -> None:
        self._check()
        self.board.set_lines(dtr=on)

    def setRTS(self, on: bool) -> None:
        self.board.set_lines(rts=on)

    def _check(self) -> None:
        if not self.is_open:
            raise serial.SerialException("port is closed")

    def isOpen(self) -> bool:
        return self.is_open

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def inWaiting(self) -> int:
        return len(self._waiting)

    in_waiting = property(inWaiting)

    def read(self, size: int = 1) -> bytes:
        if not self.board.powered:
            raise serial.SerialException("device reports readiness to read but returned no data")
        data = bytes(self._waiting[:size])
        del self._waiting[: len(data)]
        return data

    def write(self, data: bytes) -> int:
        self.board.feed(data, self.baudrate)
        return len(data)

    def settle(self) -> None:
        """Let the capacitor be charged."""
        while self._charged:
            self._charged.pop(0)()

    def flushInput(self) -> None:
        self._waiting.clear()

    reset_input_buffer = flushInput

    def flushOutput(self) -> None:
        pass
