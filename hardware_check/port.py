"""The serial port: found, opened, read; everything that can go wrong has a sentence."""

from __future__ import annotations

import errno
from typing import Protocol

import serial
from serial.tools import list_ports

from .errors import CheckError, PortGone

BAUD_RATE = 115200
READ_S = 0.05


class Stream(Protocol):
    """Bytes in and out."""

    def read(self) -> bytes:
        """Return what is there, b"" if nothing comes for a moment; PortGone when the port is gone."""

    def write(self, data: bytes) -> None:
        """Send all of it."""

    def close(self) -> None:
        """Let go of the port."""


class SerialStream:
    """A port of this computer, or an address like socket://host:port."""

    def __init__(self, url: str) -> None:
        """Open it, or say why not."""
        local = {} if "://" in url else {"exclusive": True}
        try:
            self._port = serial.serial_for_url(url, BAUD_RATE, timeout=READ_S, **local)
        except (OSError, ValueError) as error:
            raise _why_not(url, error) from None

    def read(self) -> bytes:
        """Return what is there."""
        try:
            data: bytes = self._port.read(max(1, self._port.in_waiting))
        except (OSError, TypeError):  # pyserial's own errors are OSErrors
            raise PortGone from None
        return data

    def write(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._port.write(data)
        except OSError:
            raise PortGone from None

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()


def ports() -> list[str]:
    """Return the ports that could be a board, the likely ones first."""
    found = sorted(list_ports.comports(), key=lambda port: (port.vid is None, port.device))
    return [f"{port.device}  ({port.description})" for port in found]


def _why_not(url: str, error: Exception) -> CheckError:
    """Turn an operating system's words into plain ones."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EBUSY, errno.EAGAIN) or "lock" in text.lower():
        return CheckError(
            f"{url} is in use.", "Close the other program; in Home Assistant, disable the entry."
        )
    if number in (errno.EACCES, errno.EPERM):
        return CheckError(
            f"You may not open {url}.", "On most systems it helps to join the group dialout."
        )
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "could not open port" in text:
        return CheckError(
            f"There is no port {url}.",
            "Plug the board in with a USB cable that carries data; --list shows the ports.",
        )
    return CheckError(f"{url} cannot be opened: {text}.")
